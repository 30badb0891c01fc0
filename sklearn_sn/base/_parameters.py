"""The one table of the parameters that every network estimator has."""

from numbers import Integral, Real

from sklearn.utils._param_validation import Interval, StrOptions

TRAINING_CONSTRAINTS = {
    "optimizer": [StrOptions({"adamw", "adam", "radam"})],
    "lr": [Interval(Real, 0, None, closed="neither")],
    "weight_decay": [Interval(Real, 0, None, closed="left")],
    "batch_size": [Interval(Integral, 2, None, closed="left")],
    "max_epochs": [Interval(Integral, 1, None, closed="left")],
    "lr_schedule": [StrOptions({"one_cycle", "cosine"}), None],
    "early_stopping": ["boolean"],
    "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
    "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
    "warm_start": ["boolean"],
    "callbacks": ["array-like", None],
    "device": [str],
    "random_state": ["random_state"],
    "verbose": ["verbose"],
}


def size(low=1):
    """Constraint of a whole number from `low` on."""
    return [Interval(Integral, low, None, closed="left")]


def fraction():
    """Constraint of a number in [0, 1)."""
    return [Interval(Real, 0, 1, closed="left")]
