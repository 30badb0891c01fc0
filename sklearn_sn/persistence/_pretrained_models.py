"""The fitted models that come with the package."""

from importlib.resources import as_file, files
from typing import Any

from sklearn_sn.persistence._model import load_model, read_card

_SUFFIX = ".snmodel"


def list_pretrained() -> list[str]:
    """Names of the models that :func:`load_pretrained` knows.

    Returns
    -------
    list of str

    Examples
    --------
    >>> from sklearn_sn.persistence import list_pretrained
    >>> list_pretrained()
    ['contrastive-sim']
    """
    folder = files("sklearn_sn.persistence") / "models"
    return sorted(file.name.removesuffix(_SUFFIX) for file in folder.iterdir() if _is_model(file))


def load_pretrained(name: str, *, card: bool = False) -> Any:
    """Load a fitted model that comes with the package; nothing is downloaded.

    Parameters
    ----------
    name : str
        "contrastive-sim": a :class:`~sklearn_sn.embedding.ContrastiveEmbedder` of light curves and
        spectra, trained on simulated supernovae in ZTF, Rubin, Pan-STARRS1 and Bessell bands. It
        embeds as it is. In a Pipeline, a search or as ``pretrained=`` it has to be wrapped in a
        FrozenEstimator: scikit-learn's clone un-fits a plain estimator, which would then be trained
        anew on what is at hand.
    card : bool, default=False
        Answer the model card instead: how it was trained, what it reaches, and its limits.

    Returns
    -------
    estimator, or dict

    Raises
    ------
    ValueError
        If there is no such model.

    See Also
    --------
    load_model : Models of your own.

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
    known = list_pretrained()
    if name not in known:
        raise ValueError(f"No model {name!r} comes with this version; it has {known}.")
    with as_file(files("sklearn_sn.persistence") / "models" / f"{name}{_SUFFIX}") as path:
        return read_card(path) if card else load_model(path).set_params(verbose=0)


def _is_model(file):
    return file.name.endswith(_SUFFIX)
