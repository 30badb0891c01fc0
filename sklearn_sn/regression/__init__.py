"""Regressors."""

from sklearn_sn.regression._light_curve_transformer import LightCurveTransformerRegressor

__all__ = ["LightCurveTransformerRegressor"]
