"""What a second fit may change, and what it must repeat."""

import numpy as np

# What a second fit of a warm start may change: the rest is built into net and inputs.
FREE = {"max_epochs", "lr", "batch_size", "random_state", "output", "warm_start", "verbose"}


def kept_params(params):
    """The parameters that a second fit of a warm start must repeat."""
    # Callbacks stay those of the first fit; they are not compared, since nothing can store them.
    return {name: v for name, v in params.items() if name not in FREE and name != "callbacks"}


def check_continued(params, first, modalities, table):
    """Refuse a second fit of a warm start that cannot go on from the first.

    Raises
    ------
    ValueError
        Naming the parameter, or what X lacks.
    """
    changed = [name for name in first if not same_parameter(params[name], first[name])]
    if changed:
        raise ValueError(
            f"warm_start goes on with the net of the first fit; the parameters {changed} have "
            f"changed since. Only {sorted(FREE)} may; or set warm_start=False."
        )
    lacking = [name for name in modalities if not table.has(name) or not table.present(name).any()]
    if lacking:
        raise ValueError(
            f"warm_start goes on with the modalities {list(modalities)}; X has no {lacking[0]!r}."
        )


def same_parameter(one, other):
    """Whether two values of a parameter are the same, arrays and dicts included."""
    if one is other:
        return True
    if isinstance(one, str) or isinstance(other, str):
        return isinstance(one, str) and isinstance(other, str) and one == other
    if isinstance(one, list | tuple | np.ndarray) and isinstance(other, list | tuple | np.ndarray):
        return len(one) == len(other) and all(map(same_parameter, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_parameter(one[k], other[k]) for k in one)
    return type(one) is type(other) and not callable(one) and bool(one == other)
