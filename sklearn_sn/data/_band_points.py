"""Bands of the points of a table: canonical categories, and what cannot be used."""

from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sklearn_sn.data._bands import (
    FEW_NAMES,
    ZTF_CODES,
    band_candidates,
    current_registry,
    list_bands,
)
from sklearn_sn.data._names import as_text, factorize_names, names_dtype, used_categories

_N_LISTED = 3  # names that a message lists; it counts the others


def canonical_points(bands, object_index):
    """Return the bands of points as canonical categories.

    A band that cannot be used never raises: one point must not stop a table.

    Parameters
    ----------
    bands : Categorical or ndarray of number or bool, shape (n_points,)
        Names as published.
    object_index : ndarray of int, shape (n_points,)
        Object of each point.

    Returns
    -------
    canonical : Categorical of shape (n_points,)
        Canonical names, categories sorted; null where the band is unknown or ambiguous.
    ambiguous : ndarray of bool, shape (n_points,)
        Whether the name fits several bands, or is a code as of :func:`conflicting_codes`.
    """
    if isinstance(bands, pd.Categorical):
        distinct, codes = used_categories(bands)
    else:
        distinct, codes, _ = factorize_names(bands)
    meaning = _meaning if len(distinct) <= FEW_NAMES else _meaning.__wrapped__
    lookup, is_ambiguous, dtype, has_other_codes = meaning(current_registry(), *distinct)
    ambiguous = np.zeros(len(codes), dtype=bool)
    if is_ambiguous.any():
        ambiguous = is_ambiguous[codes]
    if has_other_codes:
        ambiguous |= _conflicting(distinct, codes, object_index)
    codes = lookup[codes]
    if has_other_codes:
        codes[ambiguous] = -1
    return pd.Categorical.from_codes(codes, dtype=dtype, validate=False), ambiguous


@lru_cache(maxsize=256, typed=True)  # tables of single objects repeat the same few names
def _meaning(registry, *distinct):
    """Return what distinct names mean.

    These are the positions of their bands among the categories, -1 for those that cannot be used,
    and a mask of the ambiguous names, each with a last entry for the code -1 of a missing name, the
    dtype of the categories, and whether a name is a code that ZTF does not have.
    """
    candidates = [band_candidates(name, registry) for name in distinct]
    names = [fits[0] if len(fits) == 1 else None for fits in candidates]
    categories = sorted({name for name in names if name})
    positions = [categories.index(name) if name else -1 for name in names]
    return (
        np.array([*positions, -1], dtype=np.int16),
        np.array([*(len(fits) > 1 for fits in candidates), False]),
        names_dtype(*categories),
        any(_is_unknown_code(as_text(name), registry) for name in distinct),
    )


def conflicting_codes(bands: ArrayLike, object_index: np.ndarray) -> np.ndarray:
    """Mark band codes of objects that mix the codes 1, 2, 3 of ZTF with other codes.

    Such an object was observed by another survey, in which 1, 2 and 3 are other bands. The
    decision is made object by object, so that it is independent of the other rows of the table.

    Parameters
    ----------
    bands : array-like or Categorical, shape (n_points,)
        Names as published.
    object_index : ndarray of int, shape (n_points,)
        Object of each point.

    Returns
    -------
    ndarray of bool, shape (n_points,)

    Examples
    --------
    >>> from sklearn_sn.data import conflicting_codes
    >>> conflicting_codes([1, 2, 0, 1], [0, 0, 1, 1])
    array([False, False,  True,  True])
    """
    distinct, codes, _ = factorize_names(bands)
    return _conflicting(distinct, codes, object_index)


def _conflicting(distinct, codes, object_index):
    texts = [as_text(name) for name in distinct]
    others = [_is_unknown_code(text) for text in texts]
    if not any(others):
        return np.zeros(len(codes), dtype=bool)
    is_ztf = np.array([*(text in ZTF_CODES for text in texts), False])[codes]
    is_other = np.array([*others, False])[codes]
    object_index = np.asarray(object_index)
    mixed = np.intersect1d(object_index[is_ztf], object_index[is_other])
    return (is_ztf | is_other) & np.isin(object_index, mixed)


def _is_unknown_code(text, registry=None):
    is_code = text is not None and len(text) == 1 and text.isdigit()
    return is_code and not band_candidates(text, registry)


def log_unusable_bands(log, bands, unknown, ambiguous, object_index):
    """Record the points that are dropped because of their bands.

    Parameters
    ----------
    log : QualityLog
    bands : Categorical or ndarray, shape (n_points,)
        Names as published.
    unknown, ambiguous : ndarray of bool, shape (n_points,)
        Points in unknown bands, and in ambiguous ones.
    object_index : ndarray of int, shape (n_points,)
        Object of each point.
    """
    if unknown.any():
        log.repaired(
            f"points in unknown bands dropped ({_most_frequent(bands[unknown])}; register_band "
            f"adds a band; known are {', '.join(list_bands()[:6])} … , see list_bands)",
            object_index[unknown],
        )
    if ambiguous.any():
        log.repaired(
            f"points in ambiguous bands dropped ({_meanings(bands[ambiguous])}; name the survey as "
            "in 'Swift-V' or read_tables(..., survey=), or take the name with register_band)",
            object_index[ambiguous],
        )


def _most_frequent(bands):
    """List up to three names, the most frequent first, and the number of others."""
    distinct, codes, _ = factorize_names(bands)
    texts = [as_text(name) for name in distinct]
    counts = np.bincount(codes[codes >= 0], minlength=len(texts))
    named = sorted((-count, text) for count, text in zip(counts, texts, strict=True) if text)
    parts = [", ".join(repr(text) for _, text in named[:_N_LISTED])]
    parts += [f"{len(named) - _N_LISTED} more"] if len(named) > _N_LISTED else []
    parts += ["points without a name"] if (codes < 0).any() or None in texts else []
    return " and ".join(filter(None, parts))


def _meanings(bands):
    """Describe what ambiguous names may mean."""
    texts = sorted(set(map(as_text, factorize_names(bands)[0])))
    candidates = {text: band_candidates(text) for text in texts}
    parts = [
        f"{text!r} may be {' or '.join(names)}"
        for text, names in candidates.items()
        if len(names) > 1
    ]
    codes = [text for text, names in candidates.items() if len(names) <= 1]
    if codes:
        parts.append(f"the codes {', '.join(codes)} stand in one object, and ZTF has 1, 2, 3 only")
    return ", ".join(parts)
