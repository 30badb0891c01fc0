"""Scores of the packaged light-curve models."""

from types import SimpleNamespace

import numpy as np
import pytest


@pytest.fixture(scope="module")
def scores(load):
    return load("_light_curve_scores")


def mixture():
    label = np.tile(["SN Ia", "SN II", "SN Ia-91bg", "AGN"], 25)
    is_real = label != "AGN"
    return SimpleNamespace(
        label=label,
        fold=np.arange(100) % 5,
        is_real=is_real,
        horizon=np.where(is_real, "full", "simulated"),
    )


def test_ten_class_accuracy_counts_predictions_of_simulated_classes(scores):
    data = mixture()
    proba = np.eye(4)[np.searchsorted(np.unique(data.label), data.label)]
    assert scores.ten_class_accuracy(data, proba) == 1.0
    wrong = proba.copy()
    wrong[data.label == "SN II"] = [0.9, 0.1, 0.0, 0.0]  # AGN
    assert scores.ten_class_accuracy(data, wrong) == pytest.approx(2 / 3, abs=1e-3)
    wrong[data.label == "SN II"] = [0.1, 0.5, 0.2, 0.2]
    wrong[data.label == "SN Ia-91bg"] = [0.0, 0.0, 1.0, 0.0]  # SN Ia
    assert scores.ten_class_accuracy(data, wrong) == 1.0


def test_detector_does_not_know_the_objects_that_it_scores(scores, monkeypatch):
    data = mixture()
    values = np.arange(100.0)[:, None]

    class Memory:
        def fit(self, X, y):
            self.known = set(X[:, 0])
            return self

        def score_samples(self, X):
            return np.array([float(x in self.known) for x in X[:, 0]])

    monkeypatch.setattr(scores, "anomaly_detector", Memory)
    mean, std = scores.anomaly_auroc(data, values, np.full((5, 1), -1.0))
    assert (mean, std) == (0.5, 0.0)
