"""Scores over the days since the first detection."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold, cross_validate

from sklearn_sn.data import as_ragged
from sklearn_sn.model_selection import horizon_sweep

DAYS = (3, 10, 100)


def curve(detected_at, slope):
    """A point a day over sixty days; flux changes with `slope` from the detection on."""
    time = np.arange(60.0)
    flux = np.where(time < detected_at, 0.0, 100.0 + slope * (time - detected_at))
    return {"time": 59000 + time, "band": ["ztfr"] * 60, "flux": flux, "flux_err": [1.0] * 60}


@pytest.fixture
def curves():
    rng = np.random.default_rng(0)
    y = np.repeat(["rises", "falls"], 12)
    cells = [curve(rng.integers(0, 12), 1.0 if name == "rises" else -1.0) for name in y]
    return pd.DataFrame({"light_curve": cells, "note": np.arange(24)}), y


class LastDay(ClassifierMixin, BaseEstimator):
    """Predict the class correctly from 8 days after the detection on."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.longest_ = days_shown(X).max()
        return self

    def predict(self, X):
        points = as_ragged(X["light_curve"], kind="light_curve")
        rises = points.reduce("last", "flux") > 105
        falls = points.reduce("last", "flux") < 95
        return np.where(rises, "rises", np.where(falls, "falls", "unknown"))


def days_shown(X):
    points = as_ragged(X["light_curve"], kind="light_curve")
    detected = points.filter(points["flux"] >= 5 * points["flux_err"])
    return points.reduce("last", "time") - detected.reduce("first", "time")


def shown(estimator, X, y):
    return {"test": days_shown(X).max(), "fit": estimator.longest_, "right": estimator.score(X, y)}


@pytest.mark.parametrize("fit_on", ["all", "horizon"])
def test_test_parts_end_at_the_horizon(curves, fit_on):
    result = horizon_sweep(LastDay(), *curves, days=DAYS, cv=3, scoring=shown, fit_on=fit_on)
    assert result.scores["test"].shape == (3, 3)
    assert (result.scores["test"][:2] == np.array([3, 10])[:, None]).all()
    if fit_on == "all":
        assert (result.scores["fit"] > 47).all()
    else:
        np.testing.assert_array_equal(result.scores["fit"][:2], result.scores["test"][:2])
    np.testing.assert_array_equal(result.mean["right"], [0.0, 1.0, 1.0])
    np.testing.assert_array_equal(result.days, DAYS)


def test_points_before_the_detection_stay_and_count(curves):
    X, y = curves
    result = horizon_sweep(LastDay(), X, y, days=(3, 100), cv=3)
    points = as_ragged(X["light_curve"], kind="light_curve")
    before = points.filter(points["flux"] < 5 * points["flux_err"]).lengths
    np.testing.assert_allclose(result.n_points, [np.median(before + 4), 60])
    first = horizon_sweep(LastDay(), X, y, days=(3, 100), cv=3, origin="first")
    np.testing.assert_allclose(first.n_points, [4, 60])


def test_whole_light_curves_are_cross_validation(curves):
    X, y = curves
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    result = horizon_sweep(LastDay(), X, y, days=(1000,), cv=folds)
    expected = cross_validate(LastDay(), X, y, cv=folds)["test_score"]
    np.testing.assert_array_equal(result.scores["score"][0], expected)


def test_groups_are_kept_together(curves):
    X, y = curves
    groups = np.arange(24) // 2

    def twins(estimator, X_test, y_test):
        return len(np.unique(groups[X_test["note"]])) * 2 - len(X_test)

    folds = StratifiedGroupKFold(3, shuffle=True, random_state=0)
    result = horizon_sweep(LastDay(), X, y, days=(5,), cv=folds, groups=groups, scoring=twins)
    assert (result.scores["score"] == 0).all()


def test_table_stays_as_it_is(curves):
    X, y = curves
    before = pickle.dumps(X)
    horizon_sweep(LastDay(), X, y, days=DAYS, cv=2, fit_on="horizon")
    assert pickle.dumps(X) == before


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"days": ()}, "'days' parameter"),
        ({"days": (0, 3)}, "'days' parameter"),
        ({"days": ("3",)}, "'days' parameter"),
        ({"days": (np.nan,)}, "'days' parameter"),
        ({"fit_on": "some"}, "'fit_on' parameter"),
        ({"origin": "peak"}, "'origin' parameter"),
    ],
)
def test_invalid_parameters_are_rejected(curves, changed, message):
    with pytest.raises(ValueError, match=message):
        horizon_sweep(LastDay(), *curves, **changed)


def test_needs_light_curves(curves):
    X, y = curves
    with pytest.raises(ValueError, match="light_curve"):
        horizon_sweep(LastDay(), X[["note"]], y)
    with pytest.raises(ValueError, match="Got ndarray"):
        horizon_sweep(LastDay(), np.zeros((24, 3)), y)


def test_a_score_that_cannot_be_is_nan_with_a_warning(curves):
    X, y = curves
    folds = [(np.arange(6, 24), np.arange(6)), (np.r_[:9, 15:24], np.arange(9, 15))]
    with pytest.warns(UserWarning, match="Scoring failed on 6 objects"):
        result = horizon_sweep(LastDay(), X, y, days=DAYS, cv=folds, scoring=fails_on_one_class)
    assert np.isnan(result.scores["score"][:, 0]).all()
    assert np.isfinite(result.scores["score"][:, 1]).all()


def fails_on_one_class(estimator, X, y):
    if len(np.unique(y)) < 2:
        raise ValueError("one class")
    return 1.0


def test_no_folds_are_rejected(curves):
    X, y = curves
    used_up = iter([])
    with pytest.raises(ValueError, match="has no folds"):
        horizon_sweep(LastDay(), X, y, cv=used_up)
