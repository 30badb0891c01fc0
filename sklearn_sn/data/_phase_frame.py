"""Where phase 0 is, and by how much time and wavelength are stretched."""

from dataclasses import dataclass

import numpy as np

from sklearn_sn.data._quality import warn_quality
from sklearn_sn.data._times import to_mjd

DETECTION_SNR = 3.0  # signal to noise that a peak must have, where any point has it
NEIGHBOUR = 10.0  # days; a point further away does not smooth


@dataclass(frozen=True)
class PhaseFrame:
    """Origin and stretch of the phases of some objects, arrays of shape (n_objects,).

    Attributes
    ----------
    origin : array
        MJD of the peak; NaN where it is unknown.
    stretch : array
        1 + z in the rest frame, 1 in the observer's.
    estimated : bool array
        Where the peak comes from the light curve.
    unplaced : bool array
        Where a redshift is wanted and unknown; it counts as 0.
    """

    origin: np.ndarray
    stretch: np.ndarray
    estimated: np.ndarray
    unplaced: np.ndarray

    def phase(self, time, rows):
        """Days from peak of some times, the objects of which are `rows`."""
        return (time - self.origin[rows]) / self.stretch[rows]


def phase_frame(table, rest):
    """The frame of every object of a checked table.

    The peak is the column ``t_peak`` (MJD) where it is known, else the brightest point of the
    light curve once each point is averaged with its neighbours in its band.

    Parameters
    ----------
    table : CheckedTable
        Its metadata may have ``t_peak`` and ``redshift``.
    rest : bool
        Whether to divide by 1 + redshift.
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


def warn_unknown_phase(frame):
    """Say that redshifts are unknown, where the frame is that of rest."""
    if frame.unplaced.any():
        warn_quality(
            f"{int(frame.unplaced.sum())} of {len(frame.unplaced)} objects have no redshift, which "
            "counts as 0, although the model works in the rest frame."
        )


def peaks(curves):
    """Peak flux (µJy, positive) and its time for every row.

    The peak is the largest flux at three sigma or more, or the largest flux of any kind where no
    point is significant. One point ten times above all the others is taken for an artefact.
    """
    flux, rows = curves["flux"], curves.rows
    with np.errstate(invalid="ignore", over="ignore"):
        faint = flux < DETECTION_SNR * curves["flux_err"]
    bright = np.where(faint, -np.inf, flux)
    peak = curves.reduce("max", bright, empty=-np.inf)
    dark = ~(peak > 0)
    if dark.any():
        bright = np.where(dark[rows], np.abs(flux), bright)
        peak = curves.reduce("max", bright, empty=1.0)
    at_peak = bright == peak[rows]
    second = curves.reduce("max", np.where(at_peak, -np.inf, bright), empty=-np.inf)
    with np.errstate(over="ignore"):
        spiked = (peak > 10 * second) & (second > 0) & (curves.lengths > 2)
    if spiked.any():
        peak = np.where(spiked, second, peak)
        at_peak = bright == peak[rows]
    # The first of several equal points: times rise within a row.
    origin = curves.reduce("min", np.where(at_peak, curves["time"], np.inf), empty=0.0)
    peak = np.where(peak > 0, peak, 1.0)
    return peak, np.where(np.isfinite(origin), origin, 0.0)


def smoothed_peaks(curves):
    """Flux (µJy, positive) and time of the peak of every light curve, each of shape (n_rows,)."""
    return peaks(curves.with_fields(flux=_smoothed(curves)))


def _smoothed(curves):
    """Mean of every point and its neighbours in its band, within ten days."""
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
    return np.where(np.isfinite(smooth), smooth, flux)


def _column(table, name, n):
    if table.metadata is None or name not in table.metadata:
        return np.full(n, np.nan)
    column = table.metadata[name]
    if column.dtype.kind != "f":
        raise ValueError(
            f"The column {name!r} of X must hold numbers, NaN where unknown; it holds "
            f"{column.dropna().iloc[0]!r}."
        )
    return column.to_numpy(dtype=np.float64)


def warn_estimated(frame):
    """Say that peaks were estimated."""
    warn_quality(
        f"The time of peak of {int(frame.estimated.sum())} of {len(frame.estimated)} objects was "
        "estimated as that of the brightest point of the smoothed light curve; give it as a column "
        "'t_peak' (MJD) where it is known."
    )
