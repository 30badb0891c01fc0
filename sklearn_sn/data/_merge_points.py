"""Merge the points of one band that are close in time."""

import numpy as np

from sklearn_sn.data._ragged import Ragged


def merge_points(curves: Ragged, width: float = 0.5) -> Ragged:
    """Average the points of one band within half a day.

    In order of time, a point starts a new group if it is more than `width` after the first point of
    the previous group. Each group becomes one point: fluxes and times are averaged with weights
    1 / flux_err², and the error is 1 / sqrt(sum of weights). Without errors, weights are equal and
    the error stays NaN.

    Parameters
    ----------
    curves : Ragged of n_rows rows
        Fields time, band (Categorical), flux and flux_err. Other fields are dropped, because their
        mean is undefined.
    width : float, default=0.5
        Maximum time between the first and the last point of a group, in days.

    Returns
    -------
    Ragged of n_rows rows
        Merged points, sorted by time and band.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn_sn.data import Ragged, merge_points
    >>> fields = {
    ...     "time": [0.0, 0.2, 3.0],
    ...     "band": pd.Categorical(["ztfg", "ztfg", "ztfg"]),
    ...     "flux": [1.0, 3.0, 9.0],
    ...     "flux_err": [1.0, 1.0, 1.0],
    ... }
    >>> merge_points(Ragged(fields, [0, 3]))["flux"]
    array([2., 9.])
    """
    if curves.n_points == 0:
        return curves.select("time", "band", "flux", "flux_err")
    curves = curves.sort("band", "time", "flux", "flux_err")
    time, flux, error, rows = (
        curves["time"],
        curves["flux"],
        curves["flux_err"],
        curves.rows,
    )
    codes = curves["band"].codes
    new = np.ones(len(time), dtype=bool)
    # No group spans a gap wider than `width`.
    new[1:] = (rows[1:] != rows[:-1]) | (codes[1:] != codes[:-1]) | (np.diff(time) > width)
    starts = np.flatnonzero(_group_starts(time, new, width))
    group = np.cumsum(np.bincount(starts, minlength=len(time))) - 1

    # Weights relative to the smallest error of the group, to prevent overflow.
    best = np.fmin.reduceat(error, starts)
    has_error = np.isfinite(error)
    weight = np.where(has_error, (best[group] / np.where(has_error, error, 1.0)) ** 2, 1.0)
    total = np.add.reduceat(weight, starts)
    share = weight / total[group]
    first = time[starts]
    merged = Ragged.from_groups(
        rows[starts],
        len(curves),
        {
            "time": first + np.add.reduceat(share * (time - first[group]), starts),
            "band": curves["band"][starts],
            "flux": np.add.reduceat(share * flux, starts),
            "flux_err": best / np.sqrt(total),
        },
    )
    return merged.sort("time", "band")


def _group_starts(time, new, width):
    """Return which points start a group, given which points start a run without gaps > `width`.

    Within a run, the first point of a group is the successor of the first point of the previous
    group: the first point more than `width` later. The chain of successors is followed in jumps of
    doubling length.
    """
    n_points = len(time)
    run_starts = np.flatnonzero(new)
    run_ends = np.append(run_starts[1:], n_points)
    ends = np.repeat(run_ends, run_ends - run_starts)
    low, high = np.arange(n_points), ends.copy()
    # Bisect for all points at once: time[low] is within width; time[high] is not, or is the end.
    while np.any(high - low > 1):
        middle = (low + high) // 2
        beyond = time[np.minimum(middle, n_points - 1)] - time > width
        open_ = high - low > 1
        high = np.where(open_ & beyond, middle, high)
        low = np.where(open_ & ~beyond, middle, low)
    # The index n_points means "no successor" and is its own successor.
    jump = np.append(np.where(high < ends, high, n_points), n_points)
    reached = np.append(new, False)
    while np.any(jump < n_points):
        reached[jump[np.flatnonzero(reached)]] = True
        jump = jump[jump]
    return reached[:-1]
