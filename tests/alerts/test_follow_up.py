"""Suggestions of spectra: those that are expected to reveal most."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression

from sklearn_sn.alerts import suggest_follow_up

CLASSES = ["Ia", "II", "TDE"]


class Given(ClassifierMixin, BaseEstimator):
    """Return the probabilities in the columns of the table."""

    def fit(self, X, y=None):
        self.classes_ = np.array(CLASSES)
        return self

    def predict_proba(self, X):
        assert len(X), "a model may not accept an empty table"
        return X[CLASSES].to_numpy()


MODEL = Given().fit(None)
PIXELS = {"wavelength": [5000.0, 5010.0, 5020.0], "flux": [1.0, 2.0, 1.0]}


@pytest.fixture
def X():
    rng = np.random.default_rng(0)
    proba = rng.dirichlet([0.5] * 3, 40)
    proba[0], proba[1], proba[2] = [1, 0, 0], [1 / 3] * 3, [0.5, 0.5, 0.0]
    X = pd.DataFrame(proba, columns=CLASSES, index=[f"ZTF{n}" for n in range(40)])
    spectra = [PIXELS if n % 4 == 3 else None for n in range(40)]
    return X.assign(spectrum=pd.Series(spectra, index=X.index, dtype=object))


def test_entropy_of_a_perfect_spectrum(X):
    table = suggest_follow_up(MODEL, X)
    assert table.index[0] == "ZTF1" and table.index[-1] == "ZTF0"
    assert table["gain"].iloc[0] == pytest.approx(np.log(3)) and table["gain"].iloc[-1] == 0
    assert table["gain"].is_monotonic_decreasing
    assert table.loc["ZTF2", "entropy"] == pytest.approx(np.log(2))
    assert table.loc["ZTF0", ["most_probable", "probability"]].tolist() == ["Ia", 1.0]


def test_objects_with_a_spectrum_are_left_out(X):
    table = suggest_follow_up(MODEL, X)
    assert len(table) == 30 and not set(table.index) & set(X.index[3::4])
    assert len(suggest_follow_up(MODEL, X.drop(columns="spectrum"))) == 40
    assert len(suggest_follow_up(MODEL, X.iloc[3::4])) == 0
    unusable = X.assign(spectrum=[{"wavelength": [5000.0], "flux": [np.nan]}] * 40)
    assert len(suggest_follow_up(MODEL, unusable)) == 40
    assert len(suggest_follow_up(MODEL, X.assign(host=None), modality="host")) == 40


def test_confusion_by_the_definition_of_mutual_information(X):
    counts = np.array([[8.0, 1, 1], [5, 5, 0], [0, 3, 27]])
    table = suggest_follow_up(MODEL, X, confusion=counts)
    rates = counts / counts.sum(axis=1, keepdims=True)
    for name in table.index[:10]:
        p = X.loc[name, CLASSES].to_numpy(dtype=float)
        expected = 0.0
        for c in range(3):
            for o in range(3):
                joint, outcome = p[c] * rates[c, o], p @ rates[:, o]
                expected += joint * np.log(rates[c, o] / outcome) if joint else 0.0
        assert table.loc[name, "gain"] == pytest.approx(expected)
    assert (table["gain"] <= table["entropy"] + 1e-12).all()


def test_limits_of_confusion(X):
    perfect = suggest_follow_up(MODEL, X, confusion=np.eye(3) * [[7], [2], [1]])
    pd.testing.assert_frame_equal(perfect, suggest_follow_up(MODEL, X))
    useless = suggest_follow_up(MODEL, X, confusion=np.ones((3, 3)))
    assert useless["gain"].max() == pytest.approx(0, abs=1e-12)


def test_a_spectrum_that_cannot_separate_two_classes_does_not_help_there(X):
    mixes = np.array([[5.0, 5.0, 0.0], [5.0, 5.0, 0.0], [0.0, 0.0, 9.0]])
    table = suggest_follow_up(MODEL, X, confusion=mixes)
    assert table.loc["ZTF2", "gain"] == pytest.approx(0, abs=1e-12)
    assert table.loc["ZTF1", "gain"] > 0.6


def test_a_frame_is_ordered_by_its_index(X):
    counts = pd.DataFrame([[0, 3, 27], [8, 1, 1], [5, 5, 0]], index=["TDE", "Ia", "II"])
    pd.testing.assert_frame_equal(
        suggest_follow_up(MODEL, X, confusion=counts),
        suggest_follow_up(MODEL, X, confusion=[[8, 1, 1], [5, 5, 0], [0, 3, 27]]),
    )
    with pytest.raises(ValueError, match=r"lacks the classes \['TDE'\]"):
        suggest_follow_up(MODEL, X, confusion=counts.loc[["Ia", "II"]])


def test_margin(X):
    table = suggest_follow_up(MODEL, X, gain="margin")
    assert table["gain"].iloc[:2].tolist() == pytest.approx([1.0, 1.0])
    assert set(table.index[:2]) == {"ZTF1", "ZTF2"}


def test_number_of_objects_and_unchanged_input(X):
    before = X.copy()
    table = suggest_follow_up(MODEL, X, n_objects=5)
    pd.testing.assert_frame_equal(table, suggest_follow_up(MODEL, X).iloc[:5])
    pd.testing.assert_frame_equal(X, before)


@pytest.mark.parametrize(
    "confusion, message",
    [
        (np.eye(2), "one row for each"),
        (-np.eye(3), "non-negative"),
        (np.diag([1.0, 0.0, 1.0]), r"no objects of the classes \['II'\]"),
    ],
)
def test_bad_confusion(X, confusion, message):
    with pytest.raises(ValueError, match=message):
        suggest_follow_up(MODEL, X, confusion=confusion)


def test_bad_parameters(X):
    with pytest.raises(NotFittedError):
        suggest_follow_up(LogisticRegression(), X)
    with pytest.raises(ValueError, match="'gain' parameter of suggest_follow_up"):
        suggest_follow_up(MODEL, X, gain="entropy")
