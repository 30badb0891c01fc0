"""Truncate light curves to their early part."""

from numbers import Integral, Real

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from sklearn_sn.preprocessing._table import TableTransformer

DETECTION_SNR = 5.0


class LightCurveTruncator(TableTransformer):
    """Keep the early part of each light curve, for early classification.

    Other point fields than time, band, flux and flux_err are kept with their points.

    Parameters
    ----------
    n_days : float, default=None
        Keep points up to this many days after the origin, inclusive. None keeps all.
    n_points : int, default=None
        Keep this many points from the origin on. None keeps all. If `n_days` is also given, both
        limits apply.
    origin : {"first", "detection"}, default="first"
        Origin of time: the first point, or the first point with a signal-to-noise ratio of at least
        5. Points before the origin are kept and not counted, as they are available at that time.
        A light curve without a detection, or without errors, starts at its first point.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns seen during `fit`.
    feature_names_in_ : array of str
        Names of the columns seen during `fit`.

    See Also
    --------
    LightCurveBinner : Average the points of one night.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn_sn.data import as_ragged
    >>> from sklearn_sn.preprocessing import LightCurveTruncator
    >>> curve = {"time": [0.0, 4.0, 9.0], "band": ["ztfg", "ztfr", "ztfg"], "flux": [1.0, 5.0, 9.0]}
    >>> X = pd.DataFrame({"light_curve": [curve]}, index=["SN2011fe"])
    >>> early = LightCurveTruncator(n_days=5).fit_transform(X)
    >>> as_ragged(early["light_curve"])["time"]
    array([0., 4.])
    """

    _parameter_constraints = {
        "n_days": [Interval(Real, 0, None, closed="left"), None],
        "n_points": [Interval(Integral, 1, None, closed="left"), None],
        "origin": [StrOptions({"first", "detection"})],
    }

    def __init__(
        self, n_days: float | None = None, n_points: int | None = None, *, origin: str = "first"
    ) -> None:
        self.n_days = n_days
        self.n_points = n_points
        self.origin = origin

    def _columns(self, names):
        return ["light_curve"]

    def _convert(self, curves, object_index, X, column):
        if curves.n_points == 0:
            return curves
        rank, rows, time = curves.rank(), curves.rows, curves["time"]
        start = np.zeros(len(curves), dtype=np.int64)
        if self.origin == "detection":
            detected = curves["flux"] >= DETECTION_SNR * curves["flux_err"]
            ranks = curves.filter(detected).with_fields(rank=rank[detected])
            start = ranks.reduce("first", "rank", empty=0)
        keep = np.ones(curves.n_points, dtype=bool)
        if self.n_days is not None:
            # The origin of an empty row is meaningless, but no point refers to it.
            origin = np.minimum(curves.offsets[:-1] + start, curves.n_points - 1)
            keep &= time - time[origin][rows] <= self.n_days
        if self.n_points is not None:
            keep &= rank < start[rows] + self.n_points
        return curves.filter(keep)
