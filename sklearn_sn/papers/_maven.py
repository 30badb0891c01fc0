"""Maven: contrastive learning of light curves and spectra, and its end-to-end baseline."""

from typing import Any

from sklearn.frozen import FrozenEstimator

from sklearn_sn.classification import LightCurveClassifier
from sklearn_sn.embedding import ContrastiveEmbedder
from sklearn_sn.encoders import LightCurveTransformer, SpectrumTransformer
from sklearn_sn.regression import LightCurveRegressor

_DROPOUT = 2.2e-4
# The input of a point is one value, its time and a learned vector for its band. The only
# augmentation is noise of the reported errors.
_LIGHT_CURVE = {
    "band_encoding": "embedding",
    "errors": False,
    "amplitude": False,
    "time_origin": "first",
    "augmentation": False,
    "dropout": _DROPOUT,
    "latent_dim": 32,
    "pooling": "query",
}


def maven(*, pretrained: str | FrozenEstimator | None = None, **params: Any) -> ContrastiveEmbedder:
    """Return Maven: a light-curve and a spectrum transformer, aligned by InfoNCE [1]_.

    Parameters
    ----------
    pretrained : str, FrozenEstimator or None, default=None
        Maven fitted on simulations, or the name of a packaged model, for fine-tuning. All weights
        are then trained with the learning rate and weight decay of the second stage of the paper.
    **params : dict
        Parameters of :class:`~sklearn_sn.embedding.ContrastiveEmbedder` to change.

    Returns
    -------
    ContrastiveEmbedder
        An unfitted embedder. With three bands, such as g, r and i of ZTF, the encoders have 252,384
        and 166,304 weights.

    Notes
    -----
    Training is by InfoNCE alone, in pretraining and in fine-tuning; ``aux_weight`` would add
    supervised heads. Without `pretrained`, on real pairs alone, this is the "Maven-lite" of the
    paper. Its appendix has variants with metadata, the class and the redshift, as a modality:
    ``maven(metadata_columns=("class", "redshift"))`` aligns all three, and ``spectrum=None`` leaves
    light curves and metadata. The class is then an input of training, so that X must have it as a
    column.

    The paper uses magnitudes. This configuration uses fluxes relative to the peak, on a scale like
    that of magnitudes. Its n_t, a hyperparameter, is ``max_period`` of the encoders.

    References
    ----------
    .. [1] Zhang, G., Helfer, T., Gagliano, A. T., Mishra-Sharma, S. & Villar, V. A. (2024). "Maven:
       A Multimodal Foundation Model for Supernova Science". Machine Learning: Science and
       Technology 5, 045069.

    Examples
    --------
    >>> from sklearn_sn.papers import maven
    >>> model = maven(max_epochs=100)
    >>> model.light_curve.n_layers, model.spectrum.n_layers, model.lr
    (5, 13, 3.7e-05)
    """
    stage = {"lr": 3.7e-5, "weight_decay": 5.6e-4}
    if pretrained is not None:
        stage = {"lr": 1.8e-5, "weight_decay": 6.3e-5, "pretrained": pretrained}
    defaults = {
        "light_curve": LightCurveTransformer(d_model=64, n_heads=8, n_layers=5, **_LIGHT_CURVE),
        "spectrum": SpectrumTransformer(
            d_model=32,
            n_heads=2,
            n_layers=13,
            latent_dim=32,
            patch=1,
            pooling="query",
            dropout=_DROPOUT,
            n_bins=220,
            channels=("continuum_divided",),
            augmentation=False,
        ),
        "embedding_dim": 128,
        "temperature": 1 / 19.5,
        "optimizer": "radam",
        "batch_size": 32,
        "max_epochs": 1000,
        "lr_schedule": None,
        "early_stopping": True,
        "n_iter_no_change": 100,
        **stage,
    }
    return ContrastiveEmbedder(**{**defaults, **params})


def maven_baseline(
    task: str = "classification", **params: Any
) -> LightCurveClassifier | LightCurveRegressor:
    """Return the end-to-end baseline of Maven: a light-curve transformer with a head [1]_.

    Parameters
    ----------
    task : {"classification", "regression"}, default="classification"
        Task of the estimator, trained by cross-entropy with class weights or by mean squared error.
    **params : dict
        Parameters of the estimator to change.

    Returns
    -------
    LightCurveClassifier or LightCurveRegressor
        An unfitted estimator.

    References
    ----------
    .. [1] Zhang, G., Helfer, T., Gagliano, A. T., Mishra-Sharma, S. & Villar, V. A. (2024). "Maven:
       A Multimodal Foundation Model for Supernova Science". Machine Learning: Science and
       Technology 5, 045069.

    Examples
    --------
    >>> from sklearn_sn.papers import maven_baseline
    >>> maven_baseline().encoder.n_layers
    9
    """
    defaults = {
        "encoder": LightCurveTransformer(d_model=32, n_heads=2, n_layers=9, **_LIGHT_CURVE),
        "optimizer": "radam",
        "lr": 1e-4,
        "batch_size": 32,
        "max_epochs": 1000,
        "lr_schedule": None,
        "early_stopping": True,
        "n_iter_no_change": 100,
    }
    if task == "classification":
        weights = {"class_weight": "balanced", "prior": "weighted"}
        return LightCurveClassifier(**{**defaults, **weights, **params})
    if task == "regression":
        return LightCurveRegressor(**{**defaults, **params})
    raise ValueError(
        f"The 'task' of maven_baseline must be 'classification' or 'regression'. Got {task!r}."
    )
