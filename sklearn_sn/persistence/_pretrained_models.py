"""Fitted models that are part of the package."""

from importlib.resources import as_file, files
from typing import Any

from sklearn.frozen import FrozenEstimator

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
    >>> list_pretrained()[:2]
    ['contrastive-sim', 'galaxies-sim']
    """
    folder = files("sklearn_sn.persistence") / "models"
    return sorted(file.name.removesuffix(_SUFFIX) for file in folder.iterdir() if _is_model(file))


def load_pretrained(name: str, *, card: bool = False) -> Any:
    """Load a fitted model that is part of the package, without a download.

    The model is frozen: ``fit`` and scikit-learn's clone leave it unchanged, so that it can be a
    step of a Pipeline, a search or a cross-validation.

    Parameters
    ----------
    name : str
        Name of the model. The parameter `pretrained` of an estimator accepts the name too.

        - "contrastive-sim", a :class:`~sklearn_sn.embedding.ContrastiveEmbedder` of light curves
          and spectra, trained on simulated supernovae in ZTF, Rubin, Pan-STARRS1 and Bessell bands,
          by InfoNCE together with heads for class and redshift (supervised contrastive).
        - "galaxies-sim", a :class:`~sklearn_sn.embedding.ContrastiveEmbedder` of images (g, r, z)
          and spectra, trained on simulated galaxies.
        - "light-curve-types", a :class:`~sklearn_sn.classification.ConformalClassifier` of light
          curves in any bands, from the first detection on: calibrated probabilities of ten classes,
          sets of classes (``predict_set``) and an anomaly score (``score_samples``). Trained on
          real supernovae, and on simulations for the classes that its card names.
        - "light-curve-redshift", a :class:`~sklearn_sn.regression.ResidualErrorRegressor`: redshift
          and its standard deviation (``predict(X, return_std=True)``) from light curves of
          supernovae, trained on real ones.
        - "maven-sim", a :class:`~sklearn_sn.embedding.ContrastiveEmbedder` of light curves and
          spectra, trained on simulated supernovae by InfoNCE alone, without classes and redshifts,
          as Maven is. Its card has the number of pairs seen so far.
        - "spectrum-redshift", a :class:`~sklearn_sn.classification.SpectralRedshiftClassifier` of
          spectra of unknown redshift, trained on real supernovae: `predict_redshift` and
          `predict_proba` of SN Ia, II, Ib/c, IIn and SLSN-I.
        - "spectrum-types", a :class:`~sklearn_sn.classification.ConformalClassifier` of spectra of
          unknown redshift, trained on real supernovae: `predict_proba` and `predict_set` of the
          same classes.
        - "supernova-spectra", a :class:`~sklearn_sn.embedding.MaskedSpectrumEmbedder` of spectra at
          rest, a CNN that was trained on real supernovae without their classes: a start for
          classifiers, which need ``frame="rest"`` too.
        - "transceiver-ia", a :class:`~sklearn_sn.embedding.MMVAEEmbedder`: spectra of SN Ia at any
          phase from their light curve and redshift (``predict(X, to="spectrum", phase=...)``), with
          intervals (``predict_interval``). Trained on simulated, then on real SN Ia.
    card : bool, default=False
        Whether to return the model card instead: training, performance and limits of the model.

    Returns
    -------
    FrozenEstimator or dict
        The fitted model, or its card if `card` is True. Methods and fitted attributes of the model
        are those of the wrapper; ``.estimator`` is the model itself, to set its parameters.

    Raises
    ------
    ValueError
        If `name` is not the name of a model.

    See Also
    --------
    load_model : Load a model from a file.

    Examples
    --------
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_sn import load_pretrained
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(60, random_state=0)
    >>> embedder = load_pretrained("contrastive-sim")
    >>> pipe = make_pipeline(embedder, KNeighborsClassifier()).fit(X, y)
    >>> pipe.predict(X[["light_curve"]].head(2)).shape
    (2,)
    """
    names = list_pretrained()
    if name not in names:
        raise ValueError(f"The pretrained model {name!r} does not exist. Use one of {names}.")
    with as_file(files("sklearn_sn.persistence") / "models" / f"{name}{_SUFFIX}") as path:
        return read_card(path) if card else FrozenEstimator(_quiet(load_model(path)))


def _quiet(model):
    return model.set_params(verbose=0) if "verbose" in model.get_params(deep=False) else model


def _is_model(file):
    return file.name.endswith(_SUFFIX)
