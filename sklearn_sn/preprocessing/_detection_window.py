"""Cut light curves to a window around the first significant detection."""

from numbers import Real

from sklearn.utils._param_validation import Interval

from sklearn_sn.data import first_significant_detections, window_mask
from sklearn_sn.preprocessing._table import TableTransformer


class DetectionWindow(TableTransformer):
    """Drop points long before, or after, the first significant detection of each light curve.

    Forced photometry starts years before an event. A model that was trained on events then sees
    mostly noise. Encoders of light curves drop such points by default; this transformer does it for
    other models. A detection is significant if it has a signal-to-noise ratio of at least 5 and
    another detection confirms it, so that a single noise peak does not count.

    Parameters
    ----------
    days_before : float or None, default=30.0
        Days before the first significant detection from which on points are kept. None keeps all.
    days_after : float or None, default=None
        Days after it up to which points are kept. None keeps all.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns seen during `fit`.
    feature_names_in_ : array of str
        Names of the columns seen during `fit`.

    See Also
    --------
    LightCurveTruncator : Keep the early part of a light curve.

    Notes
    -----
    A light curve without a significant detection, or without errors, keeps all of its points.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn_sn.data import as_ragged
    >>> from sklearn_sn.preprocessing import DetectionWindow
    >>> curve = {"time": [0.0, 90.0, 100.0, 103.0], "band": ["ztfr"] * 4,
    ...          "flux": [1.0, -2.0, 90.0, 99.0], "flux_err": [2.0, 2.0, 2.0, 2.0]}
    >>> X = pd.DataFrame({"light_curve": [curve]}, index=["SN2011fe"])
    >>> as_ragged(DetectionWindow().fit_transform(X)["light_curve"])["time"]
    array([ 90., 100., 103.])
    """

    _parameter_constraints = {
        "days_before": [Interval(Real, 0, None, closed="left"), None],
        "days_after": [Interval(Real, 0, None, closed="left"), None],
    }

    def __init__(
        self, days_before: float | None = 30.0, *, days_after: float | None = None
    ) -> None:
        self.days_before = days_before
        self.days_after = days_after

    def _columns(self, names):
        return ["light_curve"]

    def _convert(self, curves, object_index, X, column):
        keep = window_mask(curves, self.days_before)
        if self.days_after is not None:
            end = first_significant_detections(curves) + self.days_after
            keep &= ~(curves["time"] > end[curves.rows])
        return curves.filter(keep)
