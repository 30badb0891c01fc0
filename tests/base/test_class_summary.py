"""Classes of labels, their frequencies and weights."""

import numpy as np
import pytest

from sklearn_sn.base._class_summary import summarize_classes

LABELS = np.array(["b", "a", "b", "b", "c", "b"])


def test_classes_counts_and_codes():
    summary = summarize_classes(LABELS, None)
    assert summary.classes.tolist() == ["a", "b", "c"] and summary.counts.tolist() == [1, 4, 1]
    assert summary.codes(LABELS[:2]).tolist() == [1, 0]
    assert summary.class_weight is None and summary.copies is None
    assert summary.log_weights.tolist() == [0.0, 0.0, 0.0]


def test_objects_of_weight_zero_do_not_count():
    summary = summarize_classes(LABELS, np.array([1.0, 2.0, 0.5, 0.0, 0.0, 1.0]))
    assert summary.classes.tolist() == ["a", "b"] and summary.counts.tolist() == [2.0, 2.5]
    assert summary.codes(LABELS).max() == 1  # that of an object that is left out


def test_weights_copies_and_balanced_batches():
    summary = summarize_classes(LABELS, None, class_weight="balanced", oversample=0.5)
    np.testing.assert_allclose(summary.class_weight, [2.0, 0.5, 2.0])
    np.testing.assert_allclose(summary.copies, [2.0, 1.0, 2.0])
    np.testing.assert_allclose(np.exp(summary.log_weights), [4.0, 0.5, 4.0])
    balanced = summarize_classes(LABELS, None, balanced_batches=True)
    np.testing.assert_allclose(np.exp(balanced.log_weights), [6.0, 1.5, 6.0])


def test_given_classes_may_be_absent():
    summary = summarize_classes(LABELS[:1], None, classes=np.array(["a", "b"]))
    assert summary.counts.tolist() == [0, 1]
    with pytest.raises(ValueError, match="one class only"):
        summarize_classes(LABELS[:1], None)
