"""Fields of points that this library does not read, carried along with the points that stay."""

import numpy as np
import pandas as pd
import pyarrow as pa

from sklearn_sn.data import FIELD_ALIASES, cell_items

_NUMBERS = (bool, np.bool_, int, np.integer, float, np.floating)


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
        fields with one value per point, of one type and unit in all objects; the unit goes, numbers
        and booleans together become floats, and an object that lacks the field has nulls. What is
        not so, a field of two dimensions say, is left out.
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
    parts, units = {}, {}
    for row, (name, cell) in enumerate(column.items()):
        for field, values in cell_items(cell, name):
            if str(field).lower() in known:
                continue
            units.setdefault(str(field), set()).update(_units(values))
            values = _plain(values)
            if values.shape == (lengths[row],):
                parts.setdefault(str(field), []).append((row, values))
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    fields = {}
    for field, cells in parts.items():
        if len(units[field]) > 1:  # bare values would be on several scales
            continue
        at = np.full(offsets[-1], -1)
        for row, values in cells:
            at[offsets[row] : offsets[row + 1]] = len(values)
        at[at >= 0] = np.arange(np.count_nonzero(at >= 0))
        try:
            values = pa.array(_joined([values for _, values in cells]))
        except (pa.ArrowException, OverflowError):
            continue  # Arrow has no type for it
        fields[field] = values.take(pa.array(at, mask=at < 0))
    return fields


def _joined(arrays):
    """Arrays of all objects as one, of a type that holds them all; None where objects are null."""
    kinds = {values.dtype.kind for values in arrays}
    if kinds <= set("iuf") or (len(kinds) == 1 and "O" not in kinds):
        return np.concatenate(arrays)
    flat = np.concatenate([values.astype(object) for values in arrays])  # not numbers as text
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
    """Values without units, as a bare array; of no shape where they make none."""
    if isinstance(values, np.ma.MaskedArray):
        data, mask = np.ma.getdata(values, subok=False), np.ma.getmaskarray(values)
    elif hasattr(values, "unmasked") and hasattr(values, "mask"):  # as astropy masks
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
            array = np.asarray(values, dtype=object)  # a missing name is not the text "nan"
        values = array
    except (ValueError, TypeError):  # of unequal shapes
        return np.empty(())
    if values.dtype == np.longdouble:  # which Arrow lacks, as it does swapped bytes (FITS)
        return values.astype(np.float64)
    return values.astype(values.dtype.newbyteorder("="), copy=False)


def _units(values):
    """The units of a field as text, none if it is bare."""
    values = values if isinstance(values, list | tuple) else [values]
    return {str(v.unit) for v in values if getattr(v, "unit", None) is not None}
