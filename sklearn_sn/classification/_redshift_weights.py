"""How much more often each class has a redshift than all objects together."""

import numpy as np

NEAREST = 1e-3  # redshifts below are as this one, whose place in the Hubble flow says nothing
LOG_REDSHIFTS = np.linspace(np.log(NEAREST), np.log(10.0), 128)
WIDTH = 0.5  # in ln z, by which redshifts of fit are smoothed
SHRINKAGE = 3.0  # objects of any redshift that each class gets, or few of them would rule all


def redshift_log_weights(redshift, codes, weight, n_classes):
    """Logarithm of p(z | class) / p(z) on `LOG_REDSHIFTS`, from the objects of fit.

    Parameters
    ----------
    redshift : array of shape (n_objects,)
        NaN where unknown.
    codes : array of int, shape (n_objects,)
        Classes.
    weight : array of shape (n_objects,) or None
    n_classes : int

    Returns
    -------
    array of shape (n_classes, 128), float64
        Densities are of Gaussians in ln z. 0 where no redshift is known.
    """
    weight = np.ones(len(redshift)) if weight is None else np.asarray(weight, dtype=np.float64)
    known = np.isfinite(redshift) & (weight > 0)
    if not known.any():
        return np.zeros((n_classes, len(LOG_REDSHIFTS)))
    weight, codes = weight[known] / weight[known].mean(), codes[known]
    away = LOG_REDSHIFTS[:, None] - _log(redshift[known])
    # Far from all of them, the nearest decides: the floor only keeps the logarithm finite.
    density = np.exp(-0.5 * (away / WIDTH) ** 2) * weight + 1e-12  # (K, n)
    counts = np.bincount(codes, weight, n_classes)
    sums = np.stack([density[:, codes == code].sum(axis=1) for code in range(n_classes)])
    every = density.sum(axis=1) / weight.sum()
    return np.log((sums / every + SHRINKAGE) / (counts[:, None] + SHRINKAGE))


def at_redshifts(log_weights, redshift):
    """The logarithms of :func:`redshift_log_weights` at some redshifts: (n, n_classes).

    0 where the redshift is unknown.
    """
    known = np.isfinite(redshift)
    place = _log(np.where(known, redshift, 1.0))
    found = np.stack([np.interp(place, LOG_REDSHIFTS, row) for row in log_weights], axis=1)
    return np.where(known[:, None], found, 0.0)


def _log(redshift):
    return np.log(np.maximum(redshift, NEAREST))
