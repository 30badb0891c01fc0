"""Fits that differ between processes; tests/nets/test_parallel_training.py has two of them."""

import numpy as np
import pytest
from sklearn.frozen import FrozenEstimator

from sklearn_sn import LightCurveClassifier
from sklearn_sn.base import _same_fit
from sklearn_sn.encoders import GRU
from sklearn_sn.nets import Processes


@pytest.fixture
def check(monkeypatch):
    """Compare the fits of two processes."""

    def compare(estimators, classes=(["a", "b"], ["a", "b"])):
        sent = []
        monkeypatch.setattr(_same_fit, "current_processes", lambda: Processes(0, 2))
        monkeypatch.setattr(_same_fit, "from_all_processes", lambda own: sent.append(own) or [own])
        for estimator, names in zip(estimators, classes, strict=True):
            _same_fit.check_same_fit(estimator, {"classes_": np.array(names)})
        monkeypatch.setattr(_same_fit, "from_all_processes", lambda own: sent)
        _same_fit.check_same_fit(estimators[0], {})

    return compare


def test_equal_fits_pass(check):
    own = {"random_state": np.random.RandomState(0), "verbose": 1, "device": "cpu"}
    pretrained = FrozenEstimator(LightCurveClassifier(lr=0.5))
    params = {"encoder": GRU(d_model=8), "pretrained": pretrained, "class_weight": {"a": 1.0}}
    check([LightCurveClassifier(**params, **own), LightCurveClassifier(**params)])
    _same_fit.check_same_fit(LightCurveClassifier(), {})


@pytest.mark.parametrize(
    ("params", "match"),
    [
        ({"loss": "focal"}, "loss is 'cross_entropy' in process 0 and 'focal' in process 1"),
        ({"class_weight": {"a": 2.0}}, r"class_weight is None in process 0 and \{'a': 2.0\}"),
        ({"encoder": GRU(d_model=16)}, "encoder__d_model is 8 in process 0 and 16 in process 1"),
        ({"encoder": "gru"}, "encoder is GRU in process 0 and 'gru' in process 1"),
    ],
)
def test_the_parameter_is_named(check, params, match):
    base = {"encoder": GRU(d_model=8)}
    with pytest.raises(ValueError, match=match):
        check([LightCurveClassifier(**base), LightCurveClassifier(**{**base, **params})])


def test_classes_are_named(check):
    with pytest.raises(ValueError, match=r"classes of y is \['a', 'b'\] in process 0 and \['a',"):
        check([LightCurveClassifier()] * 2, (["a", "b"], ["a", "c"]))
