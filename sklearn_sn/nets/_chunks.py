"""Chunks of a batch: rows of similar length that are padded together."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

ROWS_PER_CHUNK = 32  # rows padded to one length on a CPU, so that their attention fits its cache
CHUNK_MULTIPLE = 8  # the size of chunks that `cheapest_cuts` chooses is a multiple of this
ROWS_PER_BLOCK = 2  # the same for chunks that are cut by their number of points


def padded_chunks(
    flat: Any, overhead: float | None, device: torch.device, fixed_points: float | None = None
) -> tuple[list[dict[str, np.ndarray]], np.ndarray]:
    """Pad a batch in chunks of rows of similar length.

    Parameters
    ----------
    flat : FlatBatch of n_rows rows
        The inputs of the batch.
    overhead : float or None
        Fixed cost of a step of a recurrent network in rows, by which chunks are cut; None for
        chunks of one size.
    device : torch.device
        Device of the network. Only on a CPU are there several chunks.
    fixed_points : float, optional
        Fixed cost of a chunk in points, by which the chunks of one size are cut further.

    Returns
    -------
    chunks : list of dict of array
        Padded inputs.
    object_index : array of int, shape (n_rows,)
        Position in the batch of the object of each row, in the order of the chunks.
    """
    most = ROWS_PER_CHUNK if overhead is None else CHUNK_MULTIPLE
    most = most if fixed_points is None else ROWS_PER_BLOCK
    # On a GPU, padding costs less than several small kernel launches.
    if len(flat) <= most or device.type != "cpu":
        return [flat.padded()], flat.object_index
    # Lengths are those after augmentation, which removes half of the points.
    order = np.argsort(flat.lengths, kind="stable")
    if fixed_points is not None:
        parts = np.split(order, _cuts_by_points(flat.lengths[order], fixed_points))
    elif overhead is None:
        parts = np.array_split(order, -(-len(flat) // ROWS_PER_CHUNK))
    else:
        parts = np.split(order, cheapest_cuts(flat.lengths[order], overhead))
    return [flat.padded(part) for part in parts], flat.object_index[order]


def cheapest_cuts(lengths: np.ndarray, overhead: float) -> np.ndarray:
    """Cut rows of increasing length into parts, such that padding costs least.

    A part of n rows padded to L points costs L (overhead + n), because one step of a recurrent
    network has a fixed cost equal to that of `overhead` rows.

    Parameters
    ----------
    lengths : array of int, shape (n,)
        Lengths in increasing order.
    overhead : float
        Fixed cost of a step in units of rows.

    Returns
    -------
    array of int
        Positions of the cuts, which are multiples of eight.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_sn.nets import cheapest_cuts
    >>> cheapest_cuts(np.repeat([10, 100], [40, 24]), overhead=10.0)
    array([40])
    """
    ends = np.append(np.arange(CHUNK_MULTIPLE, len(lengths), CHUNK_MULTIPLE), len(lengths))
    starts = np.append(0, ends[:-1])
    longest = np.asarray(lengths, dtype=np.float64)[ends - 1]
    # If one part costs no more than the cheapest two parts could, no cut is needed.
    if longest[-1] * (ends[-1] - 1) <= longest[0] * (overhead + ends[-1] - 1):
        return np.zeros(0, dtype=np.int64)
    return _best_cuts(starts, lambda j: longest[j] * (overhead + ends[j] - starts[: j + 1]))


def _cuts_by_points(lengths, fixed_points):
    """Return the cuts of rows of increasing length of which padding and chunks cost least.

    A chunk of n rows padded to L points costs n L + `fixed_points`, and has at most
    `ROWS_PER_CHUNK` rows.
    """
    ends = np.append(np.arange(ROWS_PER_BLOCK, len(lengths), ROWS_PER_BLOCK), len(lengths))
    starts = np.append(0, ends[:-1])
    longest = np.asarray(lengths, dtype=np.float64)[ends - 1]

    def cost(j):
        n_rows = ends[j] - starts[: j + 1]
        return np.where(n_rows > ROWS_PER_CHUNK, np.inf, longest[j] * n_rows + fixed_points)

    return _best_cuts(starts, cost)


def _best_cuts(starts: np.ndarray, cost: Callable[[int], np.ndarray]) -> np.ndarray:
    """Return the cuts with the least total cost, by dynamic programming over blocks of rows.

    ``cost(j)`` returns the costs of the parts that begin with each of the first j + 1 blocks and
    end with block j.
    """
    # least[j] is the least cost of the first j blocks, and previous[j] the first block of the last
    # part in the best cut of the first j + 1 blocks.
    least = np.zeros(len(starts) + 1)
    previous = np.zeros(len(starts), dtype=np.int64)
    for j in range(len(starts)):
        total = least[: j + 1] + cost(j)
        previous[j] = total.argmin()
        least[j + 1] = total[previous[j]]
    cuts, j = [], len(starts)
    while j:
        j = previous[j - 1]
        cuts.append(starts[j])
    return np.array(cuts[-2::-1], dtype=np.int64)
