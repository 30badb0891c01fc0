"""Regressors of light curves, spectra, images and metadata."""

from sklearn_sn.regression._light_curve import LightCurveRegressor
from sklearn_sn.regression._multimodal import MultimodalRegressor
from sklearn_sn.regression._residual_error import ResidualErrorRegressor
from sklearn_sn.regression._spectranet import SpectraNetRegressor
from sklearn_sn.regression._two_range import TwoRangeRegressor

__all__ = [
    "LightCurveRegressor",
    "MultimodalRegressor",
    "ResidualErrorRegressor",
    "SpectraNetRegressor",
    "TwoRangeRegressor",
]
