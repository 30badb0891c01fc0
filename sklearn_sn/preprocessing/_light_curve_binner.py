"""Average light-curve points of the same night and band."""

from numbers import Real

import numpy as np
from sklearn.utils._param_validation import Interval

from sklearn_sn.data import Ragged
from sklearn_sn.preprocessing._table import TableTransformer


class LightCurveBinner(TableTransformer):
    """Average the points of one band within half a day.

    In order of time, a point starts a new group if it is more than `width` after the first point of
    the previous group. Each group becomes one point: fluxes and times are averaged with weights
    1 / flux_err², and the error is 1 / sqrt(sum of weights). Light curves without errors get
    unweighted means and no errors. Fields other than time, band, flux and flux_err are dropped,
    because their mean is undefined.

    Parameters
    ----------
    width : float, default=0.5
        Maximum time between the first and the last point of a group, in days.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns seen during `fit`.
    feature_names_in_ : array of str
        Names of the columns seen during `fit`.

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

    def __init__(self, width: float = 0.5) -> None:
        self.width = width

    def _columns(self, names):
        return ["light_curve"]

    def _convert(self, curves, object_index, X, column):
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
        # No group spans a gap wider than `width`.
        new[1:] = (rows[1:] != rows[:-1]) | (codes[1:] != codes[:-1]) | (np.diff(time) > self.width)
        starts = np.flatnonzero(_group_starts(time, new, self.width))
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
