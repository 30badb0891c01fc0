"""Regressors of light curves and spectra."""

from sklearn_sn.regression._light_curve import LightCurveRegressor
from sklearn_sn.regression._residual_error import ResidualErrorRegressor
from sklearn_sn.regression._spectranet import SpectraNetRegressor
from sklearn_sn.regression._two_range import TwoRangeRegressor

__all__ = [
    "LightCurveRegressor",
    "ResidualErrorRegressor",
    "SpectraNetRegressor",
    "TwoRangeRegressor",
]
