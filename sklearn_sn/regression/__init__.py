"""Regressors."""

from sklearn_sn.regression._light_curve_transformer import LightCurveTransformerRegressor
from sklearn_sn.regression._spectranet import SpectraNetRegressor

__all__ = ["LightCurveTransformerRegressor", "SpectraNetRegressor"]
