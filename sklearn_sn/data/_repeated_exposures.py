"""Find points that are one exposure given twice, such as by an alert and by forced photometry."""

import numpy as np

from sklearn_sn.data._ragged import Ragged

# Days (8.6 s). Surveys take at least 30 s from one exposure to the next in the same band, and the
# times of one exposure differ by rounding only.
SAME_EXPOSURE = 1e-4
# Two measurements of one image differ by less than this fraction of their error, or of the flux
# where there is no error; independent ones, by 1.4 errors.
_SAME_ERRORS = 0.5
_SAME_FLUX = 0.01


def is_repeated_exposure(curves: Ragged) -> np.ndarray:
    """Return a mask of the points of an exposure that another point holds already.

    Of each exposure, the point with the smallest error is kept, so that the result does not depend
    on the order of the points.

    Parameters
    ----------
    curves : Ragged
        Fields time, band (Categorical), flux and flux_err, sorted by time.

    Returns
    -------
    ndarray of bool, shape (n_points,)
    """
    repeated = np.zeros(curves.n_points, dtype=bool)
    time, rows = curves["time"], curves.rows
    near = (rows[1:] == rows[:-1]) & (time[1:] - time[:-1] <= SAME_EXPOSURE)
    if not near.any():
        return repeated
    # Only points with a near neighbour need sorting by band.
    position = np.flatnonzero(np.append(near, False) | np.append(False, near))
    codes, flux, error = curves["band"].codes, curves["flux"], curves["flux_err"]
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
    return repeated
