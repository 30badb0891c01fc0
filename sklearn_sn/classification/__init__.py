"""Classifiers."""

from sklearn_sn.classification._light_curve_transformer import LightCurveTransformerClassifier

__all__ = ["LightCurveTransformerClassifier"]
