"""Scores over the number of labels."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_iris, make_classification
from sklearn.decomposition import PCA
from sklearn.dummy import DummyClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline

from sklearn_sn.model_selection import limited_labels_curve
from sklearn_sn.model_selection._limited_labels import stratified_order


class Remembers(ClassifierMixin, BaseEstimator):
    """Remember the numbers and the class counts of the training objects."""

    def fit(self, X, y):
        self.classes_, self.counts_ = np.unique(y, return_counts=True)
        self.rows_ = np.sort(np.asarray(X)[:, 0]).astype(int)
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])


def seen(estimator, X, y):
    """Scorer that returns what fit received."""
    counts = dict(zip(estimator.classes_, estimator.counts_, strict=True))
    bits = sum(1 << int(row) for row in estimator.rows_ if row < 50)
    return {"n": len(estimator.rows_), "rare": counts.get("c", 0), "bits": float(bits)} | {
        "leak": len(set(estimator.rows_) & set(np.asarray(X)[:, 0].astype(int)))
    }


@pytest.fixture
def numbered():
    X = np.arange(100.0)[:, None]
    return X, np.repeat(["a", "b", "c"], [60, 35, 5])


def test_fits_see_so_many_labels_of_every_class_and_none_of_the_test(numbered):
    result = limited_labels_curve(
        Remembers(), *numbered, n_labels=(10, 40, None), n_draws=3, scoring=seen, random_state=0
    )
    assert result.scores["n"].shape == (3, 5, 3)
    assert (result.scores["n"][:2] == np.array([10, 40])[:, None, None]).all()
    assert (result.scores["n"][2, :, 0] == 80).all()
    assert np.isnan(result.scores["n"][2, :, 1:]).all()
    assert (result.scores["rare"][0] == 1).all() and (result.scores["rare"][1] == 2).all()
    assert np.nanmax(result.scores["leak"]) == 0
    np.testing.assert_array_equal(result.n_labels, [10, 40, 80])
    np.testing.assert_array_equal(result.whole, [False, False, True])


def test_draws_differ_are_nested_and_the_same_for_every_estimator(numbered):
    def run(estimator, n_jobs=None, seed=3):
        return (
            limited_labels_curve(
                estimator,
                *numbered,
                n_labels=(10, 40),
                n_draws=4,
                scoring=seen,
                n_jobs=n_jobs,
                random_state=seed,
            )
            .scores["bits"]
            .astype(np.int64)
        )

    few, more = bits = run(Remembers())
    assert len(np.unique(few)) == few.size
    assert (few & more == few).all()
    np.testing.assert_array_equal(run(Remembers()), bits)
    assert (run(Remembers(), seed=4) != bits).any()


def test_order_keeps_proportions_at_every_length():
    kinds = np.repeat([0, 1, 2], [200, 60, 3])
    order = stratified_order(kinds, np.random.RandomState(0))
    np.testing.assert_array_equal(np.sort(order), np.arange(len(kinds)))
    assert set(kinds[order][:3]) == {0, 1, 2}
    shares = np.cumsum(kinds[order][:, None] == [0, 1, 2], axis=0)
    expected = np.arange(1, len(kinds) + 1)[:, None] * np.array([200, 60, 3]) / len(kinds)
    assert np.abs(shares - expected).max() < 2.0


def test_equals_cross_validation_on_all_labels():
    from sklearn.model_selection import cross_validate

    X, y = make_classification(120, random_state=0)
    folds, names = StratifiedKFold(3, shuffle=True, random_state=0), ("accuracy", "roc_auc")
    result = limited_labels_curve(GaussianNB(), X, y, n_labels=None, cv=folds, scoring=names)
    expected = cross_validate(GaussianNB(), X, y, cv=folds, scoring=names)
    for name in names:
        np.testing.assert_allclose(result.scores[name][0, :, 0], expected[f"test_{name}"])


def test_more_labels_are_better():
    X, y = make_classification(600, n_features=30, n_informative=10, random_state=0)
    result = limited_labels_curve(
        LogisticRegression(), X, y, n_labels=(10, 100, None), cv=3, random_state=0
    )
    assert (np.diff(result.mean["score"]) > 0.02).all()


def test_what_is_pretrained_stays():
    X, y = make_classification(90, random_state=0)
    pca = PCA(5).fit(X)
    before = pca.components_.copy()
    model = make_pipeline(FrozenEstimator(pca), LogisticRegression())
    result = limited_labels_curve(model, X, y, n_labels=(20, None), cv=3, random_state=0)
    heads = limited_labels_curve(
        LogisticRegression(), pca.transform(X), y, n_labels=(20, None), cv=3, random_state=0
    )
    np.testing.assert_array_equal(pca.components_, before)
    np.testing.assert_allclose(result.scores["score"], heads.scores["score"])


def test_groups_are_kept_together(numbered):
    _, y = numbered
    groups = np.arange(100) // 2
    twin = pd.DataFrame({"group": groups, "other": 0})
    result = limited_labels_curve(
        Remembers(),
        twin,
        y,
        n_labels=(10, None),
        cv=StratifiedGroupKFold(3, shuffle=True, random_state=0),
        groups=groups,
        scoring=seen,
        random_state=0,
    )
    assert np.nanmax(result.scores["leak"]) == 0


def test_numbers_as_targets_are_drawn_at_random():
    X, _ = make_classification(80, random_state=0)
    result = limited_labels_curve(Ridge(), X, X[:, 0], n_labels=(30, None), cv=4, random_state=0)
    assert result.mean["score"][-1] > 0.95


def test_estimator_and_data_stay_as_they_are(numbered):
    X, y = numbered
    before, model = X.copy(), Remembers()
    limited_labels_curve(model, X, y, n_labels=10, n_draws=1, random_state=0)
    assert not hasattr(model, "rows_") and str(clone(model)) == str(model)
    np.testing.assert_array_equal(X, before)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"n_labels": (81,)}, "training part of fold 0 has 80"),
        ({"n_labels": (2,)}, "one of each of 3"),
        ({"n_labels": (0,)}, "'n_labels' parameter"),
        ({"n_labels": ()}, "'n_labels' parameter"),
        ({"n_draws": 0}, "'n_draws' parameter"),
        ({"stratify": "class"}, "'stratify' parameter"),
        ({"stratify": [1, 2]}, "'stratify' parameter .* 2 entries"),
    ],
)
def test_invalid_parameters_are_rejected(numbered, changed, message):
    with pytest.raises(ValueError, match=message):
        limited_labels_curve(Remembers(), *numbered, **{"n_labels": (10,), **changed})


def test_without_stratification_classes_may_lack(numbered):
    result = limited_labels_curve(
        Remembers(), *numbered, n_labels=(2,), stratify=None, scoring=seen, random_state=0
    )
    assert (result.scores["n"] == 2).all()


def test_by_default_budgets_go_as_far_as_the_training_parts():
    X, y = load_iris(return_X_y=True)
    result = limited_labels_curve(DummyClassifier(), X, y, cv=15, n_draws=2, random_state=0)
    assert result.n_labels.tolist() == [128, 140] and result.whole.tolist() == [False, True]
    small = limited_labels_curve(DummyClassifier(), X[::2], y[::2], random_state=0)
    assert small.whole.tolist() == [True]


def test_no_folds_are_rejected():
    X, y = load_iris(return_X_y=True)
    with pytest.raises(ValueError, match="has no folds"):
        limited_labels_curve(DummyClassifier(), X, y, n_labels=(6,), cv=iter([]))
