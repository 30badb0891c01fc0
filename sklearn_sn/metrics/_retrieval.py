"""Accuracy of cross-modal retrieval."""

from collections.abc import Sequence
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial.distance import cdist
from sklearn.utils import check_array, check_consistent_length, column_or_1d, gen_batches
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

_MAX_SIMILARITIES = 4_000_000  # entries of the similarity matrix held in memory at once
# Similarities closer than this are ties: equal cosines differ by rounding of float64 only.
_TIE = 1e-12


@validate_params(
    {
        "query": ["array-like"],
        "candidates": ["array-like"],
        "k": [Interval(Integral, 1, None, closed="left"), "array-like"],
        "ids": ["array-like", None],
        "metric": [StrOptions({"cosine", "euclidean"})],
    },
    prefer_skip_nested_validation=True,
)
def recall_at_k(
    query: ArrayLike,
    candidates: ArrayLike,
    *,
    k: int | Sequence[int] = 10,
    ids: ArrayLike | None = None,
    metric: str = "cosine",
) -> float | np.ndarray:
    """Compute the fraction of queries whose partner is among the k nearest candidates.

    Row ``i`` of `query` and row ``i`` of `candidates` are two views of one object, for example its
    light curve and its spectrum.

    Parameters
    ----------
    query, candidates : array-like of shape (n_objects, n_features)
        Embeddings in one space.
    k : int or sequence of int, default=10
        Number of nearest candidates that are searched. With `n_objects` or more the recall is 1.
    ids : array-like of shape (n_objects,), default=None
        Label of the object that each row shows. Use it if several rows show the same object, or if
        any object of the same class is a valid partner. Every candidate with the id of the query
        is a partner, and one of them among the `k` suffices. By default each row is an object of
        its own.
    metric : {"cosine", "euclidean"}, default="cosine"
        Rank candidates by descending cosine similarity or by ascending Euclidean distance.

    Returns
    -------
    float or ndarray of shape (len(k),)
        Recall in [0, 1]; an array if `k` is a sequence.

    Raises
    ------
    ValueError
        If the shapes differ, a value is not finite, or `k` holds anything but integers of at least
        1.

    Notes
    -----
    Ties (within 1e-12 in cosine, or of the largest absolute value) are broken at random, and the
    recall is the exact expectation over the orders. Let B candidates be strictly nearer than the
    nearest partner, and let T candidates, of which R are partners, tie with it. Then
    m = min(k - B, T) ranks are left, and the partner is missed with probability
    C(T - R, m) / C(T, m). An embedding that maps all objects to one point therefore has a recall
    of k / n_objects, not 1. A row of zeros has cosine 0 with every row.

    The time is quadratic in the number of objects. The memory is bounded.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_sn.metrics import recall_at_k
    >>> recall_at_k(np.eye(4), np.eye(4), k=1)
    1.0
    >>> recall_at_k(np.ones((4, 2)), np.ones((4, 2)), k=[1, 2])
    array([0.25, 0.5 ])
    """
    scaled = _unit_rows if metric == "cosine" else _finite_rows
    query, candidates = scaled(query, "query"), scaled(candidates, "candidates")
    check_consistent_length(query, candidates)
    if query.shape[1] != candidates.shape[1]:
        raise ValueError(
            "The 'query' and 'candidates' parameters of recall_at_k must have the same number of "
            f"features. Got {query.shape[1]} and {candidates.shape[1]} instead."
        )
    if metric == "euclidean":
        # A common scale keeps the order, prevents overflow and makes _TIE relative.
        size = max(np.abs(query).max(), np.abs(candidates).max()) or 1.0
        query, candidates = query / size, candidates / size
    n = len(query)
    ks = _check_k(k)
    codes = np.arange(n)
    if ids is not None:
        codes = np.unique(column_or_1d(ids), return_inverse=True)[1]
        check_consistent_length(query, codes)
    hits = np.zeros(len(ks))
    for rows in gen_batches(n, max(1, _MAX_SIMILARITIES // n)):
        if metric == "cosine":
            similarity = query[rows] @ candidates.T
        else:
            similarity = -cdist(query[rows], candidates)
        # similarity and partner have the shape (n_rows, n_objects).
        partner = codes[rows, None] == codes
        best = np.max(similarity, axis=1, where=partner, initial=-np.inf)[:, None]
        tied = np.abs(similarity - best) <= _TIE
        n_better = np.count_nonzero(similarity > best + _TIE, axis=1)
        n_tied = np.count_nonzero(tied, axis=1)
        n_partners = np.count_nonzero(tied & partner, axis=1)
        for i, n_nearest in enumerate(ks):
            # Ranks among the tied candidates that are left after the strictly better ones.
            n_ranks = np.clip(n_nearest - n_better, 0, n_tied)
            hits[i] += np.sum(1.0 - _miss_probability(n_tied, n_partners, n_ranks))
    recall = hits / n
    return float(recall[0]) if np.ndim(k) == 0 else recall


def _miss_probability(n_tied, n_partners, n_ranks):
    """Return C(T - R, m) / C(T, m), with m = n_ranks, as a product over the smaller of R and m."""
    few, many = np.minimum(n_partners, n_ranks), np.maximum(n_partners, n_ranks)
    miss = np.ones(len(few))
    for step in range(few.max(initial=0)):
        factor = np.maximum(n_tied - many - step, 0) / np.maximum(n_tied - step, 1)
        miss *= np.where(step < few, factor, 1.0)
    return miss


def _check_k(k):
    ks = np.atleast_1d(np.asarray(k))
    if ks.ndim != 1 or ks.dtype.kind not in "iu" or len(ks) == 0 or ks.min() < 1:
        raise ValueError(
            "The 'k' parameter of recall_at_k must be an int in the range [1, inf) or a sequence "
            f"of such ints. Got {k!r} instead."
        )
    return ks


def _finite_rows(values, name):
    return check_array(values, dtype=np.float64, input_name=name)


def _unit_rows(values, name):
    values = _finite_rows(values, name)
    # Divide by the largest entry first: squares of extreme numbers overflow or underflow.
    values = values / _one_if_zero(np.abs(values).max(axis=1, keepdims=True))
    return values / _one_if_zero(np.linalg.norm(values, axis=1, keepdims=True))


def _one_if_zero(scale):
    return np.where(scale > 0, scale, 1.0)
