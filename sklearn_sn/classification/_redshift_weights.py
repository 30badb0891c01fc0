"""How much more often each class has a redshift than all objects together."""

import numpy as np

# Redshifts below the first are as that one, whose place in the Hubble flow says nothing.
LOG_REDSHIFTS = np.linspace(np.log(1e-3), np.log(10.0), 128)
WIDTH = 0.5  # in ln z, over which an object speaks
# Objects, of all classes alike, that every class has near every redshift: one object at z = 1 with
# nothing else near it says little, however many there are elsewhere.
SHRINKAGE = 1.0


def redshift_log_weights(redshift, codes, weight, n_classes):
    """Logarithm of p(z | class) / p(z) on `LOG_REDSHIFTS`, from the objects of fit.

    Parameters
    ----------
    redshift : array of shape (n_objects,)
        NaN where unknown; 0, which often means that, and less say nothing either.
    codes : array of int, shape (n_objects,)
        Classes.
    weight : array of shape (n_objects,) or None
    n_classes : int

    Returns
    -------
    array of shape (n_classes, 128), float64
        Near 0 where few redshifts are known.
    """
    weight = np.ones(len(redshift)) if weight is None else np.asarray(weight, dtype=np.float64)
    known = (redshift > 0) & (weight > 0)
    n_places = len(LOG_REDSHIFTS)
    step = LOG_REDSHIFTS[1] - LOG_REDSHIFTS[0]
    place = np.interp(_log(redshift[known]), LOG_REDSHIFTS, np.arange(n_places))
    cell = codes[known] * n_places + np.rint(place).astype(np.int64)
    own = weight[known] / (weight[known].mean() if known.any() else 1.0)
    counts = np.bincount(cell, own, n_classes * n_places).reshape(n_classes, n_places)
    away = step * (np.arange(n_places)[:, None] - np.arange(n_places))
    near = counts @ np.exp(-0.5 * (away / WIDTH) ** 2)  # objects near each redshift
    share = counts.sum(axis=1, keepdims=True) / max(counts.sum(), 1e-300)
    return np.log((near + SHRINKAGE) / (share * near.sum(axis=0) + SHRINKAGE))


def at_redshifts(log_weights, redshift):
    """The logarithms of :func:`redshift_log_weights` at some redshifts: (n, n_classes).

    0 where the redshift is unknown, or not positive.
    """
    known = redshift > 0
    place = _log(np.where(known, redshift, 1.0))
    found = np.stack([np.interp(place, LOG_REDSHIFTS, row) for row in log_weights], axis=1)
    return np.where(known[:, None], found, 0.0)


def _log(redshift):
    return np.log(np.maximum(redshift, 1e-3))
