"""What happens to spectra before a network sees them in training, anew each epoch."""

import numpy as np


def augmented(flux, covered, rng, *, max_crop=0.2, max_shift=0, warped=(0,)):
    """Crop the ends, shift along the grid, warp slowly, add noise.

    Parameters
    ----------
    flux : array of shape (n, n_channels, P), float32
        May be overwritten.
    covered : array of bool, shape (n, P)
    rng : numpy.random.Generator
    max_crop : float, default=0.2
        Of three spectra in ten, each end of the grid is cut by up to this part of it.
    max_shift : int, default=0
        Bins by which a spectrum moves to either side at most; on a logarithmic grid that is a
        change of redshift. What moves in is not covered.
    warped : sequence of int, default=(0,)
        Channels to which a slope and a bend are added, as a wrong calibration does; a channel that
        is divided by a continuum has lost them.

    Returns
    -------
    flux : array of shape (n, n_channels, P), float32
        With noise of a level of up to 0.15, drawn for each spectrum, in all channels.
    covered : array of bool, shape (n, P)
        At least three bins of each spectrum, if it had as many.
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
    """Move each spectrum by its number of bins, but none off the grid.

    Parameters
    ----------
    flux : array of shape (n, n_channels, P)
    covered : array of bool, shape (n, P)
    bins : array of int, shape (n,)

    Returns
    -------
    flux, covered
        What moves in is not covered; its flux means nothing.
    bins : array of int, shape (n,)
        By which each has moved: 0 where fewer than three covered bins would have been left.
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
