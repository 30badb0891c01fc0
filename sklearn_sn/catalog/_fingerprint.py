"""Identify a fitted embedder by its weights."""

import hashlib

import numpy as np
from sklearn.frozen import FrozenEstimator


def fingerprint(embedder):
    """Return the SHA-256 of the names and values of all weights of a fitted embedder.

    Parameters
    ----------
    embedder : fitted estimator or FrozenEstimator
        Embedder with a network in ``net_``.

    Returns
    -------
    str
        64 hexadecimal digits; empty if the estimator has no network.
    """
    if isinstance(embedder, FrozenEstimator):
        return fingerprint(embedder.estimator)
    if not hasattr(embedder, "net_"):
        return ""
    digest = hashlib.sha256()
    for name, tensor in sorted(embedder.net_.module_.state_dict().items()):
        values = np.ascontiguousarray(tensor.detach().cpu().numpy())
        digest.update(f"{name} {values.dtype.str} {values.shape}".encode())
        digest.update(values.tobytes())
    return digest.hexdigest()
