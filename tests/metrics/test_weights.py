"""Weighted means over objects."""

import numpy as np
import pytest

from sklearn_sn.metrics._weights import weighted_mean


def test_equal_weights_give_the_plain_mean():
    values = np.random.default_rng(0).normal(size=(7, 3))
    assert weighted_mean(values, None, "f") == values.mean()
    assert weighted_mean(values, np.full(7, 4.0), "f") == pytest.approx(values.mean())


def test_weight_zero_leaves_an_object_out():
    values = np.array([1.0, 2.0, 100.0])
    assert weighted_mean(values, [1, 1, 0], "f") == 1.5
    assert weighted_mean(values > 1.0, [3, 1, 0], "f") == 0.25


def test_tiny_and_huge_weights():
    for scale in (1e-300, 1e308):
        assert weighted_mean(np.array([0.0, 1.0]), [scale, scale], "f") == 0.5


@pytest.mark.parametrize("weight", [[-1.0, 2.0], [0.0, 0.0], [np.nan, 1.0]])
def test_message_names_the_caller(weight):
    with pytest.raises(ValueError, match="'sample_weight' parameter of my_metric"):
        weighted_mean(np.zeros(2), weight, "my_metric")
