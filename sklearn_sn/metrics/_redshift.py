"""Accuracy of redshift estimates."""

from numbers import Real

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_consistent_length, column_or_1d
from sklearn.utils._param_validation import Interval, validate_params

from sklearn_sn.metrics._weights import weighted_mean


@validate_params(
    {
        "z_true": ["array-like"],
        "z_pred": ["array-like"],
        "threshold": [Interval(Real, 0, None, closed="left")],
        "sample_weight": ["array-like", None],
    },
    prefer_skip_nested_validation=True,
)
def outlier_fraction(
    z_true: ArrayLike,
    z_pred: ArrayLike,
    *,
    threshold: float = 0.15,
    sample_weight: ArrayLike | None = None,
) -> float:
    r"""Compute the fraction of objects with a catastrophic redshift error.

    An object is an outlier if :math:`|z_{pred} - z_{true}| / (1 + z_{true})` exceeds `threshold`.

    Parameters
    ----------
    z_true : array-like of shape (n_objects,)
        True redshifts, above -1.
    z_pred : array-like of shape (n_objects,)
        Estimated redshifts.
    threshold : float, default=0.15
        Largest error that is not an outlier, in units of 1 + z. The default is customary for
        photometric redshifts [1]_.
    sample_weight : array-like of shape (n_objects,), default=None
        Non-negative weights of the objects.

    Returns
    -------
    float
        Weighted fraction of outliers, in [0, 1].

    Raises
    ------
    ValueError
        If the lengths differ, there are no objects, a redshift is not finite, a true redshift is
        -1 or less, or the weights are negative or all zero.

    See Also
    --------
    nmad : Robust scatter of the redshift errors.

    References
    ----------
    .. [1] Ilbert, O. et al. (2006). "Accurate photometric redshifts for the CFHT legacy survey
       calibrated using the VIMOS VLT deep survey". Astronomy & Astrophysics 457, 841.

    Examples
    --------
    >>> from sklearn_sn.metrics import outlier_fraction
    >>> outlier_fraction([0.1, 0.2, 0.3, 0.4], [0.1, 0.2, 0.3, 0.9])
    0.25
    """
    z_true, z_pred = _check_redshifts(z_true, z_pred)
    far = np.abs(z_pred - z_true) > threshold * (1.0 + z_true)
    return weighted_mean(far, sample_weight, "outlier_fraction")


@validate_params(
    {"z_true": ["array-like"], "z_pred": ["array-like"]}, prefer_skip_nested_validation=True
)
def nmad(z_true: ArrayLike, z_pred: ArrayLike) -> float:
    r"""Compute the normalised median absolute deviation of redshift errors.

    .. math:: \sigma_{NMAD} = 1.4826 \, \mathrm{median}\left|
        \frac{\Delta z - \mathrm{median}(\Delta z)}{1 + z_{true}} \right|,
        \qquad \Delta z = z_{pred} - z_{true}

    The median error is subtracted as in [1]_, so a constant bias has no effect. If
    :math:`\Delta z / (1 + z)` is normal with mean zero, the result estimates its standard
    deviation. Some authors, such as [2]_, do not subtract the median; the two definitions agree
    if the bias is small.

    Parameters
    ----------
    z_true : array-like of shape (n_objects,)
        True redshifts, above -1.
    z_pred : array-like of shape (n_objects,)
        Estimated redshifts.

    Returns
    -------
    float
        Robust scatter, in units of 1 + z.

    Raises
    ------
    ValueError
        If the lengths differ, there are no objects, a redshift is not finite, or a true redshift
        is -1 or less.

    See Also
    --------
    outlier_fraction : Fraction of objects with a catastrophic error.

    References
    ----------
    .. [1] Brammer, G. B., van Dokkum, P. G. & Coppi, P. (2008). "EAZY: A Fast, Public Photometric
       Redshift Code". The Astrophysical Journal 686, 1503, equation 5.
    .. [2] Ilbert, O. et al. (2006). "Accurate photometric redshifts for the CFHT legacy survey
       calibrated using the VIMOS VLT deep survey". Astronomy & Astrophysics 457, 841.

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
        raise ValueError("Redshift metrics need at least one object. Got 0 instead.")
    for name, values in (("z_true", z_true), ("z_pred", z_pred)):
        bad = np.flatnonzero(~np.isfinite(values))
        if len(bad):
            raise ValueError(
                f"The {name!r} parameter must be finite; object {bad[0]} has {values[bad[0]]}. "
                f"Drop the {len(bad)} objects without a redshift."
            )
    if z_true.min() <= -1.0:
        raise ValueError(f"The 'z_true' parameter must be above -1. Got {z_true.min()} instead.")
    return z_true, z_pred
