"""Quality of estimated redshifts."""

import numpy as np
from sklearn.utils import check_consistent_length


def _scaled_residuals(z_true, z_pred):
    z_true = np.asarray(z_true, dtype=np.float64).ravel()
    z_pred = np.asarray(z_pred, dtype=np.float64).ravel()
    check_consistent_length(z_true, z_pred)
    if len(z_true) == 0:
        raise ValueError("Redshift metrics need at least one object; got none.")
    residuals = (z_pred - z_true) / (1.0 + z_true)
    if not np.isfinite(residuals).all():
        raise ValueError("Redshifts must be finite; drop objects without one.")
    return residuals


def outlier_fraction(z_true, z_pred, *, threshold=0.15):
    r"""Fraction of objects whose redshift is far off.

    An object is an outlier when :math:`|z_{pred} - z_{true}| / (1 + z_{true})` exceeds `threshold`.

    Parameters
    ----------
    z_true, z_pred : array-like of shape (n_objects,)
        Redshifts.
    threshold : float, default=0.15
        As customary for photometric redshifts [1]_.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    ValueError
        For unequal lengths, no objects, or redshifts that are not finite.

    References
    ----------
    .. [1] Ilbert et al. (2009), ApJ 690, 1236.

    Examples
    --------
    >>> from sklearn_sn.metrics import outlier_fraction
    >>> outlier_fraction([0.1, 0.2, 0.3, 0.4], [0.1, 0.2, 0.3, 0.9])
    0.25
    """
    return float(np.mean(np.abs(_scaled_residuals(z_true, z_pred)) > threshold))


def nmad(z_true, z_pred):
    r"""Normalised median absolute deviation of redshifts, a robust scatter.

    .. math:: 1.4826 \, \mathrm{median}\left|
        \frac{\Delta z - \mathrm{median}(\Delta z)}{1 + z_{true}} \right|,
        \qquad \Delta z = z_{pred} - z_{true}

    as in [1]_: insensitive to outliers and to a constant bias; for normal errors it is their
    standard deviation.

    Parameters
    ----------
    z_true, z_pred : array-like of shape (n_objects,)
        Redshifts.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        For unequal lengths, no objects, or redshifts that are not finite.

    References
    ----------
    .. [1] Brammer, van Dokkum & Coppi (2008), ApJ 686, 1503, equation 5.

    Examples
    --------
    >>> from sklearn_sn.metrics import nmad
    >>> round(nmad([0.0, 0.0, 0.0], [0.01, 0.02, 0.04]), 4)
    0.0148
    """
    residuals = _scaled_residuals(z_true, z_pred)
    z_true = np.asarray(z_true, dtype=np.float64).ravel()
    bias = np.median(residuals * (1.0 + z_true))
    return float(1.4826 * np.median(np.abs(residuals - bias / (1.0 + z_true))))
