"""Lines of scores, for any result."""

from dataclasses import dataclass

import numpy as np
import pytest
from matplotlib.figure import Figure
from sklearn.model_selection import KFold

from sklearn_sn.plotting._score_lines import ScoreLinesDisplay, same_folds


@dataclass
class Result:
    """Mean and standard deviation of scores at positions."""

    x: np.ndarray
    scores: dict

    @property
    def mean(self):
        return {name: values.mean(axis=1) for name, values in self.scores.items()}

    @property
    def std(self):
        return {name: values.std(axis=1) for name, values in self.scores.items()}


class Display(ScoreLinesDisplay):
    _xlabel = "Position"

    def _positions(self, result):
        return result.x

    def _tick_labels(self, result):
        return [f"<{x:g}>" for x in result.x]


@pytest.fixture
def result():
    scores = {"f1_macro": np.array([[0.2, 0.4], [0.5, 0.7]]), "accuracy": np.full((2, 2), 0.9)}
    return Result(np.array([1.0, 10.0]), scores)


@pytest.fixture
def ax():
    return Figure().subplots()


def test_the_line_is_the_mean_and_the_band_one_standard_deviation(result, ax):
    display = Display({"net": result}).plot(ax)
    (line,), (band,) = ax.lines, ax.collections
    np.testing.assert_allclose(line.get_xydata(), [[1.0, 0.3], [10.0, 0.6]])
    low, high = band.get_paths()[0].vertices[:, 1].min(), band.get_paths()[0].vertices[:, 1].max()
    assert (low, high) == (pytest.approx(0.2), pytest.approx(0.7))
    assert display.metric_ == "f1_macro" and ax.get_ylabel() == "f1 macro"
    assert ax.get_xlabel() == "Position" and ax.get_xscale() == "log"


def test_metric_and_label_can_be_chosen(result, ax):
    display = Display({"net": result}).plot(ax, metric="accuracy", label="Accuracy")
    np.testing.assert_allclose(ax.lines[0].get_ydata(), 0.9)
    assert display.metric_ == "accuracy" and ax.get_ylabel() == "Accuracy"


def test_one_result_has_no_legend_and_several_have_one(result, ax):
    Display._from_results(result).plot(ax)
    assert ax.get_legend() is None
    other = Figure().subplots()
    Display._from_results({"net": result, "tree": result}).plot(other)
    assert [text.get_text() for text in other.get_legend().get_texts()] == ["net", "tree"]
    assert len({line.get_color() for line in other.lines}) == 2


def test_ticks_of_all_results_are_merged_if_close(result, ax):
    close = Result(np.array([1.05, 40.0]), result.scores)
    Display({"net": result, "tree": close}).plot(ax)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["<1>", "<10>", "<40>"]


def test_missing_results_and_scores_are_rejected(result, ax):
    with pytest.raises(ValueError, match="'results' parameter of Display must hold"):
        Display({}).plot(ax)
    with pytest.raises(ValueError, match="result of 'net' has no score 'recall'"):
        Display({"net": result}).plot(ax, metric="recall")


def test_iterators_of_folds_become_lists():
    folds = list(KFold(2).split(np.zeros(4)))
    kwargs = same_folds({"cv": iter(folds), "n_jobs": 1})
    assert len(list(kwargs["cv"])) == len(list(kwargs["cv"])) == 2 and kwargs["n_jobs"] == 1
    splitter = {"cv": KFold(2)}
    assert same_folds(splitter) is splitter
