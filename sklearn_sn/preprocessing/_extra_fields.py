"""Preserve point fields that the library does not use."""

import numpy as np
import pandas as pd
import pyarrow as pa

from sklearn_sn.data import FIELD_ALIASES, cell_items

_NUMBERS = (bool, np.bool_, int, np.integer, float, np.floating)


def extra_fields(column, kind, lengths):
    """Return the fields of a column that are not recognised under any alias.

    Parameters
    ----------
    column : pandas.Series of n_objects cells
        Column in any form that :func:`sklearn_sn.data.as_ragged` accepts.
    kind : {"light_curve", "spectrum"}
        Kind of the column.
    lengths : array of int, shape (n_objects,)
        Number of points of each object.

    Returns
    -------
    dict of str to pyarrow.Array or pyarrow.ChunkedArray, of shape (n_points,)
        Fields as Arrow arrays, so that any type passes unchanged. For cells that are Python
        containers, a field must have one value per point and one unit in all objects; the unit is
        dropped, mixed numbers and booleans become floats, and objects without the field get nulls.
        Other fields, such as 2-D ones, are omitted.
    """
    known_names = {alias for aliases in FIELD_ALIASES[kind].values() for alias in aliases}
    array = column.array
    if hasattr(array, "struct_array"):
        fields = _from_arrow(array.struct_array)
    elif isinstance(column.dtype, pd.ArrowDtype):
        fields = _from_arrow(array.__arrow_array__())
    else:
        return _from_cells(column, known_names, lengths)
    return {name: values for name, values in fields.items() if name.lower() not in known_names}


def with_extra_fields(series, fields, positions):
    """Add fields to a nested column.

    Parameters
    ----------
    series : pandas.Series of nested dtype
        Nested column.
    fields : dict of str to pyarrow.Array or pyarrow.ChunkedArray
        Fields of the original column.
    positions : array of int, shape (n_points,)
        Index into the fields of each point of `series`.

    Returns
    -------
    pandas.Series of nested dtype
        The column with the fields added.
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


def _from_arrow(array):
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
            if pa.types.is_dictionary(values.type):  # Arrow cannot always join dictionaries
                values = values.dictionary_decode()
            parts.setdefault(name, []).append(values)
    return {name: pa.chunked_array(arrays) for name, arrays in parts.items()}


def _from_cells(column, known_names, lengths):
    parts, units = {}, {}
    for row, (name, cell) in enumerate(column.items()):
        for field, values in cell_items(cell, name):
            if str(field).lower() in known_names:
                continue
            units.setdefault(str(field), set()).update(_units(values))
            values = _plain(values)
            if values.shape == (lengths[row],):
                parts.setdefault(str(field), []).append((row, values))
    # Place the cells of each field at the points of their objects; other points stay null.
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    fields = {}
    for field, cells in parts.items():
        if len(units[field]) > 1:  # without units, the values would be on different scales
            continue
        indices = np.full(offsets[-1], -1)
        for row, values in cells:
            indices[offsets[row] : offsets[row + 1]] = len(values)
        indices[indices >= 0] = np.arange(np.count_nonzero(indices >= 0))
        try:
            values = pa.array(_joined([values for _, values in cells]))
        except (pa.ArrowException, OverflowError):
            continue  # Arrow has no type for it
        fields[field] = values.take(pa.array(indices, mask=indices < 0))
    return fields


def _joined(arrays):
    """Concatenate the arrays of all objects to one array of a common type, with None for nulls."""
    kinds = {values.dtype.kind for values in arrays}
    if kinds <= set("iuf") or (len(kinds) == 1 and "O" not in kinds):
        return np.concatenate(arrays)
    flat = np.concatenate([values.astype(object) for values in arrays])  # keep numbers as numbers
    null = pd.isna(flat)
    types = set(map(type, flat[~null]))
    integers = {kind for kind in types if issubclass(kind, int | np.integer) and kind is not bool}
    flags = types & {bool, np.bool_}
    numbers = all(issubclass(kind, _NUMBERS) for kind in types)
    if numbers and types not in (flags, integers):
        flat[null] = np.nan
        return flat.astype(np.float64)
    flat[null] = None
    return flat


def _plain(values):
    """Convert values to a bare array without units; a 0-D array if they are not an array."""
    if isinstance(values, np.ma.MaskedArray):
        data, mask = np.ma.getdata(values, subok=False), np.ma.getmaskarray(values)
    elif hasattr(values, "unmasked") and hasattr(values, "mask"):  # astropy's Masked
        data, mask = values.unmasked, np.asarray(values.mask)
    else:
        return _bare(values)
    data = _bare(data)
    if data.shape != mask.shape:
        return np.empty(())
    if data.dtype.kind in "iuf":
        return np.where(mask, np.nan, data)
    plain = data.astype(object)
    plain[mask] = None
    return plain


def _bare(values):
    if isinstance(values, list | tuple):
        values = [getattr(v, "value", v) if hasattr(v, "to_value") else v for v in values]
    elif hasattr(values, "to_value"):  # a Quantity or a Time
        values = values.value
    try:
        array = np.asarray(values)
        if array.dtype.kind in "US" and not all(isinstance(v, str | bytes) for v in values):
            array = np.asarray(values, dtype=object)  # keep a missing name, not the text "nan"
        values = array
    except (ValueError, TypeError):  # of unequal shapes
        return np.empty(())
    if values.dtype == np.longdouble:  # unknown to Arrow, as are the swapped bytes of FITS
        return values.astype(np.float64)
    return values.astype(values.dtype.newbyteorder("="), copy=False)


def _units(values):
    """Return the units of a field as a set of text; empty if it has none."""
    values = values if isinstance(values, list | tuple) else [values]
    return {str(v.unit) for v in values if getattr(v, "unit", None) is not None}
