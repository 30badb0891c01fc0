"""Augment light curves of rare classes: fainter, slower, noisier and sparser copies."""

import numpy as np

from sklearn_sn.data import Ragged

MAX_DIMMING = 1.0  # magnitudes
TYPICAL_REDSHIFT = 0.06  # of bright transients, from which the dimming moves a copy away
MAX_ERROR_FACTOR = 1.5
MAX_THINNING = 0.5  # fraction of the points


def with_fainter_copies(
    points: np.ndarray,
    bands: np.ndarray,
    batch: Ragged,
    strength: np.ndarray,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, Ragged]:
    """Move random light curves to a slightly larger redshift, with more noise and fewer points.

    A dimming of Δm magnitudes increases the distance by a factor of 10^(0.2 Δm). From a redshift of
    0.06, which stands for the unknown redshift, the light curve is stretched in time by the ratio
    of 1 + z. Errors do not shrink with the flux, because the sky dominates them.

    Parameters
    ----------
    points : array of shape (n_points, n_columns)
        Columns time, flux, error, and others of the band.
    bands : array of int, shape (n_points,)
        Codes of the bands.
    batch : Ragged of n_rows rows
        Rows of the points.
    strength : array of shape (n_rows,)
        Probability that a light curve is changed, in [0, 1].
    rng : numpy.random.Generator
        Source of random numbers.

    Returns
    -------
    points, bands, batch
        The changed light curves have at least three of their points, or all of up to three.
    """
    n, rows = len(batch), batch.rows
    chosen = rng.random(n) < strength
    dimming = rng.uniform(0.0, MAX_DIMMING, n)
    distance = 10.0 ** (0.2 * dimming)
    stretch = (1.0 + TYPICAL_REDSHIFT * distance) / (1.0 + TYPICAL_REDSHIFT)
    stretch = np.where(chosen, stretch, 1.0)[rows]
    dimmer = np.where(chosen, distance**-2, 1.0)[rows]
    noisier = np.where(chosen, rng.uniform(1.0, MAX_ERROR_FACTOR, n), 1.0)[rows]
    first = batch.reduce("min", points[:, 0], empty=0.0)[rows]
    added = np.sqrt(noisier**2 - 1.0) * rng.standard_normal(len(points))
    out = points.copy()
    out[:, 0] = first + (points[:, 0] - first) * stretch
    out[:, 1] = points[:, 1] * dimmer + np.nan_to_num(points[:, 2]) * added
    out[:, 2] = points[:, 2] * noisier
    fraction = np.where(chosen, rng.uniform(0.0, MAX_THINNING, n), 0.0)
    key = rng.random(len(points))
    keep = key >= fraction[rows]
    too_few = batch.reduce("sum", keep.astype(np.int64)) < np.minimum(3, batch.lengths)
    again = np.flatnonzero(too_few[rows])
    if len(again):
        # The points with the three largest keys; those that are kept already are among them.
        order = again[np.lexsort((key[again], rows[again]))]
        keep[order] = batch.rank()[again] >= (batch.lengths - 3)[rows[again]]
    return out.compress(keep, axis=0), bands[keep], batch.filter(keep)
