"""What an embedder makes of one modality, by its public methods."""

import numpy as np
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

MODALITIES = ("light_curve", "spectrum", "image")


def inner_estimator(embedder):
    """The estimator that a FrozenEstimator holds, or the embedder itself."""
    return (
        inner_estimator(embedder.estimator) if isinstance(embedder, FrozenEstimator) else embedder
    )


def encode(embedder, X, modality):
    """Codes of one modality as rows of numbers.

    Parameters
    ----------
    embedder : fitted estimator, FrozenEstimator or Pipeline
        Its (last step's) ``encode(X, modality)`` is asked; without one, ``transform`` of a table
        that lacks the other modalities.
    X : pandas.DataFrame of n_objects rows
    modality : str

    Returns
    -------
    array of shape (n_objects, n_features)
        A latent of several tokens is laid out flat, so that the Euclidean distance of two rows is
        the Frobenius distance of two latents.
    """
    inner = inner_estimator(embedder)
    if isinstance(inner, Pipeline):
        return encode(inner[-1], inner[:-1].transform(X) if len(inner) > 1 else X, modality)
    if hasattr(inner, "encode"):
        codes = inner.encode(X, modality)
    else:
        others = [name for name in MODALITIES if name != modality and name in X.columns]
        codes = inner.transform(X.drop(columns=others))
    codes = np.asarray(codes, dtype=np.float64)
    return codes.reshape(len(codes), -1)
