"""Metrics for redshifts, classes, cross-modal retrieval and prediction intervals."""

from sklearn_sn.metrics._intervals import interval_coverage, interval_width
from sklearn_sn.metrics._precision import balanced_precision
from sklearn_sn.metrics._redshift import nmad, outlier_fraction
from sklearn_sn.metrics._retrieval import recall_at_k

__all__ = [
    "balanced_precision",
    "interval_coverage",
    "interval_width",
    "nmad",
    "outlier_fraction",
    "recall_at_k",
]
