"""Points long before an event, and stray points: what a light curve is windowed by."""

import numpy as np

from sklearn_sn.data._confirmation import confirmation_ranks, confirmed_detections
from sklearn_sn.data._phase_frame import SIGNIFICANT_SNR, first_significant_detections
from sklearn_sn.data._ragged import Ragged

DAYS_BEFORE = 30.0  # days before the first significant detection that belong to an event
DAYS_AFTER = 100.0  # days after the last confirmed detection that belong to it


def window_mask(curves: Ragged, days_before: float | None = DAYS_BEFORE) -> np.ndarray:
    """Return a mask of the points from some days before the first significant detection on.

    A light curve without a significant detection keeps all points.

    Parameters
    ----------
    curves : Ragged of n_rows rows
        Fields time, flux and flux_err, sorted by time.
    days_before : float or None, default=30.0
        Days; None keeps all points.

    Returns
    -------
    ndarray of bool, shape (n_points,)
    """
    if days_before is None:
        return np.ones(curves.n_points, dtype=bool)
    start = first_significant_detections(curves) - days_before
    return ~(curves["time"] < np.repeat(start, curves.lengths))


def stray_mask(curves: Ragged) -> np.ndarray:
    """Return a mask of stray points, which do not belong to the event.

    These are points that no other confirms and that are brighter than the peak, or more than 100
    days after the last confirmed detection. Points without a detection so long after are stray,
    too. A light curve without a confirmed detection has no stray points.

    Parameters
    ----------
    curves : Ragged of n_rows rows
        Fields time, flux and flux_err, sorted by time.

    Returns
    -------
    ndarray of bool, shape (n_points,)
    """
    flux, time, lengths = curves["flux"], curves["time"], curves.lengths
    confirmed = confirmed_detections(curves)
    if confirmed.all():
        return np.zeros(curves.n_points, dtype=bool)
    peak = curves.reduce("max", np.where(confirmed, flux, -np.inf), empty=-np.inf)
    stray = flux > np.repeat(np.where(peak > -np.inf, peak, np.inf), lengths)
    # Only a light curve that lasts so long after a confirmed detection has late points.
    first = curves.reduce("min", np.where(confirmed, time, np.inf), empty=np.inf)
    late = np.flatnonzero(~confirmed & (time - np.repeat(first, lengths) > DAYS_AFTER))
    if len(late):
        last_time = _last_confirmed(curves, late)
        stray[late] |= (last_time > -np.inf) & (time[late] - last_time > DAYS_AFTER)
    return stray & ~confirmed


def _last_confirmed(curves, points):
    """Return the time of the last detection that is confirmed at each of some sorted points."""
    if curves.confirmation is None:
        rows = np.unique(curves.rows[points])
        numbers, _ = curves.points_of(rows)
        points = np.searchsorted(numbers, points)
        curves = curves.select("time", "flux", "flux_err").take(rows)
    known_from = confirmation_ranks(curves)
    known = np.flatnonzero(known_from < curves.n_points)
    return _running_maximum(curves, known_from[known], curves["time"][known])[points]


def stray_intervals(curves: Ragged) -> tuple[np.ndarray, np.ndarray]:
    """Return in which prefixes of its light curve each point is stray.

    A point ceases to be stray when another point confirms it. A bright one also does when the peak
    reaches it.

    Parameters
    ----------
    curves : Ragged of n_rows rows
        Fields time, flux and flux_err, sorted by time.

    Returns
    -------
    begin, end : ndarray of int, shape (n_points,)
        The point is stray in prefixes whose last point has a number of at least `begin` and less
        than `end`. Points are counted over all rows.
    """
    n, rows, flux = curves.n_points, curves.rows, curves["flux"]
    number, row_end = np.arange(n), curves.offsets[1:][rows]
    if n == 0:
        return number, number
    known_from = confirmation_ranks(curves)
    confirmed = np.flatnonzero(known_from < n)
    peak = _running_maximum(curves, known_from[confirmed], flux[confirmed])
    last_time = _running_maximum(curves, known_from[confirmed], curves["time"][confirmed])
    has_peak = peak > -np.inf
    begin = np.maximum(number, (curves.offsets[:-1] + curves.reduce("sum", ~has_peak * 1))[rows])
    # The first point of the row at which the peak is at least the flux; peaks do not decrease.
    reached = np.searchsorted(peak, flux) if len(curves) == 1 else _first_reached(peak, flux, rows)
    is_late = has_peak & (curves["time"] - last_time > DAYS_AFTER)
    begin = np.where(is_late, number, begin)
    end = np.where(is_late, known_from, np.minimum(known_from, reached))
    return begin, np.minimum(end, row_end)


def _first_reached(peak, flux, rows):
    """Return the first point of its row at which the peak is at least the flux of each point."""
    n = len(flux)
    values, codes = np.unique(np.concatenate([peak, flux]), return_inverse=True)
    keys = codes + np.concatenate([rows, rows]) * len(values)
    return np.searchsorted(keys[:n], keys[n:])


def event_mask(curves: Ragged, days_before: float | None = DAYS_BEFORE) -> np.ndarray:
    """Return a mask of the points of the event: inside the window, and not stray.

    A light curve with stray points only in its window keeps them.

    Parameters
    ----------
    curves : Ragged of n_rows rows
        Fields time, flux and flux_err, sorted by time.
    days_before : float or None, default=30.0
        As for :func:`window_mask`.

    Returns
    -------
    ndarray of bool, shape (n_points,)
    """
    inside, stray = window_mask(curves, days_before), stray_mask(curves)
    if not stray.any():
        return inside
    keep = inside & ~stray
    emptied = curves.reduce("sum", keep * 1) == 0
    return keep | (inside & np.repeat(emptied, curves.lengths))


def prefix_starts(curves: Ragged, days_before: float | None = DAYS_BEFORE) -> np.ndarray:
    """Return the start of the window of every prefix of every light curve.

    A light curve that ends at a point has the window that :func:`window_mask` would give it, which
    does not depend on later points.

    Parameters
    ----------
    curves : Ragged of n_rows rows
        Fields time, flux and flux_err, sorted by time.
    days_before : float or None, default=30.0
        As for :func:`window_mask`.

    Returns
    -------
    ndarray of float, shape (n_points,)
        Times; -inf before a significant detection.
    """
    n, time = curves.n_points, curves["time"]
    if days_before is None or n == 0:
        return np.full(n, -np.inf)
    with np.errstate(invalid="ignore", over="ignore"):
        significant = curves["flux"] >= SIGNIFICANT_SNR * curves["flux_err"]
    known_from = confirmation_ranks(curves)
    candidates = np.flatnonzero(significant & (known_from < n))
    confirmed = np.full(n, np.inf)
    np.minimum.at(confirmed, known_from[candidates], time[candidates])
    single = np.where(significant, time, np.inf)
    first = [_running_minimum(values, curves.rows) for values in (confirmed, single)]
    start = np.where(np.isfinite(first[0]), first[0], first[1])
    return np.where(np.isfinite(start), start - days_before, -np.inf)


def _running_maximum(curves, points, values):
    """Return the maximum of the values that occurred at points of the row so far; -inf before."""
    newly = np.full(curves.n_points, -np.inf)
    np.maximum.at(newly, points, values)
    return -_running_minimum(-newly, curves.rows)


def _running_minimum(values, rows):
    """Return the minimum of each row up to every point."""
    if len(rows) and rows[0] == rows[-1]:
        return np.minimum.accumulate(values)
    lowest, step, same = values.copy(), 1, rows[1:] == rows[:-1]
    # After each round, the minimum is that of twice as many points.
    while same.any():
        lowest[step:] = np.where(same, np.minimum(lowest[step:], lowest[:-step]), lowest[step:])
        step *= 2
        same = rows[step:] == rows[:-step]
    return lowest
