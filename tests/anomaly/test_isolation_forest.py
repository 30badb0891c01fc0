"""One isolation forest per class."""

import numpy as np
import pytest
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score

from sklearn_sn.anomaly import MultiClassIsolationForest


def test_a_rare_class_is_no_anomaly():
    rng = np.random.default_rng(0)
    y = np.repeat(["SN Ia", "SN II"], [1000, 20])
    X = rng.normal(size=(1020, 3)) + np.where(y == "SN II", 7.0, 0.0)[:, None]
    odd = rng.normal(size=(50, 3)) + np.array([4.5, -4.5, 0])
    rare = rng.normal(size=(50, 3)) + 7.0
    is_rare = np.repeat([1, 0], 50)
    each = MultiClassIsolationForest(random_state=0).fit(X, y)
    one = IsolationForest(random_state=0).fit(X)
    aurocs = [
        roc_auc_score(is_rare, model.score_samples(np.concatenate([rare, odd])))
        for model in (each, one)
    ]
    assert aurocs[0] > 0.95 and aurocs[0] > aurocs[1] + 0.1


@pytest.mark.parametrize("max_samples", [300, 0.5, "auto"])
def test_forests_of_small_classes_draw_no_more_than_there_is(max_samples):
    X = np.random.default_rng(0).normal(size=(60, 2))
    model = MultiClassIsolationForest(n_estimators=3, max_samples=max_samples, random_state=0)
    model.fit(X, np.repeat([0, 1], [50, 10]))
    drawn = [forest.max_samples_ for forest in model.forests_]
    assert drawn == ([25, 5] if max_samples == 0.5 else [50, 10])
