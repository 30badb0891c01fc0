"""Out-of-fold probabilities: labels as given, columns of the classes, valid rows."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    LeaveOneGroupOut,
    ShuffleSplit,
    cross_val_predict,
)
from sklearn.naive_bayes import GaussianNB

from sklearn_sn.classification._out_of_fold import check_classes, check_proba, out_of_fold_proba

RNG = np.random.default_rng(0)
Y = RNG.choice(["Ia", "II", "IIn"], 240)
X = RNG.normal(size=(240, 2)) + (Y == "II")[:, None] - (Y == "IIn")[:, None]
GROUPS = np.repeat(np.arange(60), 4)


def test_equals_cross_val_predict():
    weight = RNG.uniform(0.5, 2.0, 240)
    for cv, groups in ((KFold(3), None), (GroupKFold(4), GROUPS)):
        proba = out_of_fold_proba(GaussianNB(), X, Y, cv=cv, groups=groups, weight=weight)
        params = {"sample_weight": weight}
        expected = cross_val_predict(
            GaussianNB(), X, Y, groups=groups, cv=cv, params=params, method="predict_proba"
        )
        np.testing.assert_array_equal(proba, expected)


def test_classifier_receives_the_labels():
    model = LogisticRegression(class_weight={"Ia": 1.0, "II": 1.0, "IIn": 50.0})
    proba = out_of_fold_proba(model, X, Y)
    assert proba[:, 1].mean() > out_of_fold_proba(LogisticRegression(), X, Y)[:, 1].mean() + 0.2


def test_columns_of_a_training_set_that_lacks_a_class():
    site = np.where(Y == "II", 0, np.arange(240) % 2 + 1)  # one fold holds all SN II
    with pytest.warns(UserWarning, match="lacks the classes 'II'; their probabilities are 0"):
        proba = out_of_fold_proba(GaussianNB(), X, Y, cv=LeaveOneGroupOut(), groups=site)
    assert (proba[Y == "II", 0] == 0).all()
    expected = GaussianNB().fit(X[Y != "II"], Y[Y != "II"]).predict_proba(X[Y == "II"])
    np.testing.assert_array_equal(proba[Y == "II", 1:], expected)


def test_folds_must_be_a_partition():
    with pytest.raises(
        ValueError, match=r"must test each object once; object \d+ is tested 0 times"
    ):
        out_of_fold_proba(GaussianNB(), X, Y, cv=ShuffleSplit(1, test_size=0.5, random_state=0))
    twice = [(np.arange(120), np.arange(120, 240)), (np.arange(120), np.arange(240))]
    with pytest.raises(ValueError, match="object 120 is tested 2 times"):
        out_of_fold_proba(GaussianNB(), X, Y, cv=twice)


def test_classes_must_agree():
    model = GaussianNB().fit(X, Y)
    check_classes(model, np.array(["II", "IIn", "Ia"]))
    with pytest.raises(
        ValueError, match=r"GaussianNB has the classes .*'Ia'\], but y holds \['II'"
    ):
        check_classes(model, np.array(["II", "IIn", "Ib"]))


@pytest.mark.parametrize(
    "row",
    [[7.0, 7.0, 7.0], [1.2, -0.2, 0.0], [0.2, 0.2, 0.2], [np.nan, 0.5, 0.5], [np.inf, 0.0, 0.0]],
)
def test_rows_that_are_no_probabilities_are_rejected(row):
    proba = np.full((4, 3), 1 / 3)
    proba[1] = np.nan  # unknown
    np.testing.assert_array_equal(check_proba(proba.tolist(), (4, 3)), proba)
    proba[2] = row
    with pytest.raises(ValueError, match=r"add up to 1 in each row, .* Row 2 is \["):
        check_proba(proba, (4, 3))


def test_shape_and_known_rows_are_checked():
    with pytest.raises(ValueError, match=r"must have the shape \(4, 3\)"):
        check_proba(np.ones((4, 2)), (4, 3))
    with pytest.raises(ValueError, match="no row without NaN"):
        check_proba(np.full((4, 3), np.nan), (4, 3))
