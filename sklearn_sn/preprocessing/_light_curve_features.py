"""Hand-made features of light curves as a 2-D array."""

from numbers import Integral, Real
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.data import (
    QualityLog,
    Ragged,
    as_frame,
    as_ragged,
    check_light_curves,
    check_table,
)
from sklearn_sn.preprocessing._feature_points import magnitude_points, usable_points
from sklearn_sn.preprocessing._group_statistics import group_magnitudes, group_statistics
from sklearn_sn.preprocessing._magnitude_surface import fit_surfaces
from sklearn_sn.preprocessing._surface_features import (
    colour_features,
    peak_magnitudes,
    shape_features,
)
from sklearn_sn.preprocessing._table import MixedOutput, remember_columns, require_column

_BLOCK_ROWS = 1024  # objects whose magnitudes on the grid are in memory at once


class LightCurveFeatures(MixedOutput, TransformerMixin, BaseEstimator):
    """Compute shape, colours and statistics of light curves: a 2-D array for any classifier.

    A Gaussian process over time and log wavelength is fitted to the magnitudes of each object. Its
    mean gives the maximum, the decline, the width and the colours in bands that every survey has,
    whatever bands were observed. Times are relative to the maximum, in the observer frame; absolute
    dates are not used. One detection is enough.

    Parameters
    ----------
    magnitudes : bool, default=True
        Add apparent magnitudes. All other features are independent of distance.
    statistics : bool, default=True
        Add statistics of the observed points of each group of bands. They depend on the cadence of
        a survey; the other features depend on it less.
    max_points : int, default=96
        Largest number of points in the fit of an object. If there are more, points of one band are
        averaged over 1, 2, 4, 8 or 16 days. The time of a fit grows with the cube of this number.
    max_error : float, default=0.4
        Standard deviation of the fit (mag) above which a magnitude counts as unknown.

    Attributes
    ----------
    empty_features_ : array of bool, shape (n_features,)
        Features that no object of `fit` has.
    n_features_in_ : int
        Number of columns seen during `fit`.
    feature_names_in_ : array of str
        Names of the columns seen during `fit`.

    See Also
    --------
    sklearn_sn.classification.LateFusionClassifier : Combine it with networks.
    DetectionWindow : Drop points long before an event, as this class does.

    Notes
    -----
    An entry is NaN if the points do not constrain it, and a row is NaN if no point is usable.
    :class:`~sklearn.ensemble.HistGradientBoostingClassifier` and its like accept NaN; place
    :class:`~sklearn.impute.SimpleImputer` before other estimators. A feature that no object of
    `fit` has is 0 in all rows with usable points, as in
    ``SimpleImputer(keep_empty_features=True)``: columns without a number are an error in
    scikit-learn's boosting.

    The columns are the same for every table. `B` stands for each of U, B, V, R, I and Z (3600,
    4500, 5450, 6350, 7700 and 9000 Å) and, where noted, for the reference wavelength, which is the
    median of the observed ones, limited to 4500 … 6350 Å. `G` stands for a group of observed bands:
    UV (below 3000 Å), U, B, V, R, I, Z and NIR (beyond 11,000 Å).

    =============================== ======== ======================================================
    Column                          Unit     Meaning
    =============================== ======== ======================================================
    gp_time_scale                   day      time scale of the fit: 8, 20 or 50
    gp_evidence                              log marginal likelihood per point
    peak_at_start, peak_at_end               1 if the first or the last time is the maximum
    B_drop_15                       mag      decline from the maximum to 15 days after (negative
                                             phases: before it)
    B_peak_phase                    day      maximum in B (also reference)
    B_fall_0.5, B_rise_0.5          day      from the maximum to 0.5, 1 or 2 mag below it, after and
                                             before (also reference)
    B_slope_4_16                    mag/day  mean slope from 4 to 16 days after the maximum
    B_bend_4_16                     mag      scatter about that slope
    B_steepest, B_steepest_phase    mag/day, steepest decline after the maximum and its phase
                                    day
    B_flat_days                     day      with a slope below 0.01 mag/day
    B_rebound                       mag/day  steepest rise from 2 to 42 days after the maximum
    B-V_at_15                       mag      colour 15 days after the maximum
    B-V_change                      mag      change of colour from the maximum to 30 days after
    G_mean, _deviation, _skew,               statistics of the fluxes relative to the brightest
    _low, _middle, _bright_share             point; 10 % quantile, median, share above one half
    G_brightest_phase, _centre,     day      phases of the brightest, the flux-weighted mean, the
    _first_phase, _last_phase                first and the last point
    G_spread_days                   day      flux-weighted standard deviation of time
    G_max_snr                                largest ratio of signal to noise
    B_peak                          AB mag   at the maximum (also reference; `magnitudes`)
    G_brightest, _faintest, _median AB mag   of detections (`magnitudes`)
    =============================== ======== ======================================================

    Points more than 30 days before the first significant detection, and stray points, are not used,
    as in the encoders of this package (:func:`sklearn_sn.data.event_mask`).

    Examples
    --------
    >>> from sklearn.ensemble import HistGradientBoostingClassifier
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.preprocessing import LightCurveFeatures
    >>> X, y = make_supernovae(60, random_state=0)
    >>> features = LightCurveFeatures().set_output(transform="pandas").fit_transform(X)
    >>> features.shape
    (60, 391)
    >>> model = make_pipeline(LightCurveFeatures(), HistGradientBoostingClassifier()).fit(X, y)
    >>> model.predict(X[:1]).shape
    (1,)
    """

    _parameter_constraints = {
        "magnitudes": ["boolean"],
        "statistics": ["boolean"],
        "max_points": [Interval(Integral, 8, None, closed="left")],
        "max_error": [Interval(Real, 0, None, closed="neither")],
    }

    def __init__(
        self,
        *,
        magnitudes: bool = True,
        statistics: bool = True,
        max_points: int = 96,
        max_error: float = 0.4,
    ) -> None:
        self.magnitudes = magnitudes
        self.statistics = statistics
        self.max_points = max_points
        self.max_error = max_error

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:
        """Find the features that no object has.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with the column ``light_curve``.
        y : ignored
            Present for API consistency.

        Returns
        -------
        self
            The transformer.

        Raises
        ------
        ValueError
            If a parameter is out of range, the column is missing, or a light curve has a negative
            flux_err.
        """
        self._fit(X)
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, X: pd.DataFrame, y: Any = None) -> np.ndarray | pd.DataFrame:
        """Fit and compute the features, at half the cost of both calls.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with the column ``light_curve``.
        y : ignored
            Present for API consistency.

        Returns
        -------
        array of shape (n_objects, n_features), or pandas.DataFrame
            As returned by `transform`.
        """
        return self._in_container(self._without_empty(self._fit(X)), X)

    def transform(self, X: pd.DataFrame) -> np.ndarray | pd.DataFrame:
        """Compute the features.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with the column ``light_curve``.

        Returns
        -------
        array of shape (n_objects, n_features), or pandas.DataFrame
            Features in the order of `get_feature_names_out`; NaN where the points do not constrain
            a feature. A table if ``set_output(transform="pandas")`` was called.

        Raises
        ------
        ValueError
            If a parameter is out of range, the column is missing, or
            :func:`sklearn_sn.data.check_table` rejects the table.
        """
        self._validate_params()
        check_is_fitted(self, "empty_features_")
        return self._in_container(self._without_empty(self._compute(as_frame(X))), X)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of the features.

        Parameters
        ----------
        input_features : ignored
            Present for API consistency.

        Returns
        -------
        array of str
            Names, the same for every table.
        """
        names = self._features(usable_points(_NO_POINTS))
        return np.asarray(list(names), dtype=object)

    def _fit(self, X):
        X = as_frame(X)
        require_column(self, X, "light_curve")
        curves = as_ragged(X["light_curve"], kind="light_curve")
        check_light_curves(curves, QualityLog(X.index), training=True)
        remember_columns(self, X)
        out = self._compute(X)
        self.empty_features_ = np.isnan(out).all(axis=0)
        return out

    def _compute(self, X):
        require_column(self, X, "light_curve")
        points = usable_points(check_table(X, modalities=["light_curve"]).light_curve)
        out = np.empty((len(X), len(self._features(points.take(slice(0))))))
        for start in range(0, len(X), _BLOCK_ROWS):
            block = slice(start, start + _BLOCK_ROWS)
            np.stack(list(self._features(points.take(block)).values()), axis=1, out=out[block])
        return out

    def _without_empty(self, out):
        """Set features that no object of fit had to 0, in objects with usable points."""
        known = np.isfinite(out).any(axis=1)
        out[np.ix_(known, self.empty_features_)] = 0.0
        return out

    def _features(self, points):
        """Return the features of validated points by name."""
        data = magnitude_points(points, self.max_points)
        fit = fit_surfaces(data)
        magnitude = np.where(fit.error < self.max_error, fit.magnitude, np.nan)
        features = {
            "gp_time_scale": fit.time_scale,
            "gp_evidence": fit.evidence,
            "peak_at_start": fit.at_start,
            "peak_at_end": fit.at_end,
            **shape_features(magnitude),
            **colour_features(magnitude),
        }
        if self.statistics:
            peak = data.centre + fit.peak
            features |= group_statistics(points, points["time"] - peak[points.rows])
        if self.magnitudes:
            features |= peak_magnitudes(magnitude) | group_magnitudes(points)
        return features

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.allow_nan = True
        return tags


_NO_POINTS = Ragged.empty(0, ["time", "band", "flux", "flux_err"])
