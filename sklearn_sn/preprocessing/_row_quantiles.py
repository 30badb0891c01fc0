"""Quantiles of the rows of ragged arrays."""

import numpy as np

from sklearn_sn.data import Ragged


def row_quantile(rows: np.ndarray, values: np.ndarray, n_rows: int, quantile: float) -> np.ndarray:
    """Return a quantile of every row, linearly interpolated as :func:`numpy.quantile` does.

    Parameters
    ----------
    rows : array of int, shape (n_points,)
        Row of every value, 0 … n_rows - 1, in any order.
    values : array of float, shape (n_points,)
        Finite values.
    n_rows : int
        Number of rows.
    quantile : float
        Between 0 and 1.

    Returns
    -------
    array of float, shape (n_rows,)
        NaN for rows without values.
    """
    out = np.full(n_rows, np.nan)
    if len(values) == 0:
        return out
    ordered = Ragged.from_groups(rows, n_rows, {"value": values}).sort("value")
    filled = ordered.lengths > 0
    position = quantile * (ordered.lengths[filled] - 1)
    low = np.floor(position).astype(np.int64)
    high = np.ceil(position).astype(np.int64)
    start, value = ordered.offsets[:-1][filled], ordered["value"]
    share = position - low
    out[filled] = value[start + low] * (1 - share) + value[start + high] * share
    return out
