"""Prepare light curves block by block, whose arrays fit into the cache of a processor."""

from collections.abc import Callable
from dataclasses import fields
from itertools import pairwise
from typing import Any

import numpy as np

from sklearn_sn.data import Ragged

POINTS_PER_BLOCK = 2**16


def in_blocks(prepare: Callable[[Ragged], Any], curves: Ragged) -> Any:
    """Prepare light curves in blocks of rows, and concatenate the results.

    Parameters
    ----------
    prepare : callable
        Function from a Ragged to a dataclass of arrays and Ragged, whose rows do not depend on
        other rows.
    curves : Ragged of n_rows rows
        The light curves.

    Returns
    -------
    dataclass
        As `prepare` returns for all rows.
    """
    if curves.n_points <= POINTS_PER_BLOCK:
        return prepare(curves)
    # A row belongs to the block in which it begins.
    block = curves.offsets[:-1] // POINTS_PER_BLOCK
    cuts = np.flatnonzero(np.diff(block, prepend=-1, append=block[-1] + 1))
    parts = [prepare(curves.take(slice(start, stop))) for start, stop in pairwise(cuts)]
    columns = {
        field.name: [getattr(part, field.name) for part in parts] for field in fields(parts[0])
    }
    return type(parts[0])(**{name: _joined(values) for name, values in columns.items()})


def _joined(values):
    if values[0] is None:
        return None
    if isinstance(values[0], Ragged):
        return Ragged.concatenate(values)
    return np.concatenate(values)
