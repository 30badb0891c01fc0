"""Augmentation of spectra: crops, shifts, warps and noise."""

import numpy as np


def augmented(flux, covered, rng, *, max_crop=0.2, max_shift=0, warped=(0,)):
    """Crop the ends of spectra, shift them, warp their calibration, and add noise.

    Parameters
    ----------
    flux : array of shape (n, n_channels, P), float32
        Channels of the spectra; may be overwritten.
    covered : array of bool, shape (n, P)
        Bins that a spectrum covers.
    rng : numpy.random.Generator
        Source of random numbers.
    max_crop : float, default=0.2
        Largest fraction of the grid to crop at an end; each end is cropped in 30 % of spectra.
    max_shift : int, default=0
        Largest shift in bins in either direction, which on a logarithmic grid is a change of
        redshift. Bins that enter the grid are not covered.
    warped : sequence of int, default=(0,)
        Channels to which a slope and a bend are added, to imitate errors of the calibration. They
        do not affect a continuum-divided channel.

    Returns
    -------
    flux : array of shape (n, n_channels, P), float32
        Augmented channels, with noise of a random level <= 0.15 for each spectrum.
    covered : array of bool, shape (n, P)
        Covered bins; at least three of each spectrum that had three.
    """
    n, _, n_bins = flux.shape
    position = np.linspace(0.0, 1.0, n_bins, dtype=np.float32)
    if max_shift:
        flux, covered, _ = shifted(flux, covered, rng.integers(-max_shift, max_shift + 1, n))
    low = np.where(rng.random(n) < 0.3, rng.uniform(0.0, max_crop, n), 0.0)[:, None]
    high = np.where(rng.random(n) < 0.3, rng.uniform(1.0 - max_crop, 1.0, n), 1.0)[:, None]
    inside = covered & (position >= low) & (position <= high)
    inside = np.where(inside.sum(axis=1, keepdims=True) >= 3, inside, covered)
    slope, bend = rng.normal(0.0, 0.2, (2, n, 1)).astype(np.float32)
    warp = slope * (2 * position - 1) + bend * np.cos(2 * np.pi * position)
    for channel in warped:
        flux[:, channel] += warp
    level = rng.uniform(0.0, 0.15, (n, 1, 1)).astype(np.float32)
    return flux + level * rng.standard_normal(flux.shape, dtype=np.float32), inside


def shifted(flux, covered, bins):
    """Shift each spectrum by a number of bins, unless this moves it off the grid.

    Parameters
    ----------
    flux : array of shape (n, n_channels, P)
        Channels of the spectra.
    covered : array of bool, shape (n, P)
        Bins that a spectrum covers.
    bins : array of int, shape (n,)
        Requested shifts.

    Returns
    -------
    flux, covered : array of shape (n, n_channels, P), (n, P)
        Shifted spectra. Bins that enter the grid are not covered; their flux is meaningless.
    bins : array of int, shape (n,)
        Applied shifts: 0 where fewer than three covered bins would have remained.
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
