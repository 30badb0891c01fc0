"""Base of estimators that fit other estimators."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import ClassifierMixin, RegressorMixin, is_regressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GroupKFold, KFold, StratifiedGroupKFold, StratifiedKFold
from sklearn.utils import get_tags

from sklearn_sn import classification, regression
from sklearn_sn.base import MetaEstimator
from sklearn_sn.classification import ConformalClassifier
from sklearn_sn.regression import ResidualErrorRegressor, TwoRangeRegressor


class Classifier(ClassifierMixin, MetaEstimator):
    def __init__(self, cv=3, random_state=0):
        self.cv, self.random_state = cv, random_state


class Regressor(RegressorMixin, MetaEstimator):
    _tables_only = True

    def __init__(self, cv=3, random_state=0):
        self.cv, self.random_state = cv, random_state


def meta_estimators():
    found = [
        getattr(package, n) for package in (classification, regression) for n in package.__all__
    ]
    return [c for c in found if isinstance(c, type) and issubclass(c, MetaEstimator)]


def test_all_estimators_of_estimators_have_the_base():
    assert {cls.__name__ for cls in meta_estimators()} == {
        "ConformalClassifier",
        "LateFusionClassifier",
        "LightCurveEnsembleClassifier",
        "ResidualErrorRegressor",
        "SpectralRedshiftImputer",
        "TwoRangeRegressor",
    }


def test_tags():
    for estimator, takes_arrays in ((Classifier(), True), (Regressor(), False)):
        tags = get_tags(estimator)
        assert tags.input_tags.two_d_array is takes_arrays
        assert tags.input_tags.string
        assert tags.input_tags.allow_nan
    assert get_tags(TwoRangeRegressor(LinearRegression())).target_tags.positive_only


@pytest.mark.parametrize(
    ("estimator", "groups", "kind"),
    [
        (Classifier(), None, StratifiedKFold),
        (Classifier(), [1, 2], StratifiedGroupKFold),
        (Regressor(), None, KFold),
        (Regressor(), [1, 2], GroupKFold),
    ],
)
def test_a_number_stands_for_shuffled_folds(estimator, groups, kind):
    folds = estimator._splitter(groups)
    assert type(folds) is kind
    assert (folds.n_splits, folds.shuffle, folds.random_state) == (3, True, 0)
    given = KFold(2)
    assert estimator.set_params(cv=given)._splitter(groups) is given


@pytest.mark.parametrize(
    "model",
    [
        ConformalClassifier(LogisticRegression(), cv=2, thresholds="all", random_state=0),
        ResidualErrorRegressor(LinearRegression(), cv=2, random_state=0),
        TwoRangeRegressor(LinearRegression(), threshold=0.5),
    ],
    ids=lambda model: type(model).__name__,
)
def test_columns_are_those_of_the_last_fit(model):
    X = np.random.default_rng(0).normal(size=(40, 2))
    y = np.where(X[:, 0] > 0, 1, 0) + 0.25 * is_regressor(model)
    model.fit(pd.DataFrame(X, columns=["a", "b"]), y)
    assert model.feature_names_in_.tolist() == ["a", "b"]
    model.fit(X[:, :1], y)
    assert model.n_features_in_ == 1
    assert not hasattr(model, "feature_names_in_")
