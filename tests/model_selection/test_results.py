"""Scores of sweeps."""

import numpy as np
import pytest

from sklearn_sn.model_selection import HorizonResult, LimitedLabelsResult
from sklearn_sn.model_selection._results import gather_scores


def test_fits_that_were_not_made_do_not_count():
    scores = {"a": np.array([[[0.2, 0.4], [0.6, 0.8]], [[0.9, np.nan], [0.7, np.nan]]])}
    result = LimitedLabelsResult(scores, np.array([10.0, 41.5]), np.array([False, True]))
    np.testing.assert_allclose(result.mean["a"], [0.5, 0.8])
    np.testing.assert_allclose(result.std["a"], [np.std([0.2, 0.4, 0.6, 0.8]), 0.1])
    frame = result.to_frame()
    assert frame.index.tolist() == [10, 42] and frame.index.name == "n_labels"
    assert frame["a", "mean"].tolist() == pytest.approx([0.5, 0.8])


def test_frame_of_several_scores():
    scores = {name: np.array([[0.5, 0.7], [0.8, 0.8]]) for name in ("a", "b")}
    frame = HorizonResult(scores, np.array([3.0, 30.0]), np.array([4.0, 20.0])).to_frame()
    assert frame.columns.tolist() == [(s, w) for s in ("a", "b") for w in ("mean", "std")]
    assert frame.index.tolist() == [3.0, 30.0]


def test_scores_are_put_in_their_places():
    scores = gather_scores({(0, 1): {"a": 1.0, "b": 2.0}, (1, 0): {"a": 3.0, "b": 4.0}}, (2, 2))
    np.testing.assert_array_equal(scores["a"], [[np.nan, 1.0], [3.0, np.nan]])
    np.testing.assert_array_equal(gather_scores({(0,): 0.5}, (1,))["score"], [0.5])
