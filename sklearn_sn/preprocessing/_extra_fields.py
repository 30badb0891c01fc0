"""Fields of points that this library does not read, carried along with the points that stay."""

import numpy as np
import pandas as pd
import pyarrow as pa

from sklearn_sn.data._cells import cell_items
from sklearn_sn.data._fields import FIELD_ALIASES


def extra_fields(column, kind, lengths):
    """The fields of a column that are none of ours, by any of their names.

    Parameters
    ----------
    column : pandas.Series of n_objects cells
        As :func:`sklearn_sn.data.as_ragged` takes it.
    kind : {"light_curve", "spectrum"}
    lengths : array of int, shape (n_objects,)
        Number of points of each object.

    Returns
    -------
    dict of str to pyarrow.Array or pyarrow.ChunkedArray, of shape (n_points,)
        In Arrow, so that a field of any type passes unchanged. Of cells that are Python containers,
        fields with one bare value per point; null where an object lacks the field.
    """
    known = {alias for aliases in FIELD_ALIASES[kind].values() for alias in aliases}
    array = column.array
    if hasattr(array, "struct_array"):
        fields = _of_arrow(array.struct_array)
    elif isinstance(column.dtype, pd.ArrowDtype):
        fields = _of_arrow(array.__arrow_array__())
    else:
        return _of_cells(column, known, lengths)
    return {name: values for name, values in fields.items() if name.lower() not in known}


def with_extra_fields(series, fields, positions):
    """Add fields to a nested column.

    Parameters
    ----------
    series : pandas.Series of nested dtype
    fields : dict of str to pyarrow.Array or pyarrow.ChunkedArray
    positions : array of int, shape (n_points,)
        Which entry of the fields each point of the column has.

    Returns
    -------
    pandas.Series of nested dtype
    """
    from nested_pandas.series.ext_array import NestedExtensionArray

    struct = series.array.struct_array
    struct = struct.combine_chunks() if isinstance(struct, pa.ChunkedArray) else struct
    lists = dict(zip([field.name for field in struct.type], struct.flatten(), strict=True))
    first = next(iter(lists.values()))  # a ListArray or, in newer nested-pandas, a LargeListArray
    for name, values in fields.items():
        values = values.take(pa.array(positions))
        flat = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
        lists[name] = type(first).from_arrays(first.offsets, flat)
    struct = pa.StructArray.from_arrays(list(lists.values()), names=list(lists))
    return pd.Series(NestedExtensionArray(struct), index=series.index, name=series.name)


def _of_arrow(array):
    chunks = array.chunks if isinstance(array, pa.ChunkedArray) else [array]
    parts = {}
    for chunk in chunks:
        if pa.types.is_struct(chunk.type):
            names = [field.name for field in chunk.type]
            flat = [values.flatten() for values in chunk.flatten()]
        elif pa.types.is_null(chunk.type):
            continue
        else:  # a list of structs
            points = chunk.flatten()
            names, flat = [field.name for field in points.type], points.flatten()
        for name, values in zip(names, flat, strict=True):
            if pa.types.is_dictionary(values.type):  # Arrow cannot join all of them
                values = values.dictionary_decode()
            parts.setdefault(name, []).append(values)
    return {name: pa.chunked_array(arrays) for name, arrays in parts.items()}


def _of_cells(column, known, lengths):
    parts = {}
    for row, (name, cell) in enumerate(column.items()):
        for field, values in cell_items(cell, name):
            if str(field).lower() in known or getattr(values, "unit", None) is not None:
                continue
            values = _plain(values)
            if values.shape == (lengths[row],):
                parts.setdefault(str(field), []).append((row, values))
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    fields = {}
    for field, cells in parts.items():
        arrays = [values for _, values in cells]
        kinds = {values.dtype.kind for values in arrays}
        if len(kinds) > 1 and not kinds <= set("iuf"):  # numpy would make text of numbers
            arrays = [values.astype(object) for values in arrays]
        at = np.full(offsets[-1], -1)
        for row, values in cells:
            at[offsets[row] : offsets[row + 1]] = len(values)
        at[at >= 0] = np.arange(np.count_nonzero(at >= 0))
        try:
            values = pa.array(np.concatenate(arrays))
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
            continue  # neither numbers nor text
        fields[field] = values.take(pa.array(at, mask=at < 0))
    return fields


def _plain(values):
    if isinstance(values, np.ma.MaskedArray):
        if values.dtype.kind in "iuf":
            return values.astype(np.float64).filled(np.nan)
        plain = values.data.astype(object)
        plain[np.ma.getmaskarray(values)] = None
        return plain
    try:
        return np.asarray(values)
    except ValueError:  # of unequal shapes
        return np.empty(())
