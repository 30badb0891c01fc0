"""Accuracy, macro-F1 and top-3 accuracy in one number."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, top_k_accuracy_score

from sklearn_sn.nets._composite_score import composite_score


@pytest.mark.parametrize("weighted", [False, True])
def test_it_is_the_mean_of_three_scores(weighted):
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(size=(200, 5)), rng.integers(0, 5, 200)
    logits[np.arange(200), labels] += 1.0
    weight = rng.uniform(0.1, 3.0, 200) if weighted else np.ones(200)
    said = logits.argmax(axis=1)
    expected = [
        accuracy_score(labels, said, sample_weight=weight),
        f1_score(labels, said, average="macro", sample_weight=weight),
        top_k_accuracy_score(labels, logits, k=3, sample_weight=weight),
    ]
    assert composite_score(logits, labels, weight) == pytest.approx(np.mean(expected))


def test_classes_that_nobody_has_do_not_count():
    assert composite_score(np.eye(6)[[0, 1]], np.array([0, 1]), np.ones(2)) == 1.0
