"""Weights of the classes as a function of redshift."""

import numpy as np

# Lower redshifts count as the first one, because peculiar velocities exceed their Hubble flow.
LOG_REDSHIFTS = np.linspace(np.log(1e-3), np.log(10.0), 128)
WIDTH = 0.5  # in ln z; width of the smoothing of the frequencies
# Pseudo-counts of every class near every redshift, so that a single object far from all others has
# little weight.
SHRINKAGE = 1.0


def redshift_log_weights(redshift, codes, weight, n_classes):
    """Return the logarithm of p(z | class) / p(z) on `LOG_REDSHIFTS`, from the objects of fit.

    Parameters
    ----------
    redshift : array of shape (n_objects,)
        Redshifts of the objects; NaN where unknown. Redshifts <= 0, which often mean unknown, are
        ignored.
    codes : array of int, shape (n_objects,)
        Class of each object.
    weight : array of shape (n_objects,) or None
        Weights of the objects.
    n_classes : int
        Number of classes.

    Returns
    -------
    array of shape (n_classes, 128), float64
        Logarithms of the weights; near 0 where few redshifts are known.
    """
    weight = np.ones(len(redshift)) if weight is None else np.asarray(weight, dtype=np.float64)
    is_known = (redshift > 0) & (weight > 0)
    n_bins = len(LOG_REDSHIFTS)
    step = LOG_REDSHIFTS[1] - LOG_REDSHIFTS[0]
    position = np.interp(_log(redshift[is_known]), LOG_REDSHIFTS, np.arange(n_bins))
    cell = codes[is_known] * n_bins + np.rint(position).astype(np.int64)
    relative_weight = weight[is_known] / (weight[is_known].mean() if is_known.any() else 1.0)
    counts = np.bincount(cell, relative_weight, n_classes * n_bins).reshape(n_classes, n_bins)
    distance = step * (np.arange(n_bins)[:, None] - np.arange(n_bins))
    near = counts @ np.exp(-0.5 * (distance / WIDTH) ** 2)  # objects near each redshift
    share = counts.sum(axis=1, keepdims=True) / max(counts.sum(), 1e-300)
    return np.log((near + SHRINKAGE) / (share * near.sum(axis=0) + SHRINKAGE))


def at_redshifts(log_weights, redshift):
    """Interpolate the result of :func:`redshift_log_weights` at redshifts: (n, n_classes).

    The logarithms are 0 where a redshift is unknown or not positive.
    """
    is_known = redshift > 0
    position = _log(np.where(is_known, redshift, 1.0))
    weights = np.stack([np.interp(position, LOG_REDSHIFTS, row) for row in log_weights], axis=1)
    return np.where(is_known[:, None], weights, 0.0)


def _log(redshift):
    return np.log(np.maximum(redshift, 1e-3))
