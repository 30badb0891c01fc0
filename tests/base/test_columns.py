"""Columns of X in fit, as fitted attributes."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.frozen import FrozenEstimator

from sklearn_sn.base import copy_columns, remember_columns

TABLE = pd.DataFrame({"a": [0.0, 1.0], "b": [1.0, 2.0]})


def test_names_are_those_of_the_last_fit():
    estimator = BaseEstimator()
    remember_columns(estimator, TABLE)
    assert estimator.n_features_in_ == 2
    assert estimator.feature_names_in_.tolist() == ["a", "b"]
    remember_columns(estimator, pd.DataFrame(np.zeros((2, 3))))
    assert estimator.n_features_in_ == 3
    assert not hasattr(estimator, "feature_names_in_")


def test_copies_follow_the_fitted_part():
    estimator, part = BaseEstimator(), BaseEstimator()
    remember_columns(part, TABLE)
    copy_columns(estimator, FrozenEstimator(part))
    assert estimator.n_features_in_ == 2
    assert estimator.feature_names_in_.tolist() == ["a", "b"]
    copy_columns(estimator, BaseEstimator())
    assert vars(estimator) == {}
