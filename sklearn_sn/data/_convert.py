"""From the columns of a table to Ragged: Arrow buffers as they are, Python cells once."""

from collections.abc import Iterator, Mapping
from numbers import Number

import numpy as np
import pandas as pd

from sklearn_sn.data._ragged import Ragged
from sklearn_sn.data._units import to_unit

# Names that a field goes by, in order of preference (the first is ours). sncosmo has such a table
# for photometry (sncosmo.photdata.PHOTDATA_ALIASES); SNANA, ZTF and LSST names are added.
FIELD_ALIASES = {
    "light_curve": {
        "time": ("time", "mjd", "jd", "t", "date", "mjdobs", "mjd_obs", "midpointmjdtai"),
        "band": ("band", "bandpass", "filter", "flt", "passband", "fid"),
        "flux": ("flux", "f", "flux_ujy", "psfflux"),
        "flux_err": (
            "flux_err",
            "fluxerr",
            "flux_error",
            "fluxerror",
            "fe",
            "ferr",
            "flux_ujy_err",
            "psffluxerr",
        ),
    },
    "spectrum": {
        "wavelength": ("wavelength", "wave", "lambda", "lam", "wl"),
        "flux": ("flux", "f", "flux_lambda", "fluxes"),
        "flux_err": ("flux_err", "fluxerr", "flux_error", "error", "err", "sigma", "uncertainty"),
        "time": ("time", "mjd", "date", "obs_time"),
    },
}
_UNITS = {
    "light_curve": {"time": "d", "flux": "uJy", "flux_err": "uJy"},
    "spectrum": {"wavelength": "Angstrom", "time": "d"},
}
# Where photometry comes in other units, as in sncosmo and SNANA.
_ZERO_POINT = ("zp", "zpt")
_REQUIRED = {"light_curve": ("time", "band", "flux"), "spectrum": ("wavelength", "flux")}


def as_ragged(column, kind=None):
    """Convert one column of a table to flat arrays and offsets.

    Nested-pandas and Arrow columns are read from their buffers, whatever the number of objects.
    Cells that hold Python containers are converted one after the other, once.

    Parameters
    ----------
    column : pandas.Series or sequence, shape (n_objects,)
        A nested-pandas column, an Arrow column of lists of structs or of structs of lists, or cells
        that are DataFrames, dicts of arrays, lists of dicts, structured arrays, astropy Tables, or
        None where the object lacks the modality.
    kind : {"light_curve", "spectrum"}, optional
        Rename the fields to the names of this library (``mjd`` to ``time``, ``fluxerr`` to
        ``flux_err`` …), convert astropy units, and require the fields that this modality needs.

    Returns
    -------
    Ragged
        One row per object; a missing modality is an empty row.

    Raises
    ------
    ValueError
        If a field that `kind` needs is missing or not numeric, or if the fields of one object have
        unequal lengths.

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
    if hasattr(array, "struct_array"):
        ragged = _from_arrow(array.struct_array, names)
    elif isinstance(column.dtype, pd.ArrowDtype):
        import pyarrow as pa

        ragged = _from_arrow(pa.chunked_array(array.__arrow_array__()), names)
    else:
        ragged = _from_cells(column, kind)
    return ragged if kind is None else _standard_fields(ragged, kind)


def as_series(cells):
    """A Series of objects; cells that are sequences stay whole."""
    cells = list(cells)
    array = np.empty(len(cells), dtype=object)
    for row, cell in enumerate(cells):  # numpy would look into cells that are sequences
        array[row] = cell
    return pd.Series(array)


def _from_arrow(array, names):
    """Ragged from an Arrow array of lists of structs or of structs of lists."""
    import pyarrow as pa

    if isinstance(array, pa.ChunkedArray):
        if array.num_chunks != 1:  # Arrow cannot join all dictionaries; Ragged can
            chunks = [chunk for chunk in array.chunks if len(chunk)] or [pa.array([], array.type)]
            starts = np.cumsum([0, *map(len, chunks)])
            return Ragged.concatenate(
                [_from_arrow(c, names[k:]) for c, k in zip(chunks, starts[:-1], strict=True)]
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
        structs = array.flatten()
        flat = dict(zip([f.name for f in structs.type], structs.flatten(), strict=True))
        first = _list_lengths(array)
    else:
        raise ValueError(
            f"An Arrow column of light curves or spectra must hold lists of structs or structs of "
            f"lists; got {array.type}."
        )
    fields = {name: _flat_from_arrow(values) for name, values in flat.items()}
    return Ragged(fields, np.concatenate([[0], np.cumsum(first)]))


def _is_list(kind):
    import pyarrow as pa

    return (
        pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    )


def _list_lengths(lists):
    import pyarrow.compute as pc

    return pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False).astype(int)


def _check_equal_lengths(lengths, names):
    first, *others = lengths.items()
    for other in others:
        differ = np.flatnonzero(first[1] != other[1])
        if len(differ):
            row = differ[0]
            raise ValueError(_unequal(names[row], first[0], first[1][row], other[0], other[1][row]))


def _unequal(name, field, size, other, length):
    return (
        f"Object {name!r} has {size} values in {field!r} but {length} in {other!r}; all fields of "
        "an object must be equally long."
    )


def _flat_from_arrow(values):
    import pyarrow as pa

    if pa.types.is_dictionary(values.type):
        if values.dictionary.null_count or len(values.dictionary.unique()) < len(values.dictionary):
            return _flat_from_arrow(values.dictionary_decode())
        codes = values.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
        return pd.Categorical.from_codes(
            codes, pd.Index(values.dictionary.to_pylist(), dtype=object)
        )
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        return _flat_from_arrow(values.dictionary_encode())
    if pa.types.is_binary(values.type) or pa.types.is_large_binary(values.type):
        return _flat_from_arrow(values.cast(pa.string()))
    if pa.types.is_decimal(values.type):
        values = values.cast(pa.float64())
    return values.to_numpy(zero_copy_only=False)


def _from_cells(column, kind):
    """Ragged from Python containers, one cell after the other."""
    parts, lengths = {}, np.zeros(len(column), dtype=np.int64)
    for row, (name, cell) in enumerate(column.items()):
        values = _cell_fields(cell, name, kind)
        lengths[row] = len(next(iter(values.values()), ()))
        # A field that only some objects have (an error, say) is NaN where it lacks.
        for field, array in values.items():
            parts.setdefault(field, []).append((row, array))
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return Ragged({field: _fill(cells, offsets) for field, cells in parts.items()}, offsets)


def _fill(cells, offsets):
    """One flat array from (row, values) pairs."""
    arrays = [values for _, values in cells]
    if any(array.dtype.kind not in "iufbc" for array in arrays):
        flat = np.full(offsets[-1], None, dtype=object)
    else:
        flat = np.full(offsets[-1], np.nan, dtype=np.result_type(np.float64, *arrays))
    for row, values in cells:
        flat[offsets[row] : offsets[row + 1]] = values
    return flat


def _cell_fields(cell, name, kind):
    """The fields of one cell as a dict of arrays; empty when the cell holds nothing."""
    given = {field: values for field, values in _items(cell, name) if values is not None}
    known = _alias_map(given, kind)
    if kind is not None:  # what else a cell holds is of no concern, whatever it is
        given = {f: v for f, v in given.items() if f in known or str(f).lower() in _ZERO_POINT}
    fields = {}
    for field, values in given.items():
        try:
            array = _cell_array(values, _UNITS.get(kind, {}).get(known.get(field)))
            fields[field] = (
                array if kind is None or known.get(field) == "band" else _as_numbers(array)
            )
        except (ValueError, TypeError) as error:
            raise ValueError(f"Object {name!r}, field {field!r}: {error}") from error
    (first, size), *others = [(field, len(v)) for field, v in fields.items()] or [(None, 0)]
    for other, length in others:
        if length != size:
            raise ValueError(_unequal(name, first, size, other, length))
    if size == 0:
        return {}
    if kind is None:
        return {str(field): values for field, values in fields.items()}
    # Under our names at once: objects may differ in theirs, and in their zero points.
    fields = _in_microjansky({known.get(field, field): v for field, v in fields.items()}, kind)
    _require(fields, [field for field, _ in _items(cell, name)], kind, f"Object {name!r}: a")
    return fields


def _items(cell, name):
    """(field, values) pairs of one cell."""
    if cell is None or cell is pd.NaT or cell is pd.NA or (np.isscalar(cell) and pd.isna(cell)):
        return []
    if isinstance(cell, list | tuple) and all(isinstance(point, Mapping) for point in cell):
        fields = dict.fromkeys(field for point in cell for field in point)
        return [(field, [point.get(field) for point in cell]) for field in fields]
    if isinstance(cell, pd.DataFrame):
        return [(field, cell[field].to_numpy()) for field in cell.columns]
    if isinstance(cell, Mapping):
        return list(cell.items())
    if isinstance(cell, np.ndarray) and cell.dtype.names:
        return [(field, cell[field]) for field in cell.dtype.names]
    if hasattr(cell, "colnames"):
        return [(field, cell[field]) for field in cell.colnames]
    raise ValueError(
        f"Object {name!r} has a cell of type {type(cell).__name__}; use a nested-pandas column "
        "or cells that are DataFrames, dicts of arrays, structured arrays or astropy Tables."
    )


def _cell_array(values, unit):
    """A 1-D array of one field; numbers with an astropy unit in `unit`, None where it has any."""
    if isinstance(values, Iterator):
        values = list(values)
    bearer = values[0] if isinstance(values, list | tuple) and len(values) else values
    own = "d" if hasattr(bearer, "mjd") else getattr(bearer, "unit", None)
    if own is not None:
        # Spectra may be on any flux scale: only fields with a unit of ours are converted.
        values = to_unit(values, unit or own)
    if isinstance(values, np.ma.MaskedArray):
        numeric = values.dtype.kind in "iuf"
        values = np.ma.filled(values.astype(float if numeric else object), np.nan)
    array = np.atleast_1d(np.asarray(values))
    if array.ndim != 1:
        raise ValueError(f"it must be 1-D, but has shape {array.shape}.")
    if array.dtype.kind == "S":
        return np.char.decode(array, "utf-8")
    if array.dtype.kind == "O":
        return _numbers_of(array)
    if array.dtype == np.longdouble:
        with np.errstate(over="ignore"):  # infinite points are dropped by the check
            return array.astype(np.float64)
    return array


def _numbers_of(array):
    """Objects that are numbers or null as floats; anything else stays."""
    known = ~pd.isna(array)
    if not all(isinstance(value, Number) for value in array[known]):
        return array
    numbers = np.full(len(array), np.nan)
    numbers[known] = array[known].astype(np.float64)
    return numbers


def _alias_map(fields, kind):
    """Which of our names each given field has: {given: ours}."""
    table = FIELD_ALIASES.get(kind, {})
    lower = {}
    for field in fields:
        lower.setdefault(str(field).lower(), field)
    found = {}
    for ours, aliases in table.items():
        given = next((lower[alias] for alias in aliases if alias in lower), None)
        if given is not None and given not in found:
            found[given] = ours
    return found


def _standard_fields(ragged, kind):
    """Rename fields to ours, keep the ones of this modality, and insist on the needed ones."""
    names = _alias_map(list(ragged.fields), kind)
    fields = {ours: ragged[given] for given, ours in names.items()}
    if ragged.n_points == 0 and not fields:
        fields = {field: np.empty(0) for field in _REQUIRED[kind]}
    _require(fields, list(ragged.fields), kind, "A")
    for field, values in fields.items():
        if field != "band":
            try:
                fields[field] = _as_numbers(values)
            except ValueError as error:
                raise ValueError(f"The field {field!r} of a {kind} column: {error}") from None
    extra = {field: v for field, v in ragged.fields.items() if str(field).lower() in _ZERO_POINT}
    fields = _in_microjansky({**fields, **extra}, kind)
    order = [field for field in FIELD_ALIASES[kind] if field in fields]
    return Ragged({field: fields[field] for field in order}, ragged.offsets)


def _require(fields, found, kind, who):
    missing = [field for field in _REQUIRED[kind] if field not in fields]
    if not missing:
        return
    hint = ""
    if kind == "light_curve" and {"mag", "magnitude", "magpsf"} & {str(f).lower() for f in found}:
        hint = " Magnitudes are converted by sklearn_sn.data.mag_to_flux."
    raise ValueError(
        f"{who} {kind} needs the fields {_REQUIRED[kind]}; {missing[0]!r} is missing (found "
        f"{found}).{hint}"
    )


def _in_microjansky(fields, kind):
    """Fluxes with a zero point in µJy, which have the AB zero point 23.9 (Oke & Gunn 1983)."""
    name = next((field for field in fields if str(field).lower() in _ZERO_POINT), None)
    if name is None or kind != "light_curve":
        return fields
    scale = 10.0 ** (-0.4 * (_as_numbers(fields[name]) - 23.9))
    return {
        field: _as_numbers(values) * scale if field.startswith("flux") else values
        for field, values in fields.items()
        if field != name
    }


def _as_numbers(values):
    if isinstance(values, pd.Categorical):
        if values.codes.max(initial=-1) < 0:  # nothing but nulls
            return np.full(len(values), np.nan)
        values = np.asarray(values.categories, dtype=object)
    if values.dtype.kind not in "iufb":
        raise ValueError(f"it must hold real numbers; got {values[0]!r} of type {values.dtype}.")
    return np.asarray(values, dtype=np.float64)
