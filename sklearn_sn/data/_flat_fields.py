"""Flat fields of a Ragged: numpy arrays and Categoricals."""

import numpy as np
import pandas as pd

from sklearn_sn.data._names import as_categorical, is_unmixed


def as_flat(values):
    """Return a field as a flat array; text becomes a Categorical.

    Parameters
    ----------
    values : array-like of shape (n_points,)
        Numbers, text, or names of mixed types.

    Returns
    -------
    ndarray or Categorical of shape (n_points,)

    Raises
    ------
    ValueError
        If the field is not 1-D.
    """
    if isinstance(values, pd.Categorical):
        return values
    if isinstance(values, pd.Series | pd.Index):
        values = values.array
        if isinstance(values, pd.Categorical):
            return values
    values = np.asarray(values)
    if values.ndim != 1:
        raise ValueError(f"A field of a Ragged must be 1-D; got shape {values.shape}.")
    return as_categorical(values) if values.dtype.kind in "OUS" else values


def sort_key(values):
    """Return the array by which a field is sorted: the codes of a Categorical.

    Parameters
    ----------
    values : ndarray or Categorical of shape (n_points,)
        A flat field.

    Returns
    -------
    ndarray of shape (n_points,)
    """
    return values.codes if isinstance(values, pd.Categorical) else values


def concatenate_fields(parts):
    """Concatenate flat fields.

    Parameters
    ----------
    parts : list of ndarray or Categorical
        Parts of one field.

    Returns
    -------
    ndarray or Categorical
        A Categorical if any part is.
    """
    if not any(isinstance(part, pd.Categorical) for part in parts):
        return np.concatenate(parts)
    parts = [
        part if isinstance(part, pd.Categorical) else pd.Categorical(part.astype(object))
        for part in parts
    ]
    # pandas unites only categories of one dtype, and pandas 3 has two for text.
    parts = [part.rename_categories(part.categories.astype(object)) for part in parts]
    if is_unmixed(np.concatenate([np.asarray(part.categories) for part in parts])):
        return pd.api.types.union_categoricals(parts)
    return as_categorical(np.concatenate([np.asarray(part, dtype=object) for part in parts]))


def to_arrow(values):
    """Return a flat field as an Arrow array; names become strings.

    Parameters
    ----------
    values : ndarray or Categorical of shape (n_points,)
        A flat field.

    Returns
    -------
    pyarrow.Array of length n_points
    """
    import pyarrow as pa

    if isinstance(values, pd.Categorical):
        names = [*values.categories]
        if not all(type(name) is str for name in names):
            names = values.categories.astype(str)
        names = pa.array(names, type=pa.string())
        codes = pa.array(values.codes, mask=values.codes < 0)
        return pa.DictionaryArray.from_arrays(codes, names).dictionary_decode()
    # Arrow supports neither foreign byte order nor long doubles.
    kind = np.float64 if values.dtype == np.longdouble else values.dtype.newbyteorder("=")
    return pa.array(np.ascontiguousarray(values, dtype=kind))


def nested_array(fields, offsets):
    """Return flat fields as an array of nested-pandas.

    Parameters
    ----------
    fields : dict of str to (ndarray or Categorical of shape (n_points,))
        Flat fields.
    offsets : ndarray of int, shape (n_rows + 1,)
        Start of each row.

    Returns
    -------
    NestedExtensionArray of length n_rows
    """
    import pyarrow as pa
    from nested_pandas.series.ext_array import NestedExtensionArray

    offsets = pa.array(offsets.astype(np.int32))
    arrays = [to_arrow(values) for values in fields.values()]
    if arrays and hasattr(NestedExtensionArray, "list_array"):
        # The form in which recent versions of nested-pandas store a column.
        structs = pa.StructArray.from_arrays(arrays, names=list(fields))
        return NestedExtensionArray(pa.ListArray.from_arrays(offsets, structs))
    lists = [pa.ListArray.from_arrays(offsets, values) for values in arrays]
    struct = pa.StructArray.from_arrays(lists, names=list(fields))
    # All lists have the same offsets, which is what the validation would check.
    return NestedExtensionArray(struct, validate=False)
