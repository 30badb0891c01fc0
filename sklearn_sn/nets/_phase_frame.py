"""Where phase 0 is, and by how much time and wavelength are stretched."""

from dataclasses import dataclass

import numpy as np

from sklearn_sn.data._units import to_mjd
from sklearn_sn.nets._light_curve_input import peaks

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
