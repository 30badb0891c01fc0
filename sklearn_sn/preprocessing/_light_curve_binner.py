"""Merge the points of one night."""

from numbers import Real

import numpy as np
from sklearn.utils._param_validation import Interval

from sklearn_sn.data import Ragged
from sklearn_sn.preprocessing._table import TableTransformer


class LightCurveBinner(TableTransformer):
    """Merge points of one band that were taken within half a day.

    Going forward in time, a point starts a new group when it lies more than `width` after the
    first point of the group before. A group becomes one point: fluxes and times are averaged
    with weights 1 / flux_err², and the error is 1 / sqrt(sum of weights). Light curves without
    errors get plain means, and no errors.
    Fields other than time, band, flux and flux_err have no mean that is known, and are left out.

    Parameters
    ----------
    width : float, default=0.5
        Longest time between the first and the last point of a group, days.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : array of str
        Names of the columns seen in `fit`.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn_sn.data import as_ragged
    >>> from sklearn_sn.preprocessing import LightCurveBinner
    >>> curve = {
    ...     "time": [0.0, 0.2, 3.0],
    ...     "band": ["ztfg", "ztfg", "ztfg"],
    ...     "flux": [1.0, 3.0, 9.0],
    ...     "flux_err": [1.0, 1.0, 1.0],
    ... }
    >>> X = pd.DataFrame({"light_curve": [curve]}, index=["SN2011fe"])
    >>> merged = as_ragged(LightCurveBinner().fit_transform(X)["light_curve"])
    >>> merged["time"], merged["flux"], merged["flux_err"].round(3)
    (array([0.1, 3. ]), array([2., 9.]), array([0.707, 1.   ]))
    """

    _parameter_constraints = {"width": [Interval(Real, 0, None, closed="left")]}

    def __init__(self, width=0.5):
        self.width = width

    def _columns(self, names):
        return ["light_curve"]

    def _convert(self, curves, owners, X, column):
        if curves.n_points == 0:
            return curves
        curves = curves.sort("band", "time", "flux", "flux_err")
        time, flux, error, rows = (
            curves["time"],
            curves["flux"],
            curves["flux_err"],
            curves.rows,
        )
        codes = curves["band"].codes
        new = np.ones(len(time), dtype=bool)
        # No group goes across a gap wider than `width`.
        new[1:] = (rows[1:] != rows[:-1]) | (codes[1:] != codes[:-1]) | (np.diff(time) > self.width)
        starts = np.flatnonzero(_group_starts(time, new, self.width))
        group = np.cumsum(np.bincount(starts, minlength=len(time))) - 1

        # Relative to the best point of the group, so that no weight overflows.
        best = np.fmin.reduceat(error, starts)
        known = np.isfinite(error)
        weight = np.where(known, (best[group] / np.where(known, error, 1.0)) ** 2, 1.0)
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
    """Which points start a group, given which start a run without gaps wider than `width`.

    In a run every group's first point is the successor of the one before: the first point more
    than `width` later. The chain of successors is followed in jumps that double in length.
    """
    n_points = len(time)
    run_starts = np.flatnonzero(new)
    run_ends = np.append(run_starts[1:], n_points)
    ends = np.repeat(run_ends, run_ends - run_starts)
    low, high = np.arange(n_points), ends.copy()
    # Bisection of all points at once: time[low] is within width, time[high] is not or is the end.
    while np.any(high - low > 1):
        middle = (low + high) // 2
        beyond = time[np.minimum(middle, n_points - 1)] - time > width
        open_ = high - low > 1
        high = np.where(open_ & beyond, middle, high)
        low = np.where(open_ & ~beyond, middle, low)
    # One past the last point stands for "nothing follows", and follows itself.
    jump = np.append(np.where(high < ends, high, n_points), n_points)
    reached = np.append(new, False)
    while np.any(jump < n_points):
        reached[jump[np.flatnonzero(reached)]] = True
        jump = jump[jump]
    return reached[:-1]
