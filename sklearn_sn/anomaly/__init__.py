"""Class-conditional anomaly detectors for embeddings and other numeric features."""

from sklearn_sn.anomaly._class_distance import ClassDistanceDetector
from sklearn_sn.anomaly._isolation_forest import MultiClassIsolationForest

__all__ = ["ClassDistanceDetector", "MultiClassIsolationForest"]
