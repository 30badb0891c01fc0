"""Reductions of the rows of ragged arrays."""

import numpy as np

_UFUNCS = {"sum": np.add, "min": np.minimum, "max": np.maximum}
_FIRST = np.zeros(1, dtype=np.intp)  # start of a single row


def reduce_rows(how, values, offsets, empty=np.nan):
    """Reduce every row to one number.

    Parameters
    ----------
    how : {"sum", "min", "max", "mean", "count", "first", "last", "any", "all"}
        Reduction.
    values : array of shape (n_points,)
        Flat values.
    offsets : ndarray of int, shape (n_rows + 1,)
        Start of each row; the last entry is the number of points.
    empty : float, default=nan
        Result for an empty row, except that sum and count are 0, any is False, all is True.

    Returns
    -------
    ndarray of shape (n_rows,)

    Raises
    ------
    ValueError
        If the reduction is unknown.
    """
    lengths = offsets[1:] - offsets[:-1]
    if how == "count":
        return lengths
    values = np.asarray(values)
    if how in ("any", "all"):
        counts = reduce_rows("sum", values.astype(np.int64), offsets)
        return counts > 0 if how == "any" else counts == lengths
    if how in _UFUNCS and len(offsets) == 2 and len(values):
        # The function of several rows, because that of one row adds in another order.
        return _UFUNCS[how].reduceat(values, _FIRST)
    is_full = bool(lengths.all())
    filled = slice(None) if is_full else np.flatnonzero(lengths)
    starts = offsets[:-1][filled]
    if how in _UFUNCS:
        out = _UFUNCS[how].reduceat(values, starts) if len(starts) else values[:0]
    elif how == "mean":
        sums = reduce_rows("sum", values.astype(np.float64), offsets)
        out = sums[filled] / lengths[filled]
    elif how == "first":
        out = values[starts]
    elif how == "last":
        out = values[offsets[1:][filled] - 1]
    else:
        raise ValueError(
            "The 'how' parameter of reduce must be 'sum', 'min', 'max', 'mean', 'count', 'first', "
            f"'last', 'any' or 'all'. Got {how!r} instead."
        )
    if is_full:
        return np.asarray(out)
    # reduceat has no result for empty rows: they get the neutral element or `empty`.
    result = np.full(
        len(lengths),
        0 if how == "sum" else empty,
        dtype=out.dtype if how == "sum" else np.result_type(out.dtype, type(empty)),
    )
    result[filled] = out
    return result
