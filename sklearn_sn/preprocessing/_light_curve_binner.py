"""Average light-curve points of the same night and band."""

from numbers import Real

from sklearn.utils._param_validation import Interval

from sklearn_sn.data import merge_points
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
        return merge_points(curves, self.width)
