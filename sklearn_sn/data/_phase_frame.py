"""Phase frame of an object: time of peak, and stretch of times and wavelengths."""

from dataclasses import dataclass

import numpy as np

from sklearn_sn.data._check import CheckedTable
from sklearn_sn.data._confirmation import DETECTION_SNR, confirmed_detections
from sklearn_sn.data._names import as_python
from sklearn_sn.data._quality import warn_quality
from sklearn_sn.data._ragged import Ragged
from sklearn_sn.data._times import to_mjd

NEIGHBOUR = 10.0  # days; farther points do not smooth each other
_SPIKE = 10.0  # a single point so many times above all others is an artefact
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
