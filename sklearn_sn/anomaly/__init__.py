"""Anomaly detectors that know classes, for embeddings and other tables of numbers."""

from sklearn_sn.anomaly._class_distance import ClassDistanceDetector
from sklearn_sn.anomaly._isolation_forest import MultiClassIsolationForest

__all__ = ["ClassDistanceDetector", "MultiClassIsolationForest"]
