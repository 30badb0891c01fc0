"""Calibrated probabilities, conformal sets and anomaly scores around any classifier."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, LeaveOneGroupOut
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from sklearn_sn.classification import ConformalClassifier
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.persistence import load_model, load_pretrained, save_model


def blobs(n, seed):
    """Return three overlapping classes, the last of them rare."""
    rng = np.random.default_rng(seed)
    y = rng.choice(["Ia", "II", "IIn"], n, p=[0.6, 0.32, 0.08])
    centre = pd.Series({"Ia": 0.0, "II": 2.0, "IIn": 3.0})
    return centre[y].to_numpy()[:, None] + rng.normal(size=(n, 2)) * [1.0, 3.0], y


X, Y = blobs(1500, 0)
X_NEW, Y_NEW = blobs(4000, 1)


def contains_truth(model, sets):
    return sets[np.arange(len(sets)), np.searchsorted(model.classes_, Y_NEW)]


@pytest.mark.parametrize("coverage", [0.8, 0.9])
def test_sets_contain_the_truth_as_often_as_asked_in_every_class(coverage):
    model = ConformalClassifier(GaussianNB(), coverage=coverage, random_state=0).fit(X, Y)
    inside = contains_truth(model, model.predict_set(X_NEW))
    assert abs(inside.mean() - coverage) < 0.03
    for name in ("Ia", "II", "IIn"):
        assert abs(inside[name == Y_NEW].mean() - coverage) < 0.08


def test_one_threshold_gives_smaller_sets_that_miss_the_rare_class():
    by_class = ConformalClassifier(GaussianNB(), random_state=0).fit(X, Y)
    single = clone(by_class).set_params(thresholds="all").fit(X, Y)
    sets = single.predict_set(X_NEW)
    assert abs(contains_truth(single, sets).mean() - 0.9) < 0.03
    assert sets.sum() < by_class.predict_set(X_NEW).sum()
    assert contains_truth(single, sets)[Y_NEW == "IIn"].mean() < 0.6


def test_weights_change_one_threshold_as_copies_do():
    by_copies = np.repeat(np.arange(len(X)), np.where(Y == "IIn", 5, 1))
    proba = GaussianNB().fit(X_NEW, Y_NEW).predict_proba(X)
    model = ConformalClassifier(GaussianNB(), thresholds="all", calibration=None)
    weighted = clone(model).fit(X, Y, np.where(Y == "IIn", 5.0, 1.0), oof_proba=proba)
    copied = clone(model).fit(X[by_copies], Y[by_copies], oof_proba=proba[by_copies])
    sets = weighted.sets_from_proba(proba)
    assert np.mean(sets == copied.sets_from_proba(proba)) > 0.999
    assert sets.sum() > clone(model).fit(X, Y, oof_proba=proba).sets_from_proba(proba).sum()


def test_coverage_can_be_chosen_in_prediction():
    model = ConformalClassifier(GaussianNB(), random_state=0).fit(X, Y)
    wide, narrow = model.predict_set(X_NEW, coverage=0.95), model.predict_set(X_NEW, 0.7)
    assert (wide >= narrow).all()
    assert abs(contains_truth(model, wide).mean() - 0.95) < 0.02
    with pytest.raises(ValueError, match=r"'coverage' must be a float in the range \(0, 1\)"):
        model.predict_set(X_NEW, 1.0)


def test_a_class_of_few_objects_belongs_to_every_set():
    few = np.r_[np.flatnonzero(Y != "IIn"), np.flatnonzero(Y == "IIn")[:5]]
    model = ConformalClassifier(GaussianNB(), random_state=0)
    with pytest.warns(UserWarning, match=r"fewer calibration objects than 9, .*: 'IIn' \(5\)\. "):
        model.fit(X[few], Y[few])
    assert model.predict_set(X_NEW)[:, 1].all()
    enough = np.r_[few, np.flatnonzero(Y == "IIn")[5:9]]
    assert not model.fit(X[enough], Y[enough]).predict_set(X_NEW)[:, 1].all()


def test_a_class_without_calibration_objects_is_named():
    proba = GaussianNB().fit(X_NEW, Y_NEW).predict_proba(X)
    proba[Y == "IIn"] = np.nan
    for thresholds, least in (("class", 9), ("all", 1)):
        model = ConformalClassifier(GaussianNB(), thresholds=thresholds)
        with pytest.warns(UserWarning, match=rf"objects than {least}, .*: 'IIn' \(0\)\. "):
            model.fit(X, Y, oof_proba=proba)
    weight = np.where(Y == "IIn", 0.0, 1.0)
    with pytest.warns(UserWarning, match=r"'IIn' \(0\)"):
        model.fit(X, Y, weight, oof_proba=np.nan_to_num(proba, nan=1 / 3))


def test_probabilities_of_an_overconfident_classifier_are_mended():
    forest = RandomForestClassifier(20, random_state=0)
    plain = np.maximum(clone(forest).fit(X, Y).predict_proba(X_NEW), 1e-7)
    model = ConformalClassifier(forest, random_state=0).fit(X, Y)
    proba = model.predict_proba(X_NEW)
    np.testing.assert_allclose(proba.sum(axis=1), 1.0)
    assert model.temperature_ > 1.2
    assert log_loss(Y_NEW, proba) < log_loss(Y_NEW, plain / plain.sum(axis=1, keepdims=True)) - 0.1
    np.testing.assert_array_equal(model.predict(X_NEW), model.estimator_.predict(X_NEW))
    assert clone(model).set_params(calibration=None).fit(X, Y).temperature_ == 1.0


def test_groups_are_not_split():
    # Two copies of each object: an unlimited tree knows the other copy.
    twice, labels = np.repeat(X[:300], 2, axis=0), np.repeat(Y[:300], 2)
    tree = ConformalClassifier(DecisionTreeClassifier(random_state=0), random_state=0)
    leaked = tree.fit(twice, labels).temperature_
    honest = tree.fit(twice, labels, groups=np.repeat(np.arange(300), 2)).temperature_
    assert honest > 2 * leaked
    by_cv = clone(tree).set_params(cv=LeaveOneGroupOut())
    with pytest.warns(UserWarning, match="fewer calibration objects"):
        by_cv.fit(twice, labels, groups=np.repeat(np.arange(3), 200))
    assert by_cv.temperature_ > 2 * leaked
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        tree.fit(twice, labels, groups=np.arange(3))


def test_copies_of_objects_do_not_count_as_objects():
    few = np.concatenate([np.flatnonzero(name == Y)[:12] for name in ("Ia", "II", "IIn")])
    copies, groups = np.tile(few, 20), np.tile(np.arange(36), 20)
    proba = GaussianNB().fit(X_NEW, Y_NEW).predict_proba(X)
    for thresholds in ("class", "all"):
        model = ConformalClassifier(GaussianNB(), thresholds=thresholds, calibration=None)
        once = clone(model).fit(X[few], Y[few], oof_proba=proba[few])
        model.fit(X[copies], Y[copies], groups=groups, oof_proba=proba[copies])
        assert model.calibration_counts_.tolist() == [12, 12, 12]
        np.testing.assert_array_equal(model.sets_from_proba(proba), once.sets_from_proba(proba))
        model.fit(X[copies], Y[copies], oof_proba=proba[copies])
        assert model.calibration_counts_.tolist() == [240, 240, 240]


def test_given_probabilities_replace_the_folds():
    proba = np.full((len(X), 3), np.nan)
    known = np.arange(len(X)) < 800
    proba[known] = GaussianNB().fit(X[~known], Y[~known]).predict_proba(X[known])
    model = ConformalClassifier(GaussianNB()).fit(X, Y, oof_proba=proba)
    assert sum(map(len, model.calibration_scores_)) == 800
    prefit = FrozenEstimator(GaussianNB().fit(X[~known], Y[~known]))
    other = ConformalClassifier(prefit, random_state=0).fit(X[known], Y[known])
    assert other.temperature_ == pytest.approx(model.temperature_)
    with pytest.raises(ValueError, match=r"'oof_proba' must have the shape \(1500, 3\)"):
        model.fit(X, Y, oof_proba=proba[:, :2])


def test_a_frozen_model_of_other_classes_is_rejected():
    other = np.where(Y == "IIn", "SLSN-I", Y)
    message = r"has the classes \['II', 'Ia', 'SLSN-I'\], but y holds \['II', 'IIn', 'Ia'\]"
    frozen = FrozenEstimator(GaussianNB().fit(X, other))
    proba = frozen.predict_proba(X)
    for estimator in (frozen, make_pipeline(StandardScaler(), frozen)):
        model = ConformalClassifier(estimator)
        with pytest.raises(ValueError, match=message):
            model.fit(X, Y)
        with pytest.raises(ValueError, match=message):
            model.fit(X, Y, oof_proba=proba)
    two = Y != "IIn"
    with pytest.raises(ValueError, match=r"\['II', 'Ia', 'SLSN-I'\], but y holds \['II', 'Ia'\]"):
        model.fit(X[two], Y[two])
    fewer = FrozenEstimator(GaussianNB().fit(X[two], Y[two]))
    with pytest.raises(ValueError, match=r"\['II', 'Ia'\], but y holds \['II', 'IIn', 'Ia'\]"):
        ConformalClassifier(fewer).fit(X, Y)
    with pytest.raises(NotFittedError):
        ConformalClassifier(FrozenEstimator(GaussianNB())).fit(X, Y)


def test_class_weights_name_classes():
    weight = {"Ia": 1.0, "II": 1.0, "IIn": 30.0}
    plain = ConformalClassifier(LogisticRegression(), random_state=0)
    model = clone(plain).set_params(estimator__class_weight=weight)
    model.fit(X, Y, np.ones(len(X)), groups=np.arange(len(X)))
    assert (model.predict(X_NEW) == "IIn").sum() > 2 * (
        plain.fit(X, Y).predict(X_NEW) == "IIn"
    ).sum()
    # The weights act in the folds too: rare objects get larger probabilities out of fold.
    assert np.median(model.calibration_scores_[1]) > 2 * np.median(plain.calibration_scores_[1])


def test_weights_reach_the_classifier():
    weight = np.where(Y == "II", 0.0, 1.0)
    model = ConformalClassifier(LogisticRegression(), random_state=0)
    with pytest.warns(UserWarning, match=r"'II' \(0\)"):
        model.fit(X, Y, weight)
    assert (model.predict(X_NEW) != "II").all()


def test_anomaly_score_needs_a_detector():
    model = ConformalClassifier(GaussianNB(), random_state=0).fit(X, Y)
    assert not hasattr(model, "score_samples")
    model.set_params(detector=IsolationForest(n_estimators=20, random_state=0)).fit(X, Y)
    far, near = model.score_samples([[30.0, 0.0], [0.0, 0.0]])
    assert far < near


def test_wrong_use_is_named():
    model = ConformalClassifier(GaussianNB())
    with pytest.raises(NotFittedError):
        model.predict(X)
    with pytest.raises(ValueError, match="The 'coverage' parameter of ConformalClassifier"):
        clone(model).set_params(coverage=1.5).fit(X, Y)
    with pytest.raises(ValueError, match="1500 objects but y has 3 labels"):
        model.fit(X, Y[:3])
    with pytest.raises(ValueError, match="one class only"):
        model.fit(X, np.full(len(X), "Ia"))


def test_is_saved_and_searched(tmp_path):
    detector = IsolationForest(n_estimators=10, random_state=0)
    model = ConformalClassifier(LogisticRegression(), detector=detector, random_state=0)
    search = GridSearchCV(model, {"estimator__C": [0.1, 1.0]}, cv=2).fit(X, Y)
    fitted = search.best_estimator_
    save_model(fitted, tmp_path / "types.snmodel")
    loaded = load_model(tmp_path / "types.snmodel")
    for method in ("predict_proba", "predict_set", "score_samples"):
        np.testing.assert_array_equal(
            getattr(loaded, method)(X_NEW), getattr(fitted, method)(X_NEW)
        )


@pytest.mark.parametrize("name", ["spectrum-types", "light-curve-types"])
def test_packaged_models_predict_sets(name):
    model = load_pretrained(name).estimator
    X, _ = make_supernovae(12, modalities=["light_curve", "spectrum"], random_state=0)
    proba, sets = model.predict_proba(X), model.predict_set(X)
    assert sets.shape == proba.shape == (12, len(model.classes_))
    assert (model.predict_set(X, 0.99) >= sets).all()
    assert sets[np.arange(12), proba.argmax(axis=1)].mean() > 0.5


def test_a_model_without_stored_weights_predicts_as_with_equal_ones():
    model = ConformalClassifier(GaussianNB(), random_state=0).fit(X, Y)
    expected = model.predict_set(X_NEW)
    del model.calibration_weights_
    np.testing.assert_array_equal(model.predict_set(X_NEW), expected)
