"""Augment light curves by points without an event: a baseline before, a season after, gaps."""

import numpy as np

from sklearn_sn.data import Ragged

# Fractions of the training light curves that get a baseline, a second season and a gap.
BASELINE, SECOND_SEASON, GAP = 0.25, 0.15, 0.15
MAX_POINTS = 20  # added to a light curve
BASELINE_DAYS = 30.0  # before the first point; the window drops earlier ones
SEASON_DAYS = (100.0, 350.0)  # after the last point


def with_empty_sky(points, bands, batch, rng):
    """Add noise points before and after some light curves, and cut a gap into others.

    Parameters
    ----------
    points : array of shape (n_points, n_columns)
        Columns time, flux, error, and others of the band.
    bands : array of int, shape (n_points,)
        Codes of the bands.
    batch : Ragged of n_rows rows
        Rows of the points.
    rng : numpy.random.Generator
        Source of random numbers.

    Returns
    -------
    points, bands, batch
        In the order of time within each row.
    """
    n = len(batch)
    if not len(points):
        return points, bands, batch
    keep = _outside_gaps(points[:, 0], batch, rng)
    points, bands, batch = points[keep], bands[keep], batch.filter(keep)
    usable = batch.lengths > 0
    counts = rng.integers(1, MAX_POINTS + 1, (2, n)) * usable
    counts *= rng.random((2, n)) < np.array([[BASELINE], [SECOND_SEASON]])
    if not counts.any():
        return points, bands, batch
    first = batch.reduce("min", points[:, 0], empty=0.0)
    last = batch.reduce("max", points[:, 0], empty=0.0)
    start = np.stack([first - BASELINE_DAYS, last + SEASON_DAYS[0]])
    end = np.stack([first, last + SEASON_DAYS[1]])
    rows = np.concatenate([np.repeat(np.arange(n), count) for count in counts])
    low, high = (
        np.concatenate([np.repeat(x, c) for x, c in zip(e, counts, strict=True)])
        for e in (start, end)
    )
    # Each new point takes band and error of a random point of its light curve.
    drawn = batch.offsets[rows] + rng.integers(0, batch.lengths[rows])
    new = points[drawn]
    new[:, 0] = rng.uniform(low, high)
    noise = np.nan_to_num(new[:, 2]) * rng.standard_normal(len(new), dtype=np.float32)
    new[:, 1] = noise
    points = np.concatenate([points, new])
    bands = np.concatenate([bands, bands[drawn]])
    rows = np.concatenate([batch.rows, rows])
    order = np.lexsort((points[:, 0], rows))
    offsets = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=n))])
    return points[order], bands[order], Ragged({}, offsets)


def _outside_gaps(time, batch, rng):
    """Return a mask of the points outside a random gap, which leaves at least three points."""
    n, rows = len(batch), batch.rows
    first = batch.reduce("min", time, empty=0.0)
    span = batch.reduce("max", time, empty=0.0) - first
    start = first + rng.uniform(0.0, 0.8, n) * span
    end = start + rng.uniform(0.1, 0.5, n) * span
    has_gap = rng.random(n) < GAP
    keep = ~(has_gap[rows] & (time > start[rows]) & (time < end[rows]))
    left = batch.reduce("sum", keep.astype(np.int64))
    return keep | (left < 3)[rows]
