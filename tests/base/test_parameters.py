"""Constraints of shared parameters."""

import numpy as np
import pytest
import torch
from sklearn.ensemble import RandomForestClassifier
from sklearn.utils._param_validation import InvalidParameterError, validate_parameter_constraints

from sklearn_sn.base import (
    CLASS_WEIGHT,
    PRETRAINING_CONSTRAINTS,
    TRAINABLE,
    TRAINING_CONSTRAINTS,
    positive_int,
    positive_number,
    unit_interval,
    weight,
)

CASES = [
    (positive_int(), [1, 5, np.int64(3)], [0, -1, 1.5, "1", None]),
    (positive_int(2), [2, 5], [1]),
    (unit_interval(), [0, 0.0, 0.999], [1, 1.0, -0.1, None]),
    (positive_number(), [1e-9, 1, 1e9], [0, 0.0, -1, "1"]),
    (weight(), [0, 0.0, 3.5], [-0.1, None, "1"]),
    (CLASS_WEIGHT, ["balanced", {"a": 1}, None], ["even", 3]),
    (TRAINING_CONSTRAINTS["device"], ["cpu", "auto", torch.device("cpu")], [None, 3]),
    (TRAINING_CONSTRAINTS["callbacks"], [None, [], (1, 2)], [3]),
    (TRAINING_CONSTRAINTS["batch_size"], [2, 64], [1, 0]),
    (TRAINING_CONSTRAINTS["validation_fraction"], [0.1, 0.9], [0.0, 1.0]),
    (TRAINING_CONSTRAINTS["lr_schedule"], ["one_cycle", "cosine", None], ["linear"]),
    (PRETRAINING_CONSTRAINTS["trainable"], list(TRAINABLE), ["some", None]),
    (PRETRAINING_CONSTRAINTS["pretrained"], [None, "model", RandomForestClassifier()], [3]),
]


def check(constraint, value):
    validate_parameter_constraints({"p": constraint}, {"p": value}, "Estimator")


@pytest.mark.parametrize(("constraint", "value"), [(c, v) for c, ok, _ in CASES for v in ok])
def test_what_is_accepted(constraint, value):
    check(constraint, value)


@pytest.mark.parametrize(("constraint", "value"), [(c, v) for c, _, bad in CASES for v in bad])
def test_what_is_not(constraint, value):
    with pytest.raises(InvalidParameterError, match="The 'p' parameter of Estimator must be"):
        check(constraint, value)
