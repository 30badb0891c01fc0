"""Points long before an event, and stray points: what a light curve is windowed by."""

import numpy as np

from sklearn_sn.data._phase_frame import (
    SIGNIFICANT_SNR,
    confirmation_ranks,
    confirmed_detections,
    first_significant_detections,
    peaks,
)
from sklearn_sn.data._ragged import Ragged

DAYS_BEFORE = 30.0  # days before the first significant detection that belong to an event


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
    return ~(curves["time"] < start[curves.rows])


def stray_mask(curves: Ragged) -> np.ndarray:
    """Return a mask of stray points: brighter than the peak, and not confirmed by another point.

    Parameters
    ----------
    curves : Ragged of n_rows rows
        Fields time, flux and flux_err, sorted by time.

    Returns
    -------
    ndarray of bool, shape (n_points,)
    """
    confirmed = confirmed_detections(curves)
    has_confirmed = curves.reduce("max", confirmed.astype(np.int64), empty=0) > 0
    peak, _ = peaks(curves)
    brighter = curves["flux"] > peak[curves.rows]
    return brighter & ~confirmed & has_confirmed[curves.rows]


def event_mask(curves: Ragged, days_before: float | None = DAYS_BEFORE) -> np.ndarray:
    """Return a mask of the points of the event: inside the window, and not stray.

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
    return window_mask(curves, days_before) & ~stray_mask(curves)


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


def _running_minimum(values, rows):
    """Return the minimum of each row up to every point."""
    _, codes = np.unique(values, return_inverse=True)
    # Later rows get lower codes, so that the minimum starts anew with each row.
    n_codes = int(codes.max()) + 1
    shifted = codes - rows.astype(np.int64) * n_codes
    lowest = np.minimum.accumulate(shifted) + rows.astype(np.int64) * n_codes
    return np.unique(values)[lowest]
