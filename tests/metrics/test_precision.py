"""Balanced precision: precision under equal class frequencies."""

import numpy as np
import pytest
from sklearn.metrics import precision_score

from sklearn_sn.metrics import balanced_precision


def by_loop(y_true, y_pred):
    classes = np.unique(y_true)
    rates = {(k, c): np.mean(y_pred[y_true == k] == c) for k in classes for c in classes}
    sums = {c: sum(rates[k, c] for k in classes) for c in classes}
    return np.mean([rates[c, c] / sums[c] if sums[c] else 0.0 for c in classes])


def test_equals_the_loop_over_the_formula():
    rng = np.random.default_rng(0)
    y_true = rng.choice(["a", "b", "c"], 300, p=[0.8, 0.15, 0.05])
    y_pred = np.where(rng.random(300) < 0.6, y_true, rng.choice(["a", "b", "c"], 300))
    assert balanced_precision(y_true, y_pred) == pytest.approx(by_loop(y_true, y_pred))
    macro = precision_score(y_true, y_pred, average="macro")
    assert abs(balanced_precision(y_true, y_pred) - macro) > 0.1


def test_does_not_depend_on_class_frequencies():
    y_true = np.repeat(["a", "b"], 10)
    y_pred = np.array(["a"] * 8 + ["b"] * 2 + ["b"] * 9 + ["a"])
    more = np.concatenate([np.arange(20), np.tile(np.arange(10), 50)])
    assert balanced_precision(y_true[more], y_pred[more]) == pytest.approx(
        balanced_precision(y_true, y_pred)
    )
    # With equal frequencies it is the macro precision.
    macro = precision_score(y_true, y_pred, average="macro")
    assert balanced_precision(y_true, y_pred) == pytest.approx(macro)


def test_a_class_that_is_never_predicted_counts_as_zero():
    assert balanced_precision(["a", "b"], ["a", "a"]) == pytest.approx(0.25)


def test_a_class_without_true_objects_is_left_out():
    assert balanced_precision(["a", "a", "b", "b"], ["a", "c", "b", "b"]) == 1.0
    assert balanced_precision(["a", "b"], ["a", "b"], labels=["a", "b", "c"]) == 1.0


def test_weights_repeat_objects():
    y_true, y_pred = ["a", "a", "b", "b"], ["a", "b", "b", "a"]
    repeated = balanced_precision([*y_true, "a", "a"], [*y_pred, "a", "a"])
    weighted = balanced_precision(y_true, y_pred, sample_weight=[3, 1, 1, 1])
    assert weighted == pytest.approx(repeated)


def test_bad_input():
    with pytest.raises(ValueError, match="inconsistent"):
        balanced_precision(["a"], ["a", "b"])
    with pytest.raises(ValueError, match="balanced_precision must hold objects"):
        balanced_precision([0, 1], [0, 1], labels=[0, 2], sample_weight=[0, 1])
