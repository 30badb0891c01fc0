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
        Rows of the points, which are sorted by time within each row.
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
    keep = _outside_gaps(np.ascontiguousarray(points[:, 0]), batch, rng)
    # numpy's compress and take are several times as fast as indexing with a mask or an array.
    points, bands = points.compress(keep, axis=0), bands.compress(keep)
    batch = batch.filter(keep)
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
    new = points.take(drawn, axis=0)
    new[:, 0] = rng.uniform(low, high)
    noise = np.nan_to_num(new[:, 2]) * rng.standard_normal(len(new), dtype=np.float32)
    new[:, 1] = noise
    order, offsets = _merged_order(batch, points[:, 0], new[:, 0], rows, counts)
    points = np.concatenate([points, new]).take(order, axis=0)
    return points, np.concatenate([bands, bands[drawn]]).take(order), Ragged({}, offsets)


def _merged_order(batch, time, new_time, new_rows, counts):
    """Return the order by time of points with new ones before and after them, and the offsets.

    Sorting the new points alone is several times as fast as sorting all of them.

    Parameters
    ----------
    batch : Ragged of n_rows rows
        Rows of the points, which are sorted by time within each row.
    time, new_time : array of float
        Times of the points and of the new points.
    new_rows : array of int
        Rows of the new points: those before the points of each row, then those after.
    counts : array of int, shape (2, n_rows)
        New points before and after the points of each row.

    Returns
    -------
    order : array of int, shape (n_points + n_new,)
        Index into the concatenated points and new points; equal times keep their order.
    offsets : array of int, shape (n_rows + 1,)
        Offsets of the rows.
    """
    n, n_points = len(batch), len(time)
    offsets = np.concatenate([[0], np.cumsum(batch.lengths + counts.sum(axis=0))])
    # A time just before the first point can be rounded to that of the first point.
    n_before = counts[0].sum()
    first = batch.reduce("first", time, empty=np.inf)
    if (new_time[:n_before] >= first[new_rows[:n_before]]).any():
        rows = np.concatenate([batch.rows, new_rows])
        return np.lexsort((np.concatenate([time, new_time]), rows)), offsets
    group = new_rows.copy()
    group[n_before:] += n
    sorted_new = np.lexsort((new_time, group))
    # Every group begins at its place: the new points before, the points, the new points after.
    starts = np.stack([offsets[:-1], offsets[:-1] + counts[0] + batch.lengths])
    group_starts = np.concatenate([[0], np.cumsum(counts)])[:-1].reshape(2, n)
    shifts = np.repeat((starts - group_starts).ravel(), counts.ravel())
    order = np.empty(n_points + len(new_time), dtype=np.int64)
    order[np.arange(len(new_time)) + shifts] = n_points + sorted_new
    shifts = np.repeat(offsets[:-1] + counts[0] - batch.offsets[:-1], batch.lengths)
    order[np.arange(n_points) + shifts] = np.arange(n_points)
    return order, offsets


def _outside_gaps(time, batch, rng):
    """Return a mask of the points outside a random gap, which leaves at least three points."""
    n, lengths = len(batch), batch.lengths
    first = batch.reduce("min", time, empty=0.0)
    span = batch.reduce("max", time, empty=0.0) - first
    start = first + rng.uniform(0.0, 0.8, n) * span
    end = start + rng.uniform(0.1, 0.5, n) * span
    start = np.where(rng.random(n) < GAP, start, np.inf)
    keep = ~((time > np.repeat(start, lengths)) & (time < np.repeat(end, lengths)))
    left = batch.reduce("sum", keep.astype(np.int64))
    return keep | np.repeat(left < 3, lengths)
