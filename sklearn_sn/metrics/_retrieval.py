"""Quality of cross-modal retrieval."""

from numbers import Integral

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.utils import check_array, check_consistent_length, column_or_1d, gen_batches
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

_CHUNK = 4_000_000  # similarities held at once
# Rounding must not part what is equal: cosines of unit vectors in float64 differ by less.
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
def recall_at_k(query, candidates, *, k=10, ids=None, metric="cosine"):
    """How often the partner of a query is among the k most similar candidates.

    Row ``i`` of `query` and row ``i`` of `candidates` are two views of one object, its light curve
    and its spectrum, say.

    Parameters
    ----------
    query, candidates : array-like of shape (n_objects, n_features)
        Embeddings in one space.
    k : int or sequence of int, default=10
        How many candidates are looked at; with `n_objects` or more, recall is 1.
    ids : array-like of shape (n_objects,), default=None
        What each row shows, where several rows show the same object (or where any object of the
        same class will do): every candidate with the id of the query counts as its partner, and
        one of them among the `k` is enough. By default each row is an object of its own.
    metric : {"cosine", "euclidean"}, default="cosine"
        Similarity is the cosine, or less where the distance is larger.

    Returns
    -------
    float, or ndarray of shape (len(k),)
        In [0, 1]; an array where `k` is a sequence.

    Raises
    ------
    ValueError
        For unequal shapes, values that are not finite, or a `k` that holds anything but integers
        of at least 1.

    Notes
    -----
    Candidates that tie (to 1e-12 in cosine, or of the largest number) are taken in random order,
    and the recall is the exact expectation over these orders. With B candidates strictly better
    than the best partner, T tied with it and R partners among the T, m = min(k - B, T) places are
    left, and the partner is missed with probability C(T - R, m) / C(T, m). So an embedding that
    maps everything to one point
    scores chance, k / n_objects, and not 1. A row of zeros has the cosine 0 with everything.

    Time is quadratic in the number of objects; the memory beside the embeddings is bounded.

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
            f"query has {query.shape[1]} features but candidates have {candidates.shape[1]}."
        )
    if metric == "euclidean":
        size = max(np.abs(query).max(), np.abs(candidates).max()) or 1.0
        query, candidates = query / size, candidates / size
    n = len(query)
    ks = _check_k(k)
    codes = np.arange(n)
    if ids is not None:
        codes = np.unique(column_or_1d(ids), return_inverse=True)[1]
        check_consistent_length(query, codes)
    hits = np.zeros(len(ks))
    for rows in gen_batches(n, max(1, _CHUNK // n)):
        if metric == "cosine":
            similarity = query[rows] @ candidates.T
        else:
            similarity = -cdist(query[rows], candidates)
        partner = codes[rows, None] == codes
        best = np.max(similarity, axis=1, where=partner, initial=-np.inf)[:, None]
        tied = np.abs(similarity - best) <= _TIE
        n_better = np.count_nonzero(similarity > best + _TIE, axis=1)
        n_tied = np.count_nonzero(tied, axis=1)
        n_partners = np.count_nonzero(tied & partner, axis=1)
        for i, one in enumerate(ks):
            places = np.clip(one - n_better, 0, n_tied)
            hits[i] += np.sum(1.0 - _miss_probability(n_tied, n_partners, places))
    recall = hits / n
    return float(recall[0]) if np.ndim(k) == 0 else recall


def _miss_probability(n_tied, n_partners, places):
    """C(T - R, m) / C(T, m), as a product over the smaller of R and m."""
    few, many = np.minimum(n_partners, places), np.maximum(n_partners, places)
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
            f"of such. Got {k!r} instead."
        )
    return ks


def _finite_rows(values, name):
    return check_array(values, dtype=np.float64, input_name=name)


def _unit_rows(values, name):
    values = _finite_rows(values, name)
    # The largest entry first: squares of very large or small numbers leave the range of floats.
    values = values / _or_one(np.abs(values).max(axis=1, keepdims=True))
    return values / _or_one(np.linalg.norm(values, axis=1, keepdims=True))


def _or_one(scale):
    return np.where(scale > 0, scale, 1.0)
