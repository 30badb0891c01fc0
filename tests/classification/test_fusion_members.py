"""Members are fitted on the objects that have their modality, also out of fold."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier

from sklearn_sn.classification._fusion_members import (
    Member,
    check_frozen_members,
    fit_members,
    member_probabilities,
    out_of_fold_probabilities,
)
from sklearn_sn.classification._modality_presence import member_presence
from tests.classification.fusion_tables import COARSE, COARSE_CLASSES, MeanClassifier, fine_table

CLASSES = np.array(COARSE_CLASSES)


@pytest.fixture
def given():
    X, y = fine_table()
    found = [
        Member("curve", MeanClassifier(), ["light_curve"]),
        Member("spectrum", MeanClassifier("spectrum"), ["spectrum"]),
    ]
    present = member_presence(X, {member.name: member.columns for member in found})
    return X, y, found, present


def coarse(y):
    return np.array([COARSE.get(label, label) for label in y])


def test_fits_on_present_objects_and_leaves_the_members_alone(given):
    X, y, members, present = given
    fitted = fit_members(members, X, y, None, present, None)
    assert [model.n_seen_ for model in fitted] == present.sum(axis=1).tolist()
    assert present.sum() < 2 * len(X)
    assert not hasattr(members[0].estimator, "model_")


def test_probabilities_are_those_of_the_member_summed(given):
    X, y, members, present = given
    fitted = fit_members(members, X, y, None, present, None)
    found = [Member(m.name, e, m.columns) for m, e in zip(members, fitted, strict=True)]
    proba = member_probabilities(found, X, present, COARSE, CLASSES)
    np.testing.assert_array_equal(np.isfinite(proba[:, :, 0]), present)
    fine = fitted[0].predict_proba(X[["light_curve"]][present[0]])  # CV, IIP, IIn, Ia, Ib
    np.testing.assert_allclose(proba[0, present[0], 1], fine[:, 3] + fine[:, 4])


def test_one_class_and_weights_that_are_not_accepted_are_named(given):
    X, y, members, present = given
    one = present & (y == "Ia")
    with pytest.raises(ValueError, match=r"member 'curve'.*\['Ia'\]"):
        fit_members(members, X, y, None, one, None)
    neighbors = [Member("metadata", KNeighborsClassifier(), ["mag"])]
    with pytest.raises(ValueError, match=r"'metadata'.*sample_weight"):
        fit_members(neighbors, X, y, np.ones(len(y)), present[:1], None)


def test_held_out_objects_are_not_seen(given):
    X, y, members, present = given
    cv = StratifiedKFold(4, shuffle=True, random_state=0)
    proba = out_of_fold_probabilities(
        members,
        X,
        y,
        None,
        present,
        cv=cv,
        groups=None,
        class_map=COARSE,
        coarse=coarse(y),
        n_jobs=None,
    )
    np.testing.assert_array_equal(np.isfinite(proba[:, :, 0]), present)
    train, test = next(cv.split(X, coarse(y)))
    train = train[present[1, train]]
    model = clone(members[1].estimator).fit(X[["spectrum"]].iloc[train], y[train])
    test = test[present[1, test]]
    expected = model.predict_proba(X[["spectrum"]].iloc[test])
    np.testing.assert_allclose(proba[1, test, 1], expected[:, 3] + expected[:, 4])


@pytest.mark.parametrize("cv", [3, np.int64(3)])
def test_groups_stay_together(given, cv):
    X, y, _, present = given
    # Two identical copies of every object: without groups, each copy is predicted by its twin.
    rows = np.tile(np.arange(len(y)), 2)
    X, y, present = X.iloc[rows], y[rows], present[:, rows]
    model = [Member("metadata", KNeighborsClassifier(1), ["rb"])]  # a column of noise
    found = {}
    for name, groups in (("groups", rows), ("none", None)):
        X = X.assign(rb=X["rb"].fillna(0.5))
        proba = out_of_fold_probabilities(
            model,
            X,
            y,
            None,
            np.ones((1, len(y)), dtype=bool),
            cv=cv,
            groups=groups,
            class_map=None,
            coarse=y,
            n_jobs=None,
        )
        found[name] = np.mean(np.unique(y)[proba[0].argmax(axis=1)] == y)
    assert found["groups"] < 0.45
    assert found["none"] > found["groups"] + 0.15


def test_frozen_members_are_not_fitted(given):
    X, y, _, present = given
    spectrum = MeanClassifier("spectrum").fit(X[["spectrum"]][present[1]], y[present[1]])
    frozen = [Member("spectrum", FrozenEstimator(spectrum), ["spectrum"])]
    (fitted,) = fit_members(frozen, X.iloc[:2], y[:2], None, present[1:, :2], None)
    assert fitted.n_seen_ == present[1].sum()
    proba = out_of_fold_probabilities(
        frozen,
        X,
        y,
        None,
        present[1:],
        cv=3,
        groups=None,
        class_map=COARSE,
        coarse=coarse(y),
        n_jobs=None,
    )
    expected = spectrum.predict_proba(X[["spectrum"]][present[1]])[:, 0]
    np.testing.assert_allclose(proba[0, present[1], 0], expected)


def test_a_frozen_member_of_other_classes_is_named(given):
    X, y, _, present = given
    model = MeanClassifier("spectrum").fit(X[["spectrum"]][present[1]], y[present[1]])
    frozen = [Member("spectrum", FrozenEstimator(model), ["spectrum"])]
    check_frozen_members(frozen, COARSE, CLASSES)
    with pytest.raises(ValueError, match=r"frozen member 'spectrum'.*numbers"):
        check_frozen_members(frozen, COARSE, np.array([0, 1, 2]))
