"""Light curves and spectra as Python containers, one cell after the other."""

from collections.abc import Iterator, Mapping
from numbers import Number

import numpy as np
import pandas as pd
from astropy import units as u

from sklearn_sn.data._error_units import microjansky_of, reject_logarithmic
from sklearn_sn.data._fields import (
    SCALE,
    TEXTS,
    UNITS,
    alias_map,
    as_numbers,
    require,
    scale_of_name,
    unequal,
)
from sklearn_sn.data._flux_density import flux_per_wavelength
from sklearn_sn.data._names import without_mask
from sklearn_sn.data._ragged import Ragged
from sklearn_sn.data._units import AB_ZERO_POINT, to_unit
from sklearn_sn.data._zero_points import in_microjansky


def ragged_of_cells(column, kind):
    """Ragged from Python containers, by our names of the fields where there is a kind.

    Parameters
    ----------
    column : pandas.Series of n_objects cells
    kind : {"light_curve", "spectrum"} or None

    Returns
    -------
    Ragged
        Of light curves, fluxes of objects with a zero point are not converted yet; their zero
        points (that of µJy elsewhere) are the field zero_point.
    """
    parts, lengths = {}, np.zeros(len(column), dtype=np.int64)
    for row, (name, cell) in enumerate(column.items()):
        values = _cell_fields(cell, name, kind)
        lengths[row] = len(next(iter(values.values()), ()))
        # A field that only some objects have (an error, say) is NaN where it lacks.
        for field, array in values.items():
            parts.setdefault(field, []).append((row, array))
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    empty = {"zero_point": AB_ZERO_POINT} if kind == "light_curve" else {}
    fields = {field: _fill(cells, offsets, empty.get(field)) for field, cells in parts.items()}
    return Ragged(fields, offsets)


def _fill(cells, offsets, empty=None):
    """One flat array from (row, values) pairs."""
    arrays = [values for _, values in cells]
    if any(array.dtype.kind not in "iufbc" for array in arrays):
        flat = np.full(offsets[-1], empty, dtype=object)
    else:
        empty = np.nan if empty is None else empty
        flat = np.full(offsets[-1], empty, dtype=np.result_type(np.float64, *arrays))
    for row, values in cells:
        flat[offsets[row] : offsets[row + 1]] = values
    return flat


def _with_place(error, name, field):
    """The error that says of which object and field it is."""
    return ValueError(f"Object {name!r}, field {field!r}: {error}")


def _cell_fields(cell, name, kind):
    """The fields of one cell as a dict of arrays; empty when the cell holds nothing."""
    given = {field: values for field, values in cell_items(cell, name) if values is not None}
    # Under our names at once: objects may differ in theirs.
    known = alias_map(given, kind)
    if kind is not None:  # what else a cell holds is of no concern, whatever it is
        given = {field: values for field, values in given.items() if field in known}
    fields, units, targets = {}, {}, UNITS.get(kind, {})
    for field, values in given.items():
        ours = known.get(field, str(field))
        try:
            if known.get(field) == "flux_err":
                reject_logarithmic(_own_unit(values))
            if kind is not None and ours in TEXTS:
                fields[field], units[ours] = _name_array(values), None
                continue
            array, units[ours] = _cell_array(values, targets.get(ours))
            fields[field] = array if kind is None else as_numbers(array)
        except (ValueError, TypeError) as error:
            raise _with_place(error, name, field) from error
    # One zero point may be that of all points: the others tell how many there are.
    first = next((f for f in fields if known.get(f) not in SCALE), next(iter(fields), None))
    size = 0 if first is None else len(fields[first])
    for field, values in fields.items():
        if known.get(field) in SCALE and len(values) == 1:
            fields[field] = np.repeat(values, size)
        elif len(values) != size:
            raise ValueError(unequal(name, first, size, field, len(values)))
    if size == 0:
        return {}
    if kind is None:
        return {str(field): values for field, values in fields.items()}
    names = {ours: field for field, ours in known.items()}
    fields = {ours: fields[field] for ours, field in names.items()}
    require(fields, [field for field, _ in cell_items(cell, name)], kind, f"Object {name!r}: a")
    rescale = _rescale_photometry if kind == "light_curve" else _rescale_spectrum
    return rescale(fields, units, names, name)


def _rescale_photometry(fields, units, names, name):
    """Fluxes in µJy, but for those of which the flat field zero_point says the scale."""
    if units["flux"] is not None:  # a flux with a unit is in µJy already
        fields = {field: values for field, values in fields.items() if field not in SCALE}
    elif units.get("zero_point") is not None:
        try:
            fields = _with_unit_of_zero_point(fields, u.Unit(units["zero_point"]))
        except ValueError as error:
            raise _with_place(error, name, names["zero_point"]) from error
    if "zero_point" not in fields:
        fields = _rescale_by_unit_or_name(fields, units, names, name)
    elif units.get("flux_err") is not None:  # the error is in µJy, the flux is not
        error = fields.pop("flux_err")
        rows = np.zeros(len(error), dtype=np.int64)
        fields = {**in_microjansky(fields, rows, pd.Index([name])), "flux_err": error}
    return fields


def _rescale_by_unit_or_name(fields, units, names, name):
    """Fluxes and errors without units in µJy; an error that says no scale has that of its flux."""
    fields = dict(fields)
    if units["flux"] is None:
        fields["flux"] = fields["flux"] * scale_of_name(names["flux"])
    error = fields.get("flux_err")
    if error is None or units["flux_err"] is not None or np.isnan(error).all():
        return fields
    scale = scale_of_name(names["flux_err"], None)
    if scale is None and units["flux"] is None:
        scale = scale_of_name(names["flux"])
    if scale is None:
        try:
            scale = microjansky_of(units["flux"])
        except ValueError as problem:
            raise _with_place(problem, name, names["flux_err"]) from problem
    fields["flux_err"] = error * scale
    return fields


def _with_unit_of_zero_point(fields, unit):
    if unit == u.ABmag:  # names the system
        return {field: values for field, values in fields.items() if field != "system"}
    if unit not in (u.mag, u.dimensionless_unscaled):
        raise ValueError(f"zero points in {unit} cannot be read; give them in AB magnitudes.")
    return fields


def _rescale_spectrum(fields, units, names, name):
    for field in ("flux", "flux_err"):
        unit = units.get(field) or units["flux"]
        if field in fields and unit is not None:
            try:
                fields[field] = flux_per_wavelength(fields[field], unit, fields["wavelength"])
            except ValueError as error:
                raise _with_place(error, name, names[field]) from error
    return fields


def cell_items(cell, name):
    """(field, values) pairs of one cell."""
    if cell is None or cell is pd.NaT or cell is pd.NA or (np.isscalar(cell) and pd.isna(cell)):
        return []
    if isinstance(cell, list | tuple) and cell and all(_is_table(part) for part in cell):
        raise ValueError(
            f"Object {name!r} has a cell that is a {type(cell).__name__} of {len(cell)} tables; "
            "put their rows into one table. Several spectra of an object are told apart by a field "
            "'time' (MJD)."
        )
    if isinstance(cell, list | tuple) and all(isinstance(point, Mapping) for point in cell):
        fields = dict.fromkeys(field for point in cell for field in point)
        return [(field, [point.get(field) for point in cell]) for field in fields]
    if isinstance(cell, pd.DataFrame):
        return [(field, cell[field].to_numpy()) for field in cell.columns]
    # pandas makes a Series of a dict that is put into a single cell.
    if isinstance(cell, Mapping) or _is_named_series(cell):
        return list(cell.items())
    if isinstance(cell, np.ndarray) and cell.dtype.names:
        return [(field, cell[field]) for field in cell.dtype.names]
    if hasattr(cell, "colnames"):
        return [(field, cell[field]) for field in cell.colnames]
    raise ValueError(
        f"Object {name!r} has a cell of type {type(cell).__name__}; use a nested-pandas column "
        "or cells that are DataFrames, dicts of arrays, structured arrays or astropy Tables."
    )


def _is_table(part):
    """Whether it holds columns, and is not a single point."""
    if isinstance(part, Mapping):
        return any(np.ndim(values) == 1 for values in part.values())
    return isinstance(part, pd.DataFrame) or hasattr(part, "colnames")


def _is_named_series(cell):
    return isinstance(cell, pd.Series) and all(isinstance(name, str) for name in cell.index)


def _cell_array(values, unit):
    """A 1-D array of one field, in `unit` if both it and the field's own exist; and that own."""
    if isinstance(values, Iterator):
        values = list(values)
    own = _own_unit(values)
    if own is not None:
        values = to_unit(values, unit or own)
    return _plain_array(values), own


def _name_array(values):
    """Return names as a 1-D array that keeps the type of every name."""
    if isinstance(values, Iterator):
        values = list(values)
    if isinstance(values, np.ma.MaskedArray):
        values = without_mask(values)
    # Without a dtype, numpy would turn [True, 2] into [1, 2].
    dtype = object if isinstance(values, list | tuple) else None
    array = _one_dimensional(np.asarray(values, dtype=dtype))
    if array.dtype.kind == "S":
        return np.char.decode(array, "utf-8", "replace")
    return array.astype(object) if array.dtype.kind == "b" else array


def _one_dimensional(array):
    array = np.atleast_1d(array)
    if array.ndim != 1:
        raise ValueError(f"it must be 1-D, but has shape {array.shape}.")
    return array


def _own_unit(values):
    bearer = values[0] if isinstance(values, list | tuple) and len(values) else values
    return "d" if hasattr(bearer, "mjd") else getattr(bearer, "unit", None)


def _plain_array(values):
    if isinstance(values, np.ma.MaskedArray):
        numeric = values.dtype.kind in "iuf"
        values = np.ma.filled(values.astype(float if numeric else object), np.nan)
    array = _one_dimensional(np.asarray(values))
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
