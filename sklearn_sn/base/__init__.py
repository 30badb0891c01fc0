"""The base of all estimators that train a network."""

from sklearn_sn.base._estimator import TorchEstimator
from sklearn_sn.base._parameters import TRAINING_CONSTRAINTS, fraction, size
from sklearn_sn.base._pretrained import (
    TRAINABLE,
    PretrainedPart,
    frozen_modules,
    pretrained_parts,
)

__all__ = [
    "TRAINABLE",
    "TRAINING_CONSTRAINTS",
    "PretrainedPart",
    "TorchEstimator",
    "fraction",
    "frozen_modules",
    "pretrained_parts",
    "size",
]
