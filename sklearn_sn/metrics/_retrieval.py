"""Quality of cross-modal retrieval."""

from numbers import Integral

import numpy as np
from sklearn.utils import check_array, check_consistent_length, gen_batches

_CHUNK = 4_000_000  # similarities held at once


def recall_at_k(query, candidates, *, k=10):
    """How often the partner of a query is among the k most similar candidates.

    Row ``i`` of `query` and row ``i`` of `candidates` are two views of one object. Similarity is
    the cosine. Candidates that tie with the partner are taken in random order, in expectation: an
    embedding that maps everything to one point scores chance, k / n.

    Parameters
    ----------
    query, candidates : array-like of shape (n_objects, n_features)
    k : int or sequence of int, default=10

    Returns
    -------
    float, or array of shape (len(k),)
        In [0, 1].

    Raises
    ------
    ValueError
        For unequal shapes, values that are not finite, or k below 1.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_sn.metrics import recall_at_k
    >>> recall_at_k(np.eye(4), np.eye(4), k=1)
    1.0
    >>> recall_at_k(np.ones((4, 2)), np.ones((4, 2)), k=1)
    0.25
    """
    query = _unit_rows(query)
    candidates = _unit_rows(candidates)
    check_consistent_length(query, candidates)
    if query.shape[1] != candidates.shape[1]:
        raise ValueError(
            f"query has {query.shape[1]} features but candidates have {candidates.shape[1]}."
        )
    ks = np.atleast_1d(k)
    if not all(isinstance(one, Integral) or np.issubdtype(type(one), np.integer) for one in ks):
        raise ValueError(f"The 'k' parameter of recall_at_k must hold integers. Got {k!r} instead.")
    if (ks < 1).any():
        raise ValueError(f"The 'k' parameter of recall_at_k must be at least 1. Got {k!r} instead.")
    n = len(query)
    hits = np.zeros(len(ks))
    for rows in gen_batches(n, max(1, _CHUNK // n)):
        similarity = query[rows] @ candidates.T
        own = similarity[np.arange(len(similarity)), np.arange(n)[rows]][:, None]
        # Rounding must not part what is equal.
        tied = np.abs(similarity - own) <= 1e-12
        better = ((similarity > own) & ~tied).sum(axis=1)
        hits += np.clip((ks[:, None] - better) / tied.sum(axis=1), 0.0, 1.0).sum(axis=1)
    recall = hits / n
    return float(recall[0]) if np.ndim(k) == 0 else recall


def _unit_rows(values):
    values = check_array(values, dtype=np.float64)
    length = np.linalg.norm(values, axis=1, keepdims=True)
    return values / np.where(length > 0, length, 1.0)
