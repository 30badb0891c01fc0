"""Points of light curves from which features are computed: selected, merged and placed in time."""

from dataclasses import dataclass

import numpy as np

from sklearn_sn.data import Ragged, band_wavelength, event_mask
from sklearn_sn.preprocessing._row_quantiles import row_quantile

SOFTENING = 0.02  # fraction of the brightest flux; softening of the asinh magnitude
POGSON = 2.5 / np.log(10)
ZERO_POINT = 23.9  # AB magnitude of 1 µJy
_ERROR_FLOOR = 0.05  # mag; calibration offsets between telescopes
_LARGEST_ERROR = 10.0  # mag; a point with this error has no influence
_HALF_WINDOW = 250.0  # days; points further from the maximum do not constrain the shape
_MERGING_WIDTHS = (1.0, 2.0, 4.0, 8.0, 16.0)  # days


@dataclass
class MagnitudePoints:
    """Points of a Gaussian process, with softened magnitudes.

    Attributes
    ----------
    points : Ragged of n_objects rows
        Fields time (days after `centre`), log_wavelength (of Å), magnitude and error (mag).
    centre : array of float, shape (n_objects,)
        Median time of the bright points, MJD days.
    """

    points: Ragged
    centre: np.ndarray


def usable_points(curves: Ragged) -> Ragged:
    """Return the points of the event with a known wavelength, in a reproducible order.

    Parameters
    ----------
    curves : Ragged of n_objects rows
        Fields time (MJD days), band, flux and flux_err (µJy) of a validated table.

    Returns
    -------
    Ragged of n_objects rows
        Fields time, flux, flux_err and wavelength (Å), sorted by time. Unknown errors are a tenth
        of the flux. An object without a positive flux has no points.
    """
    wavelength = band_wavelength(curves["band"])
    points = curves.select("time", "flux", "flux_err").with_fields(wavelength=wavelength)
    known = np.isfinite(wavelength) & np.isfinite(points["flux"]) & np.isfinite(points["time"])
    points = points.filter(known)
    # Simultaneous points are sorted too, so that rounding does not depend on their order.
    points = points.sort("time", "wavelength", "flux", "flux_err")
    points = points.filter(event_mask(points)) if points.n_points else points
    flux, error = points["flux"], points["flux_err"]
    points = points.with_fields(flux_err=np.where(np.isfinite(error), error, 0.1 * np.abs(flux)))
    return points.filter((points.reduce("max", "flux") > 0)[points.rows])


def magnitude_points(points: Ragged, max_points: int) -> MagnitudePoints:
    """Return softened magnitudes of at most some points per object, around the maximum.

    Parameters
    ----------
    points : Ragged of n_objects rows
        Output of :func:`usable_points`.
    max_points : int
        Largest number of points of an object. Objects with more points get averages over the
        shortest of 1, 2, 4, 8 and 16 days that is sufficient.

    Returns
    -------
    MagnitudePoints
    """
    n, rows, time, flux = len(points), points.rows, points["time"], points["flux"]
    strong = flux > 5 * points["flux_err"]
    used = strong | ~points.reduce("any", strong)[rows]
    brightest = row_quantile(rows[used], flux[used], n, 0.98)
    bright = flux >= 0.7 * brightest[rows]
    centre = row_quantile(rows[bright], time[bright], n, 0.5)
    near = np.abs(time - centre[rows]) < _HALF_WINDOW
    # The median of two distant bright points has no point near it.
    lost = ~points.reduce("any", near)
    peak = points.filter(flux == points.reduce("max", "flux")[rows]).reduce("first", "time")
    centre = np.where(lost, peak, centre)
    softening = SOFTENING * np.maximum(brightest, 1e-6)
    placed = points.with_fields(time=time - centre[rows])
    placed = placed.filter(np.abs(placed["time"]) < _HALF_WINDOW)
    placed = _merge(placed, max_points, softening)
    flux, soft = placed["flux"], softening[placed.rows]
    error = np.hypot(POGSON * placed["flux_err"] / np.hypot(flux, 2 * soft), _ERROR_FLOOR)
    magnitude = ZERO_POINT - POGSON * (np.arcsinh(flux / (2 * soft)) + np.log(soft))
    fields = {
        "time": placed["time"],
        "log_wavelength": np.log(placed["wavelength"]),
        "magnitude": magnitude,
        "error": np.minimum(error, _LARGEST_ERROR),
    }
    return MagnitudePoints(Ragged(fields, placed.offsets), centre)


def _merge(points, max_points, softening):
    """Average points of one band and time cell, in objects with too many points."""
    if not (points.lengths > max_points).any():
        return points
    width = _merging_widths(points, max_points)
    rows = points.rows
    first = points.reduce("first", "time")
    with np.errstate(divide="ignore", invalid="ignore"):
        cell = np.floor((points["time"] - first[rows]) / width[rows])
    cell = np.where(width[rows] > 0, cell, points.rank())
    order = np.lexsort([cell, points["wavelength"], rows])
    starts = _starts(rows[order], points["wavelength"][order], cell[order])
    weight = 1.0 / (points["flux_err"] ** 2 + softening[rows] ** 2)[order]
    total = np.add.reduceat(weight, starts)

    def mean(name, power=1):
        return np.add.reduceat(weight**power * points[name][order] ** power, starts) / total**power

    averages = {
        "time": mean("time"),
        "flux": mean("flux"),
        "flux_err": np.sqrt(mean("flux_err", 2)),
        "wavelength": points["wavelength"][order][starts],
    }
    # Other objects keep their values exactly: rounding must not depend on the batch.
    is_average = width[rows[order][starts]] > 0
    fields = {
        name: np.where(is_average, values, points[name][order][starts])
        for name, values in averages.items()
    }
    merged = Ragged.from_groups(rows[order][starts], len(points), fields)
    merged = merged.sort("time", "wavelength")
    # What even the longest average leaves is thinned evenly.
    rank, length = merged.rank(), merged.lengths[merged.rows]
    share = np.floor(rank * max_points / length)
    before = np.floor((rank - 1) * max_points / length)
    return merged.filter((length <= max_points) | (share > before))


def _merging_widths(points, max_points):
    """Return the width of the time cells of each object; 0 where points stay as they are."""
    width = np.zeros(len(points))
    first = points.reduce("first", "time")
    pending = np.flatnonzero(points.lengths > max_points)
    for days in _MERGING_WIDTHS:
        width[pending] = days
        part = points.take(pending)
        cell = np.floor((part["time"] - first[pending][part.rows]) / days)
        order = np.lexsort([cell, part["wavelength"], part.rows])
        starts = _starts(part.rows[order], part["wavelength"][order], cell[order])
        n_cells = np.bincount(part.rows[order][starts], minlength=len(pending))
        pending = pending[n_cells > max_points]
        if len(pending) == 0:
            break
    return width


def _starts(*keys):
    """Return where sorted keys change."""
    changed = np.zeros(len(keys[0]), dtype=bool)
    changed[:1] = True
    for key in keys:
        changed[1:] |= key[1:] != key[:-1]
    return np.flatnonzero(changed)
