"""Times of points: subtracted origins, and times that no survey can have."""

import re

import numpy as np

from sklearn_sn.data import MJD_RANGE, to_mjd

_JULIAN = re.compile(r"(?<!m)jd|julian(?<!modified_julian)(?<!modified julian)", re.IGNORECASE)
_YEARS = (1900.0, 2101.0)
# Seconds since 1970 of 1973, and milliseconds of the same day; as days, no survey has them.
_FIRST_SECOND, _FIRST_MILLISECOND = 1e8, 1e11


def point_times(points, time, used, offset, log):
    """Return the times of points in MJD.

    Parameters
    ----------
    points : LongTable
        Table of points.
    time : ndarray of float, shape (n_points,)
        Times as given; Julian dates are MJD already.
    used : ndarray of bool, shape (n_points,)
        Points that are kept.
    offset : float or None
        Days that the user adds to the times.
    log : ReadLog
        Log of doubts.

    Returns
    -------
    ndarray of float, shape (n_points,)

    Raises
    ------
    ValueError
        If the format leaves the origin open, and the times are no MJD.
    """
    total = offset if offset is not None else points.time_offset
    if total:
        return to_mjd(time + total)
    column = points.names["time"]
    seen = time[used & np.isfinite(time)]
    inside = (seen >= MJD_RANGE[0]) & (seen <= MJD_RANGE[1])
    if offset is not None or not len(seen):
        return time
    if 2 * inside.sum() >= len(seen):
        if _JULIAN.search(column) and points.unit("time") is None:
            given = points.numbers("time")[used & np.isfinite(time)]
            if 2 * (given < MJD_RANGE[1]).sum() >= len(given):
                log.taken_as_mjd(points, column, float(given[0]))
        return time
    if column == "snoopy_time":
        raise ValueError(
            f"{points.label or 'light_curves'}: the times of SNooPy are MJD, JD or days after an "
            f"origin that the file does not give, and {seen[0]:g} is no MJD of 1900-2100. Pass the "
            "days to add, as in time_offset=2453000 for JD - 2453000."
        )
    if "jd" in column.lower():
        log.suspect_times(points, column, float(seen[~inside][0]))
    elif np.all((seen >= _YEARS[0]) & (seen < _YEARS[1])) and np.any(seen % 1 != 0):
        log.suspect_units_of_times(points, column, float(seen[0]), "years", "decimalyear")
    elif np.all(seen >= _FIRST_SECOND):
        format_ = "unix" if seen[0] < _FIRST_MILLISECOND else "datetime64"
        unit = "seconds" if format_ == "unix" else "milliseconds or nanoseconds"
        log.suspect_units_of_times(points, column, float(seen[0]), f"{unit} since 1970", format_)
    return time
