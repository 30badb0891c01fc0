"""Detections of light curves, and which of them another detection confirms."""

import numpy as np

from sklearn_sn.data._ragged import Ragged

DETECTION_SNR = 3.0  # signal-to-noise ratio from which on a point is a detection
# A detection confirms another one within so many days, in any band, if their fluxes differ by at
# most this factor. For sparse light curves, the next detection also confirms a brighter one.
_NEAR_DAYS, _NEAR_FACTOR = 20.0, 5.0
_NEXT_DAYS, _NEXT_FACTOR = 100.0, 3.0
_N_NEIGHBOURS = 8  # detections before and after that may confirm one
_FEW_DETECTIONS = 64  # so few are compared all at once, which is faster
_PAIRS = np.triu(np.tri(_FEW_DETECTIONS, k=_N_NEIGHBOURS, dtype=bool), 1)  # later column
_ADJACENT = np.eye(_FEW_DETECTIONS, k=1, dtype=bool)


def confirmed_detections(curves: Ragged) -> np.ndarray:
    """Return a mask of the detections that another point confirms.

    A detection has at least three sigma; without errors, a positive flux. Another detection
    confirms it if, in any band, it has at least a fifth of its flux within 20 days, at another
    time. The next detection also confirms it with at least a third of its flux within 100 days. Up
    to eight detections before and after are considered.

    Parameters
    ----------
    curves : Ragged of n_rows rows
        Fields time, flux and flux_err, sorted by time.

    Returns
    -------
    ndarray of bool, shape (n_points,)
    """
    if curves.confirmed is None:  # computed once: windows, stray points and peaks need it
        curves.confirmed = _confirmed(curves)
    return curves.confirmed


def _confirmed(curves):
    detected = _detections(curves)
    if curves.confirmation is not None or len(detected) <= _FEW_DETECTIONS:
        return confirmation_ranks(curves) < curves.n_points
    time, flux, rows = (values.take(detected) for values in _columns(curves))
    confirmed = np.zeros(curves.n_points, dtype=bool)
    with np.errstate(over="ignore"):
        confirmed[detected] = _are_confirmed(time, flux, rows)
    return confirmed


def _are_confirmed(time, flux, rows):
    """Return which of many detections are confirmed."""
    # Most are confirmed by the one before or after, whose comparison needs no index.
    days = time[1:] - time[:-1]
    other = (rows[1:] == rows[:-1]) & (days > 0)
    near, scaled = other & (days <= _NEAR_DAYS), _NEAR_FACTOR * flux
    confirmed = np.zeros(len(time), dtype=bool)
    confirmed[:-1] = near & (scaled[1:] >= flux[:-1])
    confirmed[:-1] |= other & (days <= _NEXT_DAYS) & (_NEXT_FACTOR * flux[1:] >= flux[:-1])
    confirmed[1:] |= near & (scaled[:-1] >= flux[1:])
    for step in range(2, _N_NEIGHBOURS + 1):
        open_ = np.flatnonzero(~confirmed)
        for sign in (-1, 1):
            witness = open_ + sign * step
            inside = (witness >= 0) & (witness < len(time))
            point, witness = open_[inside], witness[inside]
            days = sign * (time[witness] - time[point])
            agrees = (rows[witness] == rows[point]) & (days > 0) & (days <= _NEAR_DAYS)
            agrees &= scaled[witness] >= flux[point]
            confirmed[point[agrees]] = True
    return confirmed


def confirmation_ranks(curves: Ragged) -> np.ndarray:
    """Return the number of the point from which on every detection is confirmed.

    Parameters
    ----------
    curves : Ragged of n_rows rows
        Fields time, flux and flux_err, sorted by time.

    Returns
    -------
    ndarray of int, shape (n_points,)
        The later of the two points that agree, counted over all rows; ``curves.n_points`` for a
        point that no other confirms.
    """
    if curves.confirmation is None:
        curves.confirmation = _confirmation_ranks(curves)
    return curves.confirmation


def _confirmation_ranks(curves):
    n = curves.n_points
    detected = _detections(curves)
    time, flux, rows = (values[detected] for values in _columns(curves))
    with np.errstate(invalid="ignore", over="ignore"):
        confirm = _confirm_few if len(detected) <= _FEW_DETECTIONS else _confirm_many
        known_from = confirm(detected, time, flux, rows, n)
    ranks = np.full(n, n)
    ranks[detected] = known_from
    return ranks


def _detections(curves):
    return np.flatnonzero(is_detection(curves))


def _columns(curves):
    return curves["time"], curves["flux"], curves.rows


def _confirm_many(detected, time, flux, rows, n):
    """Return the number of the point from which on each detection is confirmed, or n."""
    known_from = np.full(len(detected), n)
    if len(detected) < 2:
        return known_from
    # Most detections are confirmed by the one before or after; only the others are compared
    # further. The comparison of neighbours needs no index.
    days = time[1:] - time[:-1]
    other = (rows[1:] == rows[:-1]) & (days > 0)
    near, scaled = other & (days <= _NEAR_DAYS), _NEAR_FACTOR * flux
    earlier_agrees = near & (scaled[1:] >= flux[:-1])
    earlier_agrees |= other & (days <= _NEXT_DAYS) & (_NEXT_FACTOR * flux[1:] >= flux[:-1])
    np.copyto(known_from[:-1], detected[1:], where=earlier_agrees)
    np.copyto(known_from[1:], detected[1:], where=near & (scaled[:-1] >= flux[1:]))
    open_ = np.flatnonzero(known_from > detected)
    for step in range(2, min(_N_NEIGHBOURS, len(detected) - 1) + 1):
        later = open_[open_ >= step]
        days = time[later] - time[later - step]
        agrees = (rows[later] == rows[later - step]) & (days > 0) & (days <= _NEAR_DAYS)
        agrees &= scaled[later - step] >= flux[later]
        # The later of the two points makes both known.
        known_from[later[agrees]] = detected[later[agrees]]
        earlier = open_[(known_from[open_] == n) & (open_ < len(detected) - step)]
        days = time[earlier + step] - time[earlier]
        agrees = (rows[earlier + step] == rows[earlier]) & (days > 0) & (days <= _NEAR_DAYS)
        agrees &= scaled[earlier + step] >= flux[earlier]
        known_from[earlier[agrees]] = detected[earlier[agrees] + step]
        open_ = open_[known_from[open_] > detected[open_]]
    return known_from


def _confirm_few(detected, time, flux, rows, n):
    """Return the same as `_confirm_many`, from a matrix of all pairs of few detections."""
    size = len(detected)
    if size < 2:
        return np.full(size, n)
    pairs, adjacent = _PAIRS[:size, :size], _ADJACENT[:size, :size]
    days = time - time[:, None]  # from the earlier point, a row, to the later one, a column
    other = pairs & (days > 0)
    if rows[0] != rows[-1]:
        other &= rows == rows[:, None]
    near = other & (days <= _NEAR_DAYS)
    scaled = _NEAR_FACTOR * flux
    later_agrees = near & (scaled[:, None] >= flux)
    earlier_agrees = near & (scaled >= flux[:, None])
    earlier_agrees |= (
        adjacent & other & (days <= _NEXT_DAYS) & (_NEXT_FACTOR * flux >= flux[:, None])
    )
    # The later of the two points makes both known: the first that agrees with an earlier one, and
    # a point itself if an earlier one confirms it.
    known_from = np.where(earlier_agrees.any(axis=1), detected[earlier_agrees.argmax(axis=1)], n)
    return np.where(later_agrees.any(axis=0), detected, known_from)


def is_detection(curves: Ragged) -> np.ndarray:
    """Return a mask of the detections: three sigma or, without errors, a positive flux.

    Parameters
    ----------
    curves : Ragged of n_rows rows
        Fields flux and flux_err.

    Returns
    -------
    ndarray of bool, shape (n_points,)
    """
    with np.errstate(invalid="ignore", over="ignore"):
        return (curves["flux"] > 0) & ~(curves["flux"] < DETECTION_SNR * curves["flux_err"])
