"""Phase frame of an object: time of peak, and stretch of times and wavelengths."""

from dataclasses import dataclass

import numpy as np

from sklearn_sn.data._check import CheckedTable
from sklearn_sn.data._names import as_python
from sklearn_sn.data._quality import warn_quality
from sklearn_sn.data._ragged import Ragged
from sklearn_sn.data._times import to_mjd

DETECTION_SNR = 3.0  # signal-to-noise ratio from which on a point is a detection
NEIGHBOUR = 10.0  # days; farther points do not smooth each other
_SPIKE = 10.0  # a single point so many times above all others is an artefact
# A detection confirms another one within so many days, in any band, if their fluxes differ by at
# most this factor. For sparse light curves, the next detection also confirms a brighter one.
_NEAR_DAYS, _NEAR_FACTOR = 20.0, 5.0
_NEXT_DAYS, _NEXT_FACTOR = 100.0, 3.0
_N_NEIGHBOURS = 8  # detections before and after that may confirm one
_FEW_DETECTIONS = 64  # so few are compared all at once, which is faster
_PAIRS = np.triu(np.tri(_FEW_DETECTIONS, k=_N_NEIGHBOURS, dtype=bool), 1)  # later column
_ADJACENT = np.eye(_FEW_DETECTIONS, k=1, dtype=bool)
SIGNIFICANT_SNR = 5.0  # signal-to-noise ratio of a significant detection


@dataclass(frozen=True)
class PhaseFrame:
    """Origin and stretch of the phases of objects, as arrays of shape (n_objects,).

    Attributes
    ----------
    origin : ndarray of float
        MJD of the peak; NaN if unknown.
    stretch : ndarray of float
        1 + z in the rest frame, 1 in the observer frame.
    estimated : ndarray of bool
        Whether the peak is estimated from the light curve.
    unplaced : ndarray of bool
        Whether the redshift is required and unknown; it is then 0.
    """

    origin: np.ndarray
    stretch: np.ndarray
    estimated: np.ndarray
    unplaced: np.ndarray

    def phase(self, time: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return the phases of points.

        Parameters
        ----------
        time : ndarray of float, shape (n_points,)
            Times in MJD.
        rows : ndarray of int, shape (n_points,)
            Object of each point.

        Returns
        -------
        ndarray of float, shape (n_points,)
            Days from peak.
        """
        return (time - self.origin[rows]) / self.stretch[rows]


def phase_frame(table: CheckedTable, rest: bool) -> PhaseFrame:
    """Compute the phase frame of every object of a checked table.

    The time of peak is the column ``t_peak`` (MJD) if known. Otherwise it is that of the brightest
    point of the light curve, after every point is averaged with its neighbours in its band.

    Parameters
    ----------
    table : CheckedTable
        Its metadata may have the columns ``t_peak`` and ``redshift``.
    rest : bool
        Whether phases are in the rest frame.

    Returns
    -------
    PhaseFrame
        Arrays of shape (n_objects,).

    Raises
    ------
    ValueError
        If one of the columns holds text.
    """
    n = len(table)
    given = to_mjd(_column(table, "t_peak", n))
    origin, estimated = given, np.zeros(n, dtype=bool)
    if table.has("light_curve"):
        estimated = np.isnan(given) & table.present("light_curve")
        if estimated.any():
            origin = np.where(estimated, smoothed_peaks(table.light_curve)[1], given)
    redshift = _column(table, "redshift", n) if rest else np.zeros(n)
    unplaced = np.isnan(redshift)
    return PhaseFrame(origin, 1.0 + np.where(unplaced, 0.0, redshift), estimated, unplaced)


def warn_unknown_phase(frame: PhaseFrame) -> None:
    """Warn if redshifts that the rest frame requires are unknown.

    Parameters
    ----------
    frame : PhaseFrame
        Frame of all objects.
    """
    if frame.unplaced.any():
        warn_quality(
            f"{int(frame.unplaced.sum())} of {len(frame.unplaced)} objects have no redshift, which "
            "is taken as 0, although the model works in the rest frame. Give it where it is known."
        )


def warn_estimated(frame: PhaseFrame) -> None:
    """Warn that times of peak were estimated.

    Parameters
    ----------
    frame : PhaseFrame
        Frame of all objects.
    """
    warn_quality(
        f"The time of peak of {int(frame.estimated.sum())} of {len(frame.estimated)} objects was "
        "estimated as that of the brightest point of the smoothed light curve; give it as a column "
        "'t_peak' (MJD) where it is known."
    )


def peaks(curves: Ragged) -> tuple[np.ndarray, np.ndarray]:
    """Return the peak flux of every light curve and its time.

    The peak is the largest flux of at least three sigma that another detection confirms (see
    :func:`confirmed_detections`). A single stray point therefore moves neither origin nor scale.
    Without a confirmed point, it is the largest flux of at least three sigma, or the largest
    absolute flux; a single point ten times above all others is then ignored as an artefact.

    Parameters
    ----------
    curves : Ragged of n_rows rows
        Fields time, flux and flux_err, sorted by time.

    Returns
    -------
    peak : ndarray of float, shape (n_rows,)
        Positive flux in µJy; 1 for an empty row.
    origin : ndarray of float, shape (n_rows,)
        Time of the peak; 0 for an empty row.
    """
    flux, rows = curves["flux"], curves.rows
    with np.errstate(invalid="ignore", over="ignore"):
        faint = flux < DETECTION_SNR * curves["flux_err"]
    bright = np.where(faint, -np.inf, flux)
    confirmed = confirmed_detections(curves)
    has_confirmed = curves.reduce("max", confirmed.astype(np.int64), empty=0) > 0
    # Stray points of a row with confirmed ones do not count.
    bright = np.where(has_confirmed[rows] & ~confirmed, -np.inf, bright)
    peak = curves.reduce("max", bright, empty=-np.inf)
    dark = ~(peak > 0)
    if dark.any():
        bright = np.where(dark[rows], np.abs(flux), bright)
        peak = curves.reduce("max", bright, empty=1.0)
    at_peak = bright == peak[rows]
    second = curves.reduce("max", np.where(at_peak, -np.inf, bright), empty=-np.inf)
    with np.errstate(over="ignore"):
        spiked = (peak > _SPIKE * second) & (second > 0) & (curves.lengths > 2)
    if spiked.any():
        peak = np.where(spiked, second, peak)
        at_peak = bright == peak[rows]
    # Of several equal points, the earliest: times rise within a row.
    origin = curves.reduce("min", np.where(at_peak, curves["time"], np.inf), empty=0.0)
    peak = np.where(peak > 0, peak, 1.0)
    return peak, np.where(np.isfinite(origin), origin, 0.0)


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
    return confirmation_ranks(curves) < curves.n_points


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
    if curves.confirmation is None:  # computed once: windows, stray points and peaks need it
        curves.confirmation = _confirmation_ranks(curves)
    return curves.confirmation


def _confirmation_ranks(curves):
    n = curves.n_points
    with np.errstate(invalid="ignore", over="ignore"):
        detected = np.flatnonzero(is_detection(curves))
        time, flux, rows = curves["time"][detected], curves["flux"][detected], curves.rows[detected]
        confirm = _confirm_few if len(detected) <= _FEW_DETECTIONS else _confirm_many
        known_from = confirm(detected, time, flux, rows, n)
    ranks = np.full(n, n)
    ranks[detected] = known_from
    return ranks


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


def first_significant_detections(curves: Ragged) -> np.ndarray:
    """Return the time of the first significant detection of every light curve.

    It has at least five sigma and is confirmed by another detection, so that a single noise peak in
    years of forced photometry does not count. Without a confirmed one, the first of five sigma
    counts.

    Parameters
    ----------
    curves : Ragged of n_rows rows
        Fields time, flux and flux_err, sorted by time.

    Returns
    -------
    ndarray of float, shape (n_rows,)
        Times; NaN for a light curve without a detection of five sigma, or without errors.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        significant = curves["flux"] >= SIGNIFICANT_SNR * curves["flux_err"]
    first = _first_times(curves, significant & confirmed_detections(curves))
    missing = np.isnan(first)
    return np.where(missing, _first_times(curves, significant), first) if missing.any() else first


def _first_times(curves, mask):
    times = curves.reduce("min", np.where(mask, curves["time"], np.inf), empty=np.inf)
    return np.where(np.isfinite(times), times, np.nan)


def smoothed_peaks(curves: Ragged) -> tuple[np.ndarray, np.ndarray]:
    """Return the peak flux and its time after smoothing, as :func:`peaks`.

    Parameters
    ----------
    curves : Ragged of n_rows rows
        Fields time, band, flux and flux_err, sorted by time.

    Returns
    -------
    peak : ndarray of float, shape (n_rows,)
        Positive flux in µJy.
    origin : ndarray of float, shape (n_rows,)
        Time of the peak.
    """
    return peaks(curves.with_fields(flux=_smoothed(curves)))


def _smoothed(curves):
    """Return the mean of every point and its neighbours in its band, within ten days."""
    time, flux, codes, rows = curves["time"], curves["flux"], curves["band"].codes, curves.rows
    order = np.lexsort((time, codes, rows))
    same = (np.diff(rows[order]) == 0) & (np.diff(codes[order]) == 0)
    near = same & (np.diff(time[order]) <= NEIGHBOUR)
    with np.errstate(over="ignore"):
        total, count = flux[order].astype(float), np.ones(len(flux))
        total[1:] += np.where(near, flux[order][:-1], 0.0)
        total[:-1] += np.where(near, flux[order][1:], 0.0)
    count[1:] += near
    count[:-1] += near
    smooth = np.empty(len(flux))
    smooth[order] = total / count
    # A sum of huge fluxes may overflow; such a point stays as it is.
    return np.where(np.isfinite(smooth), smooth, flux)


def _column(table, name, n):
    """Return a numeric column of the metadata; NaN if the table lacks it."""
    if table.metadata is None or name not in table.metadata:
        return np.full(n, np.nan)
    column = table.metadata[name]
    if column.dtype.kind != "f":
        raise ValueError(
            f"The column {name!r} of X must hold numbers, NaN where unknown; it holds "
            f"{as_python(column.dropna().iloc[0])!r}."
        )
    return column.to_numpy(dtype=np.float64)
