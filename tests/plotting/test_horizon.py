"""Scores over the days since the first detection, drawn."""

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier

from sklearn_sn.datasets import make_supernovae
from sklearn_sn.model_selection import HorizonResult
from sklearn_sn.plotting import HorizonDisplay


@pytest.fixture
def result():
    scores = {"score": np.array([[0.5, 0.7], [0.8, 0.8]])}
    return HorizonResult(scores, np.array([3.0, 100.0]), np.array([4.0, 40.0]))


def test_draws_means_over_days(result):
    ax = HorizonDisplay.from_results({"GRU": result}).plot(label="Macro AUROC").ax_
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [0.6, 0.8])
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["3", "100"]
    assert ax.get_xlabel() == "Days since the first detection"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["GRU"]


def test_draws_into_given_axes(result):
    from matplotlib.figure import Figure

    ax = Figure().subplots()
    display = HorizonDisplay.from_results(result).plot(ax)
    assert display.ax_ is ax and display.figure_ is ax.figure


def test_from_estimators():
    X, y = make_supernovae(30, modalities=["light_curve"], random_state=0)
    models = {"a": DummyClassifier(), "b": DummyClassifier(strategy="constant", constant="SN II")}
    display = HorizonDisplay.from_estimators(models, X, y, days=(5, 50), cv=2)
    assert list(display.results) == ["a", "b"]
    assert len(display.plot().ax_.lines) == 2
    alone = HorizonDisplay.from_estimator(models["a"], X, y, days=(5, 50), cv=2)
    (scores,) = alone.results.values()
    np.testing.assert_array_equal(scores.scores["score"], display.results["a"].scores["score"])
