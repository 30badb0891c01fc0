"""Regressors of light curves and spectra."""

from sklearn_sn.regression._light_curve import LightCurveRegressor
from sklearn_sn.regression._residual_error import ResidualErrorRegressor
from sklearn_sn.regression._spectranet import SpectraNetRegressor

__all__ = ["LightCurveRegressor", "ResidualErrorRegressor", "SpectraNetRegressor"]
