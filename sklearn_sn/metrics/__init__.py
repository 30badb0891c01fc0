"""Figures of merit that scikit-learn does not have."""

from sklearn_sn.metrics._redshift import nmad, outlier_fraction
from sklearn_sn.metrics._retrieval import recall_at_k

__all__ = ["nmad", "outlier_fraction", "recall_at_k"]
