"""Frequency of redshifts in each class, relative to all objects."""

import numpy as np

# Lower redshifts count as the first one: there, peculiar velocities exceed the Hubble flow.
LOG_REDSHIFTS = np.linspace(np.log(1e-3), np.log(10.0), 128)
WIDTH = 0.5  # in ln z; smooths the frequencies
# Pseudo-counts that every class has near every redshift, so that a single object far from all
# others has little weight.
SHRINKAGE = 1.0


def redshift_log_weights(redshift, codes, weight, n_classes):
    """Return the logarithm of p(z | class) / p(z) on `LOG_REDSHIFTS`, from the objects of fit.

    Parameters
    ----------
    redshift : array of shape (n_objects,)
        NaN where unknown; redshifts <= 0, which often mean unknown, are ignored.
    codes : array of int, shape (n_objects,)
        Classes.
    weight : array of shape (n_objects,) or None
        Weights of the objects.
    n_classes : int
        Number of classes.

    Returns
    -------
    array of shape (n_classes, 128), float64
        Near 0 where few redshifts are known.
    """
    weight = np.ones(len(redshift)) if weight is None else np.asarray(weight, dtype=np.float64)
    known = (redshift > 0) & (weight > 0)
    n_bins = len(LOG_REDSHIFTS)
    step = LOG_REDSHIFTS[1] - LOG_REDSHIFTS[0]
    position = np.interp(_log(redshift[known]), LOG_REDSHIFTS, np.arange(n_bins))
    cell = codes[known] * n_bins + np.rint(position).astype(np.int64)
    own = weight[known] / (weight[known].mean() if known.any() else 1.0)
    counts = np.bincount(cell, own, n_classes * n_bins).reshape(n_classes, n_bins)
    distance = step * (np.arange(n_bins)[:, None] - np.arange(n_bins))
    near = counts @ np.exp(-0.5 * (distance / WIDTH) ** 2)  # objects near each redshift
    share = counts.sum(axis=1, keepdims=True) / max(counts.sum(), 1e-300)
    return np.log((near + SHRINKAGE) / (share * near.sum(axis=0) + SHRINKAGE))


def at_redshifts(log_weights, redshift):
    """Return the logarithms of :func:`redshift_log_weights` at some redshifts, (n, n_classes).

    They are 0 where the redshift is unknown or not positive.
    """
    known = redshift > 0
    position = _log(np.where(known, redshift, 1.0))
    weights = np.stack([np.interp(position, LOG_REDSHIFTS, row) for row in log_weights], axis=1)
    return np.where(known[:, None], weights, 0.0)


def _log(redshift):
    return np.log(np.maximum(redshift, 1e-3))
