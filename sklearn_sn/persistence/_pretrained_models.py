"""Fitted models that are part of the package."""

from importlib.resources import as_file, files
from typing import Any

from sklearn_sn.persistence._model import load_model, read_card

_SUFFIX = ".snmodel"


def list_pretrained() -> list[str]:
    """Return the names of the models that :func:`load_pretrained` loads.

    Returns
    -------
    list of str
        Names, sorted.

    Examples
    --------
    >>> from sklearn_sn.persistence import list_pretrained
    >>> list_pretrained()[:3]
    ['contrastive-sim', 'galaxies-sim', 'light-curve-redshift']
    """
    folder = files("sklearn_sn.persistence") / "models"
    return sorted(file.name.removesuffix(_SUFFIX) for file in folder.iterdir() if _is_model(file))


def load_pretrained(name: str, *, card: bool = False) -> Any:
    """Load a fitted model that is part of the package, without a download.

    Parameters
    ----------
    name : str
        Name of the model. Wrap the model in a FrozenEstimator for a Pipeline, a search or
        ``pretrained=``: scikit-learn clones the estimators there, and the clone of a plain
        estimator is unfitted and would be trained from scratch.

        - "contrastive-sim", a :class:`~sklearn_sn.embedding.ContrastiveEmbedder` of light curves
          and spectra, trained on simulated supernovae in ZTF, Rubin, Pan-STARRS1 and Bessell bands.
        - "galaxies-sim", a :class:`~sklearn_sn.embedding.ContrastiveEmbedder` of images (g, r, z)
          and spectra, trained on simulated galaxies.
        - "light-curve-types", a :class:`~sklearn_sn.classification.ConformalClassifier` of light
          curves in any bands, from the first detection on: calibrated probabilities of ten classes,
          sets of classes (``predict_set``) and an anomaly score (``score_samples``). Trained on
          real supernovae, and on simulations for the classes that its card names.
        - "light-curve-redshift", a :class:`~sklearn_sn.regression.ResidualErrorRegressor`: redshift
          and its standard deviation (``predict(X, return_std=True)``) from light curves of
          supernovae, trained on real ones.
        - "supernova-spectra", a :class:`~sklearn_sn.embedding.MaskedSpectrumEmbedder` of spectra at
          rest, trained on real supernovae without their classes: the start of a classifier for few
          labels, which needs ``frame="rest"`` too.
    card : bool, default=False
        Whether to return the model card instead: training, performance and limits of the model.

    Returns
    -------
    estimator or dict
        The fitted model, or its card if `card` is True.

    Raises
    ------
    ValueError
        If `name` is not the name of a model.

    See Also
    --------
    load_model : Load a model from a file.

    Examples
    --------
    >>> from sklearn.frozen import FrozenEstimator
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_sn import load_pretrained
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(60, random_state=0)
    >>> embedder = load_pretrained("contrastive-sim")
    >>> pipe = make_pipeline(FrozenEstimator(embedder), KNeighborsClassifier()).fit(X, y)
    >>> pipe.predict(X[["light_curve"]].head(2)).shape
    (2,)
    """
    names = list_pretrained()
    if name not in names:
        raise ValueError(f"The pretrained model {name!r} does not exist. Use one of {names}.")
    with as_file(files("sklearn_sn.persistence") / "models" / f"{name}{_SUFFIX}") as path:
        return read_card(path) if card else _silent(load_model(path))


def _silent(model):
    return model.set_params(verbose=0) if "verbose" in model.get_params(deep=False) else model


def _is_model(file):
    return file.name.endswith(_SUFFIX)
