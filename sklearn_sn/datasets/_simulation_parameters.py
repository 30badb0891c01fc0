"""Checks of the parameters of make_supernovae that a type alone does not settle."""

from numbers import Real

import numpy as np

from sklearn_sn.datasets._populations import POPULATIONS


def count_per_class(n_samples, shares):
    """Whole numbers near the shares that sum to n_samples (largest remainders)."""
    exact = n_samples * np.asarray(shares, dtype=float) / np.sum(shares)
    counts = np.floor(exact).astype(int)
    order = np.argsort(counts - exact, kind="stable")
    counts[order[: n_samples - counts.sum()]] += 1
    return counts


def class_shares(classes):
    """Check the classes: name → share."""
    names = known_names("classes", list(classes), tuple(POPULATIONS))
    shares = dict(classes) if isinstance(classes, dict) else dict.fromkeys(names, 1.0)
    if not all(isinstance(s, Real) and np.isfinite(s) and s > 0 for s in shares.values()):
        raise ValueError(
            "The 'classes' parameter of make_supernovae must give a positive proportion to each "
            f"class. Got {classes!r} instead."
        )
    return shares


def known_names(parameter, values, allowed):
    """Check that values are different names out of those allowed."""
    values = [values] if isinstance(values, str) else list(values)
    if not values or len(set(values)) < len(values) or not set(values) <= set(allowed):
        raise ValueError(
            f"The {parameter!r} parameter of make_supernovae must hold different names out of "
            f"{allowed}. Got {values!r} instead."
        )
    return values


def redshift_ranges(redshift_range, shares):
    """Check the redshifts: a pair for each class."""
    if not isinstance(redshift_range, dict):
        redshift_range = dict.fromkeys(shares, redshift_range)
    absent = [name for name in shares if name not in redshift_range]
    if absent:
        raise ValueError(
            "The 'redshift_range' parameter of make_supernovae must have a pair for each class. "
            f"Got none for {absent!r}."
        )
    return {name: number_pair("redshift_range", redshift_range[name], 1e-4, 3.0) for name in shares}


def number_pair(parameter, value, lowest, highest, kind=Real):
    """Check a number or a pair (low, high) within bounds; answer the pair."""
    pair = tuple(value) if isinstance(value, list | tuple) else (value, value)
    good = len(pair) == 2 and all(isinstance(v, kind) and np.isfinite(v) for v in pair)
    if not good or not lowest <= pair[0] <= pair[1] <= highest:
        raise ValueError(
            f"The {parameter!r} parameter of make_supernovae must be numbers (low, high) with "
            f"{lowest} <= low <= high <= {highest}. Got {value!r} instead."
        )
    return pair
