"""Quality of estimated redshifts."""

from numbers import Real

import numpy as np
from sklearn.utils import check_consistent_length, column_or_1d
from sklearn.utils._param_validation import Interval, validate_params


@validate_params(
    {
        "z_true": ["array-like"],
        "z_pred": ["array-like"],
        "threshold": [Interval(Real, 0, None, closed="left")],
        "sample_weight": ["array-like", None],
    },
    prefer_skip_nested_validation=True,
)
def outlier_fraction(z_true, z_pred, *, threshold=0.15, sample_weight=None):
    r"""Fraction of objects whose redshift is far off.

    An object is an outlier when :math:`|z_{pred} - z_{true}| / (1 + z_{true})` exceeds `threshold`.

    Parameters
    ----------
    z_true, z_pred : array-like of shape (n_objects,)
        Redshifts, the true ones above -1.
    threshold : float, default=0.15
        In units of 1 + z; 0.15 is customary for photometric redshifts [1]_.
    sample_weight : array-like of shape (n_objects,), default=None
        Weights of the objects, not negative.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    ValueError
        For unequal lengths, no objects, redshifts that are not finite, a true redshift of -1 or
        less, or weights that are negative or all zero.

    See Also
    --------
    nmad : Scatter of the objects that are not outliers.

    References
    ----------
    .. [1] Ilbert et al. (2006), "Accurate photometric redshifts for the CFHT legacy survey
       calibrated using the VIMOS VLT deep survey", A&A 457, 841.

    Examples
    --------
    >>> from sklearn_sn.metrics import outlier_fraction
    >>> outlier_fraction([0.1, 0.2, 0.3, 0.4], [0.1, 0.2, 0.3, 0.9])
    0.25
    """
    z_true, z_pred = _check_redshifts(z_true, z_pred)
    far = np.abs(z_pred - z_true) > threshold * (1.0 + z_true)
    if sample_weight is None:
        return float(far.mean())
    weight = column_or_1d(sample_weight, dtype=np.float64)
    check_consistent_length(far, weight)
    if not np.isfinite(weight).all() or (weight < 0).any() or not weight.any():
        raise ValueError(
            "The 'sample_weight' of outlier_fraction must be finite, not negative, and not all "
            "zero."
        )
    # Dividing by the largest first keeps the sum of huge weights finite.
    return float(np.average(far, weights=weight / weight.max()))


@validate_params(
    {"z_true": ["array-like"], "z_pred": ["array-like"]}, prefer_skip_nested_validation=True
)
def nmad(z_true, z_pred):
    r"""Normalised median absolute deviation of redshifts, a robust scatter.

    .. math:: \sigma_{NMAD} = 1.4826 \, \mathrm{median}\left|
        \frac{\Delta z - \mathrm{median}(\Delta z)}{1 + z_{true}} \right|,
        \qquad \Delta z = z_{pred} - z_{true}

    The median is subtracted as in [1]_, so that a constant bias does not count; for normal errors
    of :math:`\Delta z / (1 + z)` around zero it is their standard deviation. Some authors, such as
    [2]_, leave the subtraction out: where the bias is small, the two agree.

    Parameters
    ----------
    z_true, z_pred : array-like of shape (n_objects,)
        Redshifts, the true ones above -1.

    Returns
    -------
    float
        In units of 1 + z.

    Raises
    ------
    ValueError
        For unequal lengths, no objects, redshifts that are not finite, or a true redshift of -1
        or less.

    See Also
    --------
    outlier_fraction : How many objects lie far outside this scatter.

    References
    ----------
    .. [1] Brammer, van Dokkum & Coppi (2008), "EAZY: A Fast, Public Photometric Redshift Code",
       ApJ 686, 1503, equation 5.
    .. [2] Ilbert et al. (2006), "Accurate photometric redshifts for the CFHT legacy survey
       calibrated using the VIMOS VLT deep survey", A&A 457, 841.

    Examples
    --------
    >>> from sklearn_sn.metrics import nmad
    >>> round(nmad([0.0, 0.0, 0.0], [0.01, 0.02, 0.04]), 4)
    0.0148
    """
    z_true, z_pred = _check_redshifts(z_true, z_pred)
    error = z_pred - z_true
    return float(1.4826 * np.median(np.abs(error - np.median(error)) / (1.0 + z_true)))


def _check_redshifts(z_true, z_pred):
    z_true = column_or_1d(z_true, dtype=np.float64)
    z_pred = column_or_1d(z_pred, dtype=np.float64)
    check_consistent_length(z_true, z_pred)
    if len(z_true) == 0:
        raise ValueError("Redshift metrics need at least one object; got none.")
    for name, values in (("z_true", z_true), ("z_pred", z_pred)):
        bad = np.flatnonzero(~np.isfinite(values))
        if len(bad):
            raise ValueError(
                f"{name} must be finite; object {bad[0]} has {values[bad[0]]}. Drop the "
                f"{len(bad)} objects without a redshift."
            )
    if z_true.min() <= -1.0:
        raise ValueError(f"z_true must be above -1; got {z_true.min()}.")
    return z_true, z_pred
