"""Times of observation: Julian dates, MJD, and the range that networks can carry."""

import numpy as np

# Days. MJD 1e6 is the year 4596. Networks compute in float32, in which larger times would lose
# their hours, and fill values such as 1e300 would be infinite.
MAX_ABS_TIME = 1e6
_JD_ZERO = 2400000.5  # JD of MJD 0
_JD_RANGE = (2.4e6, 3e6)  # the years 1858 to 3501; as MJD they would be 8429 and later
_MJD_RANGE = (0.0, 2e5)  # beside Julian dates, a time in this range is MJD


def looks_like_jd(time):
    """Return a mask of the times that are Julian dates rather than MJD.

    Parameters
    ----------
    time : ndarray of float
        Times in days.

    Returns
    -------
    ndarray of bool
    """
    return (time >= _JD_RANGE[0]) & (time < _JD_RANGE[1])


def to_mjd(time: np.ndarray) -> np.ndarray:
    """Convert times that look like Julian dates to MJD.

    Parameters
    ----------
    time : ndarray of float
        Times in days, JD or MJD.

    Returns
    -------
    ndarray of float
        Times in MJD; those outside 2.4e6 … 3e6 are unchanged.

    Examples
    --------
    >>> from sklearn_sn.data import to_mjd
    >>> to_mjd([2459000.5, 59000.0])
    array([59000., 59000.])
    """
    time = np.asarray(time)
    is_jd = looks_like_jd(time)
    if time.dtype.kind == "f" and not is_jd.any():
        return time.copy()
    return np.where(is_jd, time - _JD_ZERO, time)


def is_valid_time(time):
    """Return a mask of the times that are finite and within ±1e6 days.

    Parameters
    ----------
    time : ndarray of float
        Times in MJD, or in days from any origin.

    Returns
    -------
    ndarray of bool
    """
    return np.abs(time) <= MAX_ABS_TIME


def jd_to_mjd(points, log):
    """Convert Julian dates of points to MJD, point by point.

    Parameters
    ----------
    points : Ragged
        Points with an optional field time.
    log : QualityLog
        Log that flags objects with Julian dates. The conversion is a repair only if the table
        holds both JD and MJD.

    Returns
    -------
    Ragged
    """
    if "time" not in points:
        return points
    time = points["time"]
    julian = looks_like_jd(time)
    if not julian.any():
        return points
    rows = points.rows[julian]
    log.flag("JD", rows)
    if ((time > _MJD_RANGE[0]) & (time < _MJD_RANGE[1])).any():
        log.repaired("some times look like JD and some like MJD, JD converted", rows)
    return points.with_fields(time=to_mjd(time))
