"""Scorers of early classification."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import average_precision_score, top_k_accuracy_score
from sklearn.model_selection import cross_validate

from sklearn_sn.datasets import make_supernovae
from sklearn_sn.metrics import balanced_precision
from sklearn_sn.model_selection import early_scorers, horizon_sweep


class Given(ClassifierMixin, BaseEstimator):
    """Return the probabilities that X holds."""

    def __init__(self, classes=("a", "b", "c")):
        self.classes = classes

    def fit(self, X, y):
        self.classes_ = np.array(self.classes)
        return self

    def predict_proba(self, X):
        return np.asarray(X)

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


@pytest.fixture
def given():
    rng = np.random.default_rng(0)
    y = rng.choice(["a", "b", "c"], 60)
    proba = rng.dirichlet([1.0] * 3, 60) + 0.4 * (y[:, None] == ["a", "b", "c"])
    return proba / proba.sum(axis=1, keepdims=True), y


def test_equal_the_metrics(given):
    X, y = given
    model = Given().fit(X, y)
    scores = {name: scorer(model, X, y) for name, scorer in early_scorers().items()}
    areas = [average_precision_score(y == c, X[:, i]) for i, c in enumerate("abc")]
    assert scores["macro_auprc"] == pytest.approx(np.mean(areas))
    assert scores["balanced_precision"] == balanced_precision(y, model.predict(X))
    assert scores["top_k_inclusion"] == top_k_accuracy_score(y, X, k=2, labels=["a", "b", "c"])


def test_a_test_part_without_a_class_has_scores(given):
    X, y = given
    kept = y != "b"
    model = Given().fit(X, y)
    scores = {n: scorer(model, X[kept], y[kept]) for n, scorer in early_scorers(k=2).items()}
    assert all(0 < value < 1 for value in scores.values())
    two = [average_precision_score(y[kept] == c, X[kept, i]) for i, c in [(0, "a"), (2, "c")]]
    assert scores["macro_auprc"] == pytest.approx(np.mean(two))


def test_an_unknown_class_is_an_error(given):
    X, y = given
    model = Given(("a", "b", "d")).fit(X, y)
    for k in (2, 3):
        with pytest.raises(ValueError, match="'c'"):
            early_scorers(k=k)["top_k_inclusion"](model, X, y)
    with pytest.raises(ValueError, match="does not know"):
        early_scorers()["macro_auprc"](model, X, y)


def test_k_of_two_classes_and_more_than_there_are(given):
    X, y = given
    kept = y != "c"
    model = Given(("a", "b")).fit(X, y)
    X, y = X[kept, :2], y[kept]
    assert early_scorers(k=2)["top_k_inclusion"](model, X, y) == 1.0
    one = early_scorers(k=1)["top_k_inclusion"](model, X / X.sum(axis=1, keepdims=True), y)
    assert one == pytest.approx(np.mean((X[:, 1] > X[:, 0]) == (y == "b")))
    with pytest.raises(ValueError, match="'k' parameter of early_scorers"):
        early_scorers(k=0)


def test_scorers_serve_searches_and_horizons_from_the_first_day(given):
    X, y = given
    scoring = pickle.loads(pickle.dumps(early_scorers()))
    assert set(cross_validate(Given(), X, y, cv=3, scoring=scoring)) > {"test_macro_auprc"}
    curves, classes = make_supernovae(30, modalities=["light_curve"], random_state=0)
    model = Constant()
    result = horizon_sweep(model, curves, classes, cv=2, scoring=scoring)
    assert result.days.tolist() == [1, 3, 5, 10, 20, 30, 50, 100]
    assert result.scores["macro_auprc"].shape == (8, 2)
    assert isinstance(result.to_frame(), pd.DataFrame)


class Constant(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        return np.full((len(X), len(self.classes_)), 1 / len(self.classes_))

    def predict(self, X):
        return np.full(len(X), self.classes_[0])
