"""Conversion of columns to Ragged: from Arrow buffers, or from Python cells."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sklearn_sn.data._cells import ragged_from_cells
from sklearn_sn.data._fields import (
    FIELD_ALIASES,
    REQUIRED,
    SCALE,
    TEXTS,
    alias_map,
    as_numbers,
    require,
    scale_of_name,
    unequal,
)
from sklearn_sn.data._names import names_dtype
from sklearn_sn.data._ragged import Ragged
from sklearn_sn.data._text_codes import dictionary_of_text
from sklearn_sn.data._zero_points import in_microjansky


def as_ragged(column: pd.Series | Sequence[Any], kind: str | None = None) -> Ragged:
    """Convert one column of a table to flat arrays and offsets.

    Nested-pandas and Arrow columns are read from their buffers, at a cost that does not depend on
    the number of objects. Cells that hold Python containers are converted one after the other.

    Parameters
    ----------
    column : pandas.Series or sequence, shape (n_objects,)
        A nested-pandas column, an Arrow column of lists of structs or of structs of lists, or cells
        that are DataFrames, dicts (or Series) of arrays, lists of dicts, structured arrays, astropy
        Tables, or None where the object lacks the modality.
    kind : {"light_curve", "spectrum"}, optional
        Modality. If given, fields get canonical names (``mjd`` becomes ``time``, ``fluxerr``
        becomes ``flux_err`` …), astropy units are converted, and the fields that the modality needs
        are required. See Notes for fluxes in other units.

    Returns
    -------
    Ragged
        One row per object; a missing modality is an empty row.

    Raises
    ------
    ValueError
        If a required field is missing or not numeric, if the fields of one object have unequal
        lengths, if a unit cannot be converted, if the system of a zero point is unknown, or if the
        unit of an error is ambiguous.

    Notes
    -----
    Fluxes of light curves are converted to µJy. A flux with an astropy unit is converted by its
    unit. A flux without a unit is in µJy, unless the object has a zero point (``zp``, ``zpt``,
    ``zero_point``): the magnitude of flux 1, in the system of the field ``zpsys`` (or ``system``,
    ``magsys``), AB by default or Vega. Fluxes and errors with the names of Rubin, ``psfFlux`` and
    ``psfFluxErr``, are in nJy if they have neither unit nor zero point. An error whose scale is
    given neither by a unit nor by its name has the scale of its flux. An error in magnitudes, and
    an error without a unit beside a flux in magnitudes, are rejected.

    Fluxes of spectra with a unit, per wavelength or frequency, are converted to erg/s/cm²/Å.
    Fluxes without a unit and dimensionless ones are relative and unchanged. An error without a
    unit has the unit of its flux.

    Examples
    --------
    >>> from sklearn_sn.data import as_ragged
    >>> cells = [{"mjd": [59000.0, 59001.0], "filter": ["g", "r"], "flux": [1.0, 2.0]}, None]
    >>> as_ragged(cells, kind="light_curve")
    Ragged(2 rows, 2 points, fields ['time', 'band', 'flux'])
    """
    column = column if isinstance(column, pd.Series) else as_series(column)
    names = column.index
    array = column.array
    if hasattr(type(array), "struct_array"):
        # Recent versions of nested-pandas store lists of structs, and would convert them.
        stored = array.list_array if hasattr(type(array), "list_array") else array.struct_array
        ragged = _from_arrow(stored, names, kind)
    elif isinstance(column.dtype, pd.ArrowDtype):
        import pyarrow as pa

        ragged = _from_arrow(pa.chunked_array(array.__arrow_array__()), names, kind)
    else:
        ragged = ragged_from_cells(column, kind)
    return ragged if kind is None else _standard_fields(ragged, kind, names)


def as_series(cells):
    """Return cells as a Series of objects; cells that are sequences are kept whole.

    Parameters
    ----------
    cells : iterable of length n_objects
        Cells of a column.

    Returns
    -------
    pandas.Series of object, shape (n_objects,)
    """
    cells = list(cells)
    array = np.empty(len(cells), dtype=object)
    for row, cell in enumerate(cells):  # numpy would unpack cells that are sequences
        array[row] = cell
    return pd.Series(array)


def _from_arrow(array, names, kind):
    """Convert an Arrow array of lists of structs, or of structs of lists, to a Ragged."""
    import pyarrow as pa

    if isinstance(array, pa.ChunkedArray):
        if array.num_chunks != 1:  # Arrow cannot unify every kind of dictionary; Ragged can
            chunks = [chunk for chunk in array.chunks if len(chunk)] or [pa.array([], array.type)]
            starts = np.cumsum([0, *map(len, chunks)])
            return Ragged.concatenate(
                [_from_arrow(c, names[k:], kind) for c, k in zip(chunks, starts[:-1], strict=True)]
            )
        array = array.chunk(0)
    if pa.types.is_null(array.type):
        return Ragged({}, np.zeros(len(array) + 1, dtype=np.int64))
    if pa.types.is_struct(array.type) and all(_is_list(field.type) for field in array.type):
        lists = dict(zip([field.name for field in array.type], array.flatten(), strict=True))
        lengths = {name: _list_lengths(values) for name, values in lists.items()}
        _check_equal_lengths(lengths, names)
        flat = {name: values.flatten() for name, values in lists.items()}
        first = next(iter(lengths.values()), np.zeros(len(array), dtype=np.int64))
    elif _is_list(array.type) and pa.types.is_struct(array.type.value_type):
        structs, first = _flattened(array), _list_lengths(array)
        flat = dict(zip([f.name for f in structs.type], structs.flatten(), strict=True))
    else:
        raise ValueError(
            f"An Arrow column of light curves or spectra must hold lists of structs or structs of "
            f"lists; got {array.type}."
        )
    # Other fields of a column may be of any type, and are skipped.
    fields = {
        name: _flat_from_arrow(values)
        for name, values in flat.items()
        if kind is None or not pa.types.is_nested(values.type) or name in alias_map(flat, kind)
    }
    offsets = np.zeros(len(first) + 1, dtype=np.int64)
    np.cumsum(first, out=offsets[1:])
    return Ragged(fields, offsets)


def _is_list(kind):
    import pyarrow as pa

    return (
        pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    )


def _has_plain_offsets(lists):
    """Return whether the offsets of an Arrow array, views of its memory, give its lengths."""
    import pyarrow as pa

    # A null list may have a length there.
    return lists.null_count == 0 and not pa.types.is_fixed_size_list(lists.type)


def _flattened(lists):
    """Return the values of all lists of an Arrow array, as its method flatten, without a copy."""
    if not _has_plain_offsets(lists):
        return lists.flatten()
    offsets = lists.offsets.to_numpy()
    return lists.values[offsets[0] : offsets[-1]]


def _list_lengths(lists):
    import pyarrow.compute as pc

    if _has_plain_offsets(lists):
        offsets = lists.offsets.to_numpy()
        return (offsets[1:] - offsets[:-1]).astype(np.int64)
    return pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False).astype(int)


def _check_equal_lengths(lengths, names):
    """Raise if two fields of one object differ in length."""
    first, *others = lengths.items()
    for other in others:
        differ = np.flatnonzero(first[1] != other[1])
        if len(differ):
            row = differ[0]
            raise ValueError(unequal(names[row], first[0], first[1][row], other[0], other[1][row]))


def _flat_from_arrow(values):
    """Return a flat Arrow array as numpy, text as a Categorical."""
    import pyarrow as pa

    if pa.types.is_dictionary(values.type):
        # pandas requires distinct categories without null.
        if values.dictionary.null_count or len(values.dictionary.unique()) < len(values.dictionary):
            return _flat_from_arrow(values.dictionary_decode())
        return _categorical_from_arrow(values)
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        return _categorical_from_arrow(dictionary_of_text(values))
    if pa.types.is_binary(values.type) or pa.types.is_large_binary(values.type):
        return _flat_from_arrow(values.cast(pa.string()))
    if pa.types.is_decimal(values.type):
        values = values.cast(pa.float64())
    return values.to_numpy(zero_copy_only=False)


def _categorical_from_arrow(values):
    """Return an Arrow array of codes of distinct names as a Categorical."""
    import pyarrow as pa

    codes = values.indices
    if codes.null_count:
        codes = codes.cast(pa.int64()).fill_null(-1)
    codes = codes.to_numpy(zero_copy_only=False)
    dtype = names_dtype(*values.dictionary.to_pylist())
    return pd.Categorical.from_codes(codes, dtype=dtype, validate=False)


def _standard_fields(ragged, kind, names):
    """Return the fields of a modality under canonical names, with fluxes of light curves in µJy."""
    canonical = alias_map(list(ragged.fields), kind)
    fields = {ours: ragged[given] for given, ours in canonical.items()}
    if ragged.n_points == 0 and not fields:
        fields = {field: np.empty(0) for field in REQUIRED[kind]}
    require(fields, list(ragged.fields), kind, "A")
    for field, values in fields.items():
        if field not in TEXTS:
            try:
                fields[field] = as_numbers(values)
            except ValueError as error:
                raise ValueError(f"The field {field!r} of a {kind} column: {error}") from None
    if "zero_point" in fields:
        fields = in_microjansky(fields, ragged.rows, names)
    elif kind == "light_curve":
        _rescale_by_name(fields, {ours: given for given, ours in canonical.items()})
    order = [field for field in FIELD_ALIASES[kind] if field in fields and field not in SCALE]
    return ragged.with_fields(**{field: fields[field] for field in order}).select(*order)


def _rescale_by_name(fields, given):
    """Convert fluxes and errors to µJy, in place, if their given names imply another unit."""
    flux_scale = scale_of_name(given["flux"]) if "flux" in given else 1.0
    for field, default in (("flux", 1.0), ("flux_err", flux_scale)):
        if field in given:
            scale = scale_of_name(given[field], default)
            fields[field] = fields[field] if scale == 1 else fields[field] * scale
