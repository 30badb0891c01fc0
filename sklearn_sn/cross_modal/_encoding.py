"""Encode one modality with the public methods of an embedder."""

import numpy as np
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

MODALITIES = ("light_curve", "spectrum", "image")


def inner_estimator(embedder):
    """Return the estimator inside a FrozenEstimator, or the embedder itself."""
    return (
        inner_estimator(embedder.estimator) if isinstance(embedder, FrozenEstimator) else embedder
    )


def encode(embedder, X, modality):
    """Encode one modality of a table.

    Parameters
    ----------
    embedder : fitted estimator, FrozenEstimator or Pipeline
        Embedder. Its ``encode(X, modality)`` is called (that of the last step of a Pipeline). An
        embedder without ``encode`` must have ``transform``, which gets a table without the other
        modalities.
    X : pandas.DataFrame of n_objects rows
        Table.
    modality : str
        Modality to encode.

    Returns
    -------
    array of shape (n_objects, n_features)
        Flattened codes. For codes of several tokens, the Euclidean distance of two rows equals the
        Frobenius distance of the codes.
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
