"""Augment spectra: crop, shift, warp and add noise, anew in each epoch."""

import numpy as np


def augmented(flux, covered, rng, *, max_crop=0.2, max_shift=0, warped=(0,)):
    """Crop the ends of spectra, shift them along the grid, warp their calibration, add noise.

    Parameters
    ----------
    flux : array of shape (n, n_channels, P), float32
        May be overwritten.
    covered : array of bool, shape (n, P)
    rng : numpy.random.Generator
    max_crop : float, default=0.2
        Largest fraction of the grid that is cut from an end; each end is cut in 30 % of spectra.
    max_shift : int, default=0
        Largest shift in bins to either side; on a logarithmic grid this is a change of redshift.
        Bins that enter the grid are not covered.
    warped : sequence of int, default=(0,)
        Channels that get a slope and a bend, as from a wrong calibration. A continuum-divided
        channel needs none.

    Returns
    -------
    flux : array of shape (n, n_channels, P), float32
        With noise of a level of at most 0.15, drawn for each spectrum, in all channels.
    covered : array of bool, shape (n, P)
        Keeps at least three bins of each spectrum that had them.
    """
    n, _, n_bins = flux.shape
    place = np.linspace(0.0, 1.0, n_bins, dtype=np.float32)
    if max_shift:
        flux, covered, _ = shifted(flux, covered, rng.integers(-max_shift, max_shift + 1, n))
    low = np.where(rng.random(n) < 0.3, rng.uniform(0.0, max_crop, n), 0.0)[:, None]
    high = np.where(rng.random(n) < 0.3, rng.uniform(1.0 - max_crop, 1.0, n), 1.0)[:, None]
    inside = covered & (place >= low) & (place <= high)
    inside = np.where(inside.sum(axis=1, keepdims=True) >= 3, inside, covered)
    slope, bend = rng.normal(0.0, 0.2, (2, n, 1)).astype(np.float32)
    warp = slope * (2 * place - 1) + bend * np.cos(2 * np.pi * place)
    for channel in warped:
        flux[:, channel] += warp
    level = rng.uniform(0.0, 0.15, (n, 1, 1)).astype(np.float32)
    return flux + level * rng.standard_normal(flux.shape, dtype=np.float32), inside


def shifted(flux, covered, bins):
    """Shift each spectrum by a number of bins, unless it would leave the grid.

    Parameters
    ----------
    flux : array of shape (n, n_channels, P)
    covered : array of bool, shape (n, P)
    bins : array of int, shape (n,)

    Returns
    -------
    flux, covered
        Bins that enter the grid are not covered; their flux is meaningless.
    bins : array of int, shape (n,)
        Shifts applied: 0 where fewer than three covered bins would have remained.
    """
    n_bins = flux.shape[2]
    source = np.arange(n_bins) - bins[:, None]  # (n, P)
    within = (source >= 0) & (source < n_bins)
    source = np.clip(source, 0, n_bins - 1)
    moved = np.take_along_axis(covered, source, axis=1) & within
    stays = moved.sum(axis=1) < np.minimum(3, covered.sum(axis=1))
    source[stays] = np.arange(n_bins)
    moved[stays] = covered[stays]
    flux = np.take_along_axis(flux, source[:, None], axis=2)
    return flux, moved, np.where(stays, 0, bins)
