"""Calibration and sharpness of prediction intervals."""

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_array, check_consistent_length
from sklearn.utils._param_validation import validate_params

from sklearn_sn.metrics._weights import weighted_mean


@validate_params(
    {
        "y_true": ["array-like"],
        "lower": ["array-like"],
        "upper": ["array-like"],
        "sample_weight": ["array-like", None],
    },
    prefer_skip_nested_validation=True,
)
def interval_coverage(
    y_true: ArrayLike, lower: ArrayLike, upper: ArrayLike, sample_weight: ArrayLike | None = None
) -> float:
    """Compute the fraction of true values that lie inside their prediction intervals.

    A calibrated interval of nominal coverage 0.9 has an empirical coverage close to 0.9. Both ends
    belong to the interval.

    Parameters
    ----------
    y_true : array-like of shape (n_objects,) or (n_objects, ...)
        True values, finite. For spectra with gaps, select the measured values first:
        ``interval_coverage(flux[mask], lower[mask], upper[mask])``.
    lower, upper : array-like of the shape of `y_true`
        Ends of the intervals, with ``lower <= upper``. They may be infinite.
    sample_weight : array-like of shape (n_objects,), default=None
        Non-negative weights of the objects.

    Returns
    -------
    float
        Empirical coverage, in [0, 1].

    Raises
    ------
    ValueError
        If the shapes differ, an array is empty, a value is NaN, a true value is infinite, a lower
        end is above its upper end, or the weights are negative or all zero.

    See Also
    --------
    interval_width : Mean width of the intervals.

    Notes
    -----
    Coverage alone does not rank models: wide intervals cover more. Compare the widths of intervals
    of equal coverage [1]_.

    References
    ----------
    .. [1] Gneiting, T., Balabdaoui, F. & Raftery, A. E. (2007). "Probabilistic forecasts,
       calibration and sharpness". Journal of the Royal Statistical Society B 69, 243.

    Examples
    --------
    >>> from sklearn_sn.metrics import interval_coverage
    >>> interval_coverage([1.0, 2.0, 3.0, 4.0], [0.5, 1.5, 3.5, 3.5], [1.5, 2.5, 4.5, 4.5])
    0.75
    """
    lower, upper = _check_interval(lower, upper, "interval_coverage")
    y_true = _check_values(y_true, "y_true", "interval_coverage", allow_infinite=False)
    _check_same_shape("interval_coverage", y_true=y_true, lower=lower)
    return weighted_mean((lower <= y_true) & (y_true <= upper), sample_weight, "interval_coverage")


@validate_params(
    {"lower": ["array-like"], "upper": ["array-like"], "sample_weight": ["array-like", None]},
    prefer_skip_nested_validation=True,
)
def interval_width(
    lower: ArrayLike, upper: ArrayLike, sample_weight: ArrayLike | None = None
) -> float:
    """Compute the mean width of prediction intervals.

    Parameters
    ----------
    lower, upper : array-like of shape (n_objects,) or (n_objects, ...)
        Ends of the intervals, with ``lower <= upper``.
    sample_weight : array-like of shape (n_objects,), default=None
        Non-negative weights of the objects.

    Returns
    -------
    float
        Mean width, in the unit of the predictions; infinite if an interval is unbounded.

    Raises
    ------
    ValueError
        If the shapes differ, an array is empty, a value is NaN, a lower end is above its upper
        end, or the weights are negative or all zero.

    See Also
    --------
    interval_coverage : Fraction of true values inside the intervals.

    Examples
    --------
    >>> from sklearn_sn.metrics import interval_width
    >>> interval_width([0.0, 1.0], [1.0, 4.0])
    2.0
    """
    lower, upper = _check_interval(lower, upper, "interval_width")
    with np.errstate(invalid="ignore"):  # the width of [inf, inf] is 0, not inf - inf
        width = np.where(lower == upper, 0.0, upper - lower)
    return weighted_mean(width, sample_weight, "interval_width")


def _check_values(values, name, caller, allow_infinite):
    """Convert to float64 of at least one dimension, without NaN."""
    values = check_array(
        values,
        dtype=np.float64,
        ensure_2d=False,
        allow_nd=True,
        ensure_all_finite=False,
        ensure_min_samples=0,
        input_name=name,
    )
    if values.ndim == 0 or values.size == 0:
        raise ValueError(
            f"The {name!r} parameter of {caller} must be an array with at least one value. Got an "
            f"array of shape {values.shape} instead."
        )
    # Comparisons with NaN are False, which would count as "not covered" without a warning.
    bad = np.isnan(values) if allow_infinite else ~np.isfinite(values)
    if bad.any():
        kind = "NaN" if allow_infinite else "NaN or infinite"
        raise ValueError(
            f"The {name!r} parameter of {caller} has {bad.sum()} {kind} values; drop these "
            "entries from all arrays."
        )
    return values


def _check_interval(lower, upper, caller):
    lower = _check_values(lower, "lower", caller, allow_infinite=True)
    upper = _check_values(upper, "upper", caller, allow_infinite=True)
    _check_same_shape(caller, lower=lower, upper=upper)
    crossed = np.argwhere(lower > upper)
    if len(crossed):
        index = tuple(int(i) for i in crossed[0])
        raise ValueError(
            f"The 'lower' parameter of {caller} must not exceed 'upper'; at index {index} it is "
            f"{lower[index]:g} and 'upper' is {upper[index]:g}."
        )
    return lower, upper


def _check_same_shape(caller, **arrays):
    (first, a), (second, b) = arrays.items()
    check_consistent_length(a, b)
    if a.shape != b.shape:
        raise ValueError(
            f"The {first!r} and {second!r} parameters of {caller} must have the same shape. Got "
            f"{a.shape} and {b.shape} instead."
        )
