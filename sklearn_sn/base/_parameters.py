"""Constraints of parameters that several estimators share."""

from numbers import Integral, Real

import torch
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions

TRAINABLE = ("all", "dense", "first_block", "head", "none")


def positive_int(low: int = 1) -> list[Interval]:
    """Return the constraint of a whole number >= `low`."""
    return [Interval(Integral, low, None, closed="left")]


def unit_interval() -> list[Interval]:
    """Return the constraint of a number in [0, 1)."""
    return [Interval(Real, 0, 1, closed="left")]


def positive_number() -> list[Interval]:
    """Return the constraint of a number > 0."""
    return [Interval(Real, 0, None, closed="neither")]


def weight() -> list[Interval]:
    """Return the constraint of a number >= 0."""
    return [Interval(Real, 0, None, closed="left")]


CLASS_WEIGHT = [StrOptions({"balanced"}), dict, None]
PRIOR_CONSTRAINTS = {"prior": [StrOptions({"auto", "frequencies", "weighted"})]}
TRAINING_CONSTRAINTS = {
    "optimizer": [StrOptions({"adamw", "adam", "radam"})],
    "lr": positive_number(),
    "weight_decay": weight(),
    "batch_size": positive_int(2),
    "max_epochs": positive_int(),
    "lr_schedule": [StrOptions({"one_cycle", "cosine"}), None],
    "early_stopping": ["boolean"],
    "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
    "n_iter_no_change": positive_int(),
    "warm_start": ["boolean"],
    "callbacks": ["array-like", None],
    "device": [str, torch.device],
    "random_state": ["random_state"],
    "verbose": ["verbose"],
}
PRETRAINING_CONSTRAINTS = {
    "pretrained": [str, HasMethods("fit"), None],
    "trainable": [StrOptions(set(TRAINABLE))],
    "pretrained_lr_factor": positive_number(),
}
UNFREEZING_CONSTRAINTS = {
    "unfreezing": [StrOptions({"at_once", "gradual"})],
    "layer_lr_decay": [Interval(Real, 0, 1, closed="right")],
}
