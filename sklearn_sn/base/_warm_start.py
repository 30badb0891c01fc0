"""Checks of the parameters and modalities of a second fit with a warm start."""

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np

from sklearn_sn.data import CheckedTable
from sklearn_sn.encoders import Encoder, TransceiverDecoder
from sklearn_sn.preprocessors import FluxArray

# Parameters that a second fit may change. The others are built into net and preprocessors.
FREE = {"max_epochs", "lr", "batch_size", "random_state", "output", "warm_start", "verbose"}
_PARAMETER_OBJECTS = (Encoder, TransceiverDecoder)


def kept_params(params: dict[str, Any]) -> dict[str, Any]:
    """Return copies of the parameters that a second fit of a warm start must repeat."""
    # Callbacks stay those of the first fit. They are not compared, because files do not store them.
    kept = {name: v for name, v in params.items() if name not in FREE and name != "callbacks"}
    # Copy encoders, because set_params changes them in place.
    return {
        name: copy.deepcopy(v) if isinstance(v, _PARAMETER_OBJECTS) else v
        for name, v in kept.items()
    }


def check_continued(
    params: dict[str, Any],
    first: dict[str, Any],
    modalities: Sequence[str],
    table: CheckedTable | FluxArray,
    is_part: bool = False,
) -> None:
    """Raise a ValueError if a second fit cannot continue from the first.

    Parameters
    ----------
    params, first : dict
        Parameters of this fit and of the first fit.
    modalities : sequence of str
        Modalities of the first fit.
    table : CheckedTable
        The table of this fit.
    is_part : bool, default=False
        Whether the table is a part of files, which may lack a modality that other parts have.
    """
    # Files of earlier versions may hold parameters that no longer exist.
    kept = first.keys() & params.keys()
    changed = [
        name for name in first if name in kept and not same_parameter(params[name], first[name])
    ]
    if changed:
        raise ValueError(
            f"warm_start continues with the net of the first fit; the parameters {changed} have "
            f"changed since. Change only {sorted(FREE)}, or set warm_start=False."
        )
    lacking = [
        name
        for name in modalities
        if not (table.has(name) and (is_part or table.present(name).any()))
    ]
    if lacking:
        raise ValueError(
            f"warm_start continues with the modalities {list(modalities)}; X has no {lacking[0]!r}."
        )


def same_parameter(one: Any, other: Any) -> bool:
    """Return whether two values of a parameter are equal, arrays, dicts and encoders included."""
    if one is other:
        return True
    # Elements of arrays equal those of lists.
    one, other = (v.item() if isinstance(v, np.generic) else v for v in (one, other))
    if isinstance(one, str) or isinstance(other, str):
        return isinstance(one, str) and isinstance(other, str) and one == other
    if isinstance(one, list | tuple | np.ndarray) and isinstance(other, list | tuple | np.ndarray):
        return len(one) == len(other) and all(map(same_parameter, one, other))
    if isinstance(one, _PARAMETER_OBJECTS) and type(one) is type(other):
        return same_parameter(one.get_params(deep=False), other.get_params(deep=False))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_parameter(one[k], other[k]) for k in one)
    return type(one) is type(other) and not callable(one) and bool(one == other)
