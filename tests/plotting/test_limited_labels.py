"""Scores over the number of labels, drawn."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import StratifiedKFold
from sklearn.naive_bayes import GaussianNB

from sklearn_sn.model_selection import LimitedLabelsResult, limited_labels_curve
from sklearn_sn.plotting import LimitedLabelsDisplay


@pytest.fixture
def result():
    scores = {
        "roc_auc_ovr": np.array([[[0.6, 0.8]], [[0.9, np.nan]]]),
        "accuracy": np.array([[[0.3, 0.5]], [[0.6, np.nan]]]),
    }
    return LimitedLabelsResult(scores, np.array([128.0, 1856.4]), np.array([False, True]))


def test_draws_means_and_spread(result):
    display = LimitedLabelsDisplay.from_results(result)
    assert display.plot() is display
    ax = display.ax_
    (line,), (band,) = ax.lines, ax.collections
    np.testing.assert_allclose(line.get_ydata(), [0.7, 0.9])
    np.testing.assert_allclose(line.get_xdata(), result.n_labels)
    heights = band.get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == pytest.approx((0.6, 0.9))
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["128", "all\n(1,856)"]
    assert ax.get_ylabel() == "roc auc ovr" and ax.get_legend() is None
    assert ax.get_xscale() == "log"


def test_several_results_have_a_legend_and_another_metric(result):
    display = LimitedLabelsDisplay.from_results({"GRU": result, "trees": result})
    ax = display.plot(metric="accuracy", label="Accuracy", lw=3.0).ax_
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["GRU", "trees"]
    assert len({line.get_color() for line in ax.lines}) == 2
    assert all(line.get_linewidth() == 3.0 for line in ax.lines)
    np.testing.assert_allclose(ax.lines[1].get_ydata(), [0.4, 0.6])
    assert ax.get_ylabel() == "Accuracy" and display.metric_ == "accuracy"


def test_near_ticks_are_merged(result):
    near = LimitedLabelsResult(result.scores, np.array([128.0, 1900.0]), result.whole)
    ax = LimitedLabelsDisplay({"a": result, "b": near}).plot().ax_
    assert len(ax.get_xticks()) == 2


def test_from_estimators_scores_all_on_the_same_draws():
    X, y = load_iris(return_X_y=True)
    models = {"naive": GaussianNB(), "same": GaussianNB(), "constant": DummyClassifier()}
    display = LimitedLabelsDisplay.from_estimators(models, X, y, n_labels=(12, None), cv=3)
    found = {name: result.scores["score"] for name, result in display.results.items()}
    np.testing.assert_array_equal(found["naive"], found["same"])
    assert np.nanmean(found["naive"]) > np.nanmean(found["constant"]) + 0.3
    alone = LimitedLabelsDisplay.from_estimator(GaussianNB(), X, y, n_labels=(12, None), cv=3)
    (scores,) = alone.results.values()
    np.testing.assert_array_equal(scores.scores["score"], found["naive"])
    expected = limited_labels_curve(GaussianNB(), X, y, n_labels=(12, None), cv=3, random_state=0)
    np.testing.assert_array_equal(expected.scores["score"], found["naive"])


def test_input_that_cannot_be_drawn_is_rejected(result):
    with pytest.raises(ValueError, match="has no score 'f1'"):
        LimitedLabelsDisplay.from_results(result).plot(metric="f1")
    with pytest.raises(ValueError, match="at least one result"):
        LimitedLabelsDisplay({}).plot()


def test_a_generator_of_folds_serves_all_estimators():
    X, y = load_iris(return_X_y=True)
    folds = StratifiedKFold(3).split(X, y)
    both = {"a": DummyClassifier(), "b": DummyClassifier()}
    display = LimitedLabelsDisplay.from_estimators(both, X, y, n_labels=(6, None), cv=folds)
    for result in display.results.values():
        assert result.scores["score"].shape[1] == 3
