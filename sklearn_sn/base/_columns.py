"""Columns of X in fit, as fitted attributes."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator


def remember_columns(estimator: BaseEstimator, frame: pd.DataFrame) -> None:
    """Set ``n_features_in_`` and ``feature_names_in_`` from a table."""
    vars(estimator).pop("feature_names_in_", None)  # of an earlier fit
    estimator.n_features_in_ = frame.shape[1]
    if all(isinstance(name, str) for name in frame.columns):
        estimator.feature_names_in_ = np.array(frame.columns, dtype=object)


def copy_columns(estimator: BaseEstimator, fitted: BaseEstimator) -> None:
    """Set ``n_features_in_`` and ``feature_names_in_`` to those of a fitted part."""
    for name in ("n_features_in_", "feature_names_in_"):
        vars(estimator).pop(name, None)  # of an earlier fit
        if hasattr(fitted, name):
            setattr(estimator, name, getattr(fitted, name))
