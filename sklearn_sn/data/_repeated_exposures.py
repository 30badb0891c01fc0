"""Find points that are one exposure given twice, such as by an alert and by forced photometry."""

import numpy as np

from sklearn_sn.data._ragged import Ragged
from sklearn_sn.data._units import AB_ZERO_POINT

# Days (8.6 s). Surveys take at least 30 s from one exposure to the next in the same band, and the
# times of one exposure differ by rounding only.
SAME_EXPOSURE = 1e-4
# Days between equal measurements whose times are rounded to two decimals.
_ROUNDED_TIME = 0.01 + 1e-6
# Two measurements of one image differ by less than this fraction of their error, or of the flux
# where there is no error; independent ones, by 1.4 errors.
_SAME_ERRORS = 0.5
_SAME_FLUX = 0.01
_FLOAT32 = 3e-7  # relative; float32 keeps 24 bits
# Independent measurements are equal by chance if they are rounded to a fraction of their error, so
# that only finer ones identify an exposure: 5 digits or more, and steps below 1/100 of the error.
_DIGITS = 4
_FINE_STEP = 0.01
_COARSE_MAGNITUDE = 1e-3
_SCALES = (1.0, 10 ** (0.4 * (27.5 - AB_ZERO_POINT)))  # µJy and FLUXCAL of SNANA


def is_repeated_exposure(curves: Ragged) -> np.ndarray:
    """Return a mask of the points of an exposure that another point holds already.

    Two points within 1e-4 d are one exposure if their fluxes agree within half an error. Two points
    within 0.01 d, as of times that were rounded, are one if flux and error are equal and have more
    digits than chance explains. Of each exposure, the point with the smallest error is kept, so
    that the result does not depend on the order of the points; of equal ones, the earliest.

    Parameters
    ----------
    curves : Ragged
        Fields time, band (Categorical), flux and flux_err, sorted by time.

    Returns
    -------
    ndarray of bool, shape (n_points,)
    """
    repeated = np.zeros(curves.n_points, dtype=bool)
    near = _with_neighbour(curves, _ROUNDED_TIME)
    if len(near) == 0:
        return repeated
    # Only points with a near neighbour need sorting by band.
    position = _with_neighbour(curves, SAME_EXPOSURE)
    if len(position):
        _mark_agreeing(curves, position, repeated)
    position = near[~repeated[near]]
    if len(position):
        _mark_equal(curves, position, repeated)
    return repeated


def _with_neighbour(curves, width):
    """Return the positions of the points with another one of their object within a time."""
    time, rows = curves["time"], curves.rows
    near = (rows[1:] == rows[:-1]) & (time[1:] - time[:-1] <= width)
    if not near.any():
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(np.append(near, False) | np.append(False, near))


def _mark_agreeing(curves, position, repeated):
    """Mark points within 8.6 s whose fluxes agree."""
    rows, time, codes = curves.rows, curves["time"], curves["band"].codes
    flux, error = curves["flux"], curves["flux_err"]
    order = np.lexsort([flux[position], time[position], codes[position], rows[position]])
    position = position[order]
    one, other = position[:-1], position[1:]
    same = (rows[one] == rows[other]) & (codes[one] == codes[other])
    same &= time[other] - time[one] <= SAME_EXPOSURE
    scale = np.fmax(error[one], error[other])
    limit = np.where(np.isnan(scale), _SAME_FLUX * np.abs(flux[one]), _SAME_ERRORS * scale)
    same &= np.abs(flux[other] - flux[one]) <= limit
    group = np.cumsum(np.append(True, ~same)) - 1
    # The first of each group, with errors rising and missing ones last, is kept.
    best = np.lexsort([flux[position], error[position], group])
    repeated[position[best][np.append(False, np.diff(group[best]) == 0)]] = True


def _mark_equal(curves, position, repeated):
    """Mark points within 0.01 d that repeat the flux and the error of an earlier one."""
    flux, error = (np.asarray(curves[name], dtype=float) for name in ("flux", "flux_err"))
    position = position[np.isfinite(flux[position]) & (error[position] > 0)]
    position = position[np.isfinite(error[position])]
    rows, time, codes = curves.rows, curves["time"], curves["band"].codes
    order = np.lexsort([time[position], flux[position], codes[position], rows[position]])
    position = position[order]
    one, other = position[:-1], position[1:]
    same = (rows[one] == rows[other]) & (codes[one] == codes[other])
    same &= np.abs(flux[other] - flux[one]) <= _FLOAT32 * np.abs(flux[one])
    same &= np.abs(error[other] - error[one]) <= _FLOAT32 * error[one]
    same &= np.abs(time[other] - time[one]) <= _ROUNDED_TIME
    pairs = np.flatnonzero(same)
    pairs = pairs[_is_fine(flux[one[pairs]], error[one[pairs]])]
    # Fluxes that differ by the rounding of float32 are not in the order of time.
    later = np.where(time[other[pairs]] >= time[one[pairs]], other[pairs], one[pairs])
    repeated[later] = True


def _is_fine(flux, error):
    """Return whether fluxes have more digits than equality by chance allows."""
    fine = flux != 0
    size = np.abs(np.where(fine, flux, 1.0))
    for scale in _SCALES:
        digits = np.floor(np.log10(size * scale)) - (_DIGITS - 1)
        step = np.minimum(digits, np.ceil(np.log10(_FINE_STEP * error * scale)))
        fine &= ~_is_multiple(size * scale, 10.0**step, _FLOAT32 * size * scale)
    magnitude = -2.5 * np.log10(size)  # up to a zero point with few decimals
    return fine & ~_is_multiple(magnitude + AB_ZERO_POINT, _COARSE_MAGNITUDE, 2 * _FLOAT32)


def _is_multiple(values, step, tolerance):
    return np.abs(values - step * np.round(values / step)) <= tolerance
