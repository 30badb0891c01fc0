"""From the columns of a table to Ragged: Arrow buffers as they are, Python cells once."""

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
    column = column if isinstance(column, pd.Series) else _as_series(column)
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


def _as_series(cells):
    series = pd.Series([None] * len(cells), dtype=object)
    for row, cell in enumerate(cells):
        series.iat[row] = cell
    return series


def _from_arrow(chunked, names):
    """Ragged from an Arrow array of lists of structs or of structs of lists."""
    import pyarrow as pa

    array = chunked.combine_chunks() if isinstance(chunked, pa.ChunkedArray) else chunked
    if isinstance(array, pa.ChunkedArray):  # an empty or multi-chunk remainder
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    if pa.types.is_struct(array.type):
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

    return pa.types.is_list(kind) or pa.types.is_large_list(kind)


def _list_lengths(lists):
    import pyarrow.compute as pc

    return pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False).astype(int)


def _check_equal_lengths(lengths, names):
    first, *others = lengths.items()
    for other in others:
        differ = np.flatnonzero(first[1] != other[1])
        if len(differ):
            row = differ[0]
            raise ValueError(
                f"Object {names[row]!r} has {first[1][row]} values in {first[0]!r} but "
                f"{other[1][row]} in {other[0]!r}; all fields of an object must be equally long."
            )


def _flat_from_arrow(values):
    import pyarrow as pa

    if pa.types.is_dictionary(values.type):
        return pd.Categorical.from_codes(
            values.indices.fill_null(-1).to_numpy(zero_copy_only=False),
            pd.Index(values.dictionary.to_pylist(), dtype=object),
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
    fields = None
    for row, (name, cell) in enumerate(column.items()):
        values = _cell_fields(cell, name, kind)
        if not values:
            continue
        sizes = {field: len(array) for field, array in values.items()}
        if len(set(sizes.values())) > 1:
            first, *others = sizes.items()
            other = next(item for item in others if item[1] != first[1])
            raise ValueError(
                f"Object {name!r} has {first[1]} values in {first[0]!r} but {other[1]} in "
                f"{other[0]!r}; all fields of an object must be equally long."
            )
        lengths[row] = next(iter(sizes.values()))
        if lengths[row] == 0:
            continue
        # A field that only some objects have (an error, say) is NaN where it lacks.
        fields = fields or {}
        for field in values:
            if field not in fields:
                fields[field] = None
        for field in fields:
            parts.setdefault(field, []).append((row, values.get(field)))
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return Ragged({f: _fill(parts[f], offsets) for f in fields or {}}, offsets)


def _fill(cells, offsets):
    """One flat array from (row, values or None) pairs."""
    arrays = [values for _, values in cells if values is not None]
    if any(array.dtype.kind in "OUS" for array in arrays):
        flat = np.full(offsets[-1], None, dtype=object)
    else:
        flat = np.full(offsets[-1], np.nan, dtype=np.result_type(np.float64, *arrays))
    for row, values in cells:
        if values is not None:
            flat[offsets[row] : offsets[row + 1]] = values
    return flat


def _cell_fields(cell, name, kind):
    """The fields of one cell as a dict of arrays; empty when the cell holds nothing."""
    if cell is None or (np.isscalar(cell) and pd.isna(cell)) or cell is pd.NA:
        return {}
    if isinstance(cell, list) and (not cell or isinstance(cell[0], dict)):
        cell = {field: [point[field] for point in cell] for field in (cell[0] if cell else ())}
    if isinstance(cell, pd.DataFrame):
        items = [(field, cell[field].to_numpy()) for field in cell.columns]
    elif isinstance(cell, dict):
        items = list(cell.items())
    elif isinstance(cell, np.ndarray) and cell.dtype.names:
        items = [(field, cell[field]) for field in cell.dtype.names]
    elif hasattr(cell, "colnames"):
        items = [(field, cell[field]) for field in cell.colnames]
    else:
        raise ValueError(
            f"Object {name!r} has a cell of type {type(cell).__name__}; use a nested-pandas column "
            "or cells that are DataFrames, dicts of arrays, structured arrays or astropy Tables."
        )
    units = _UNITS.get(kind, {})
    aliases = _alias_map([field for field, _ in items], kind)
    return {
        str(field): _cell_array(values, units.get(aliases.get(field)), kind, field)
        for field, values in items
    }


def _cell_array(values, unit, kind, field):
    if getattr(values, "unit", None) is not None:
        # Spectra may be on any flux scale: only fields with a unit of ours are converted.
        values = to_unit(values, unit) if unit else getattr(values, "value", values)
    if isinstance(values, np.ma.MaskedArray):
        values = (
            np.ma.filled(values.astype(np.float64), np.nan)
            if values.dtype.kind in "iuf"
            else (np.ma.filled(values.astype(object), None))
        )
    array = np.atleast_1d(np.asarray(values))
    if array.dtype.kind == "S":
        array = np.char.decode(array, "ascii")
    if array.ndim != 1:
        raise ValueError(f"The field {field!r} of a {kind or 'cell'} must be 1-D.")
    return array


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
    missing = [field for field in _REQUIRED[kind] if field not in fields]
    if missing:
        hint = ""
        if kind == "light_curve" and {"mag", "magnitude", "magpsf"} & {
            str(field).lower() for field in ragged.fields
        }:
            hint = " Magnitudes are converted by sklearn_sn.data.mag_to_flux."
        raise ValueError(
            f"A {kind} column needs the fields {_REQUIRED[kind]}; {missing[0]!r} is missing "
            f"(found {list(ragged.fields)}).{hint}"
        )
    for field, values in fields.items():
        if field == "band":
            continue
        fields[field] = _as_numbers(values, field, kind)
    if kind == "light_curve":
        zero_point = next((f for f in ragged.fields if str(f).lower() in ("zp", "zpt")), None)
        if zero_point is not None:
            # µJy have the AB zero point 23.9 (Oke & Gunn 1983).
            scale = 10.0 ** (-0.4 * (_as_numbers(ragged[zero_point], "zp", kind) - 23.9))
            for field in ("flux", "flux_err"):
                if field in fields:
                    fields[field] = fields[field] * scale
    order = [field for field in FIELD_ALIASES[kind] if field in fields]
    return Ragged({field: fields[field] for field in order}, ragged.offsets)


def _as_numbers(values, field, kind):
    if isinstance(values, pd.Categorical):
        if values.codes.max(initial=-1) < 0:  # nothing but nulls
            return np.full(len(values), np.nan)
        raise ValueError(
            f"The field {field!r} of the {kind} column must hold numbers; got text such as "
            f"{values.categories[0]!r}."
        )
    if values.dtype.kind == "O":
        return np.array([np.nan if v is None else v for v in values], dtype=np.float64)
    if values.dtype.kind not in "iufb":
        raise ValueError(
            f"The field {field!r} of the {kind} column must hold real numbers; got dtype "
            f"{values.dtype}."
        )
    return np.asarray(values, dtype=np.float64)
