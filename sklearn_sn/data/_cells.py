"""Conversion of cells that are Python containers, one after the other."""

from collections.abc import Iterator, Mapping
from numbers import Number
from typing import Any

import numpy as np
import pandas as pd

from sklearn_sn.data._fields import (
    SCALE,
    TEXTS,
    UNITS,
    alias_map,
    as_numbers,
    floats_from_objects,
    require,
    scale_of_name,
    unequal,
)
from sklearn_sn.data._names import without_mask
from sklearn_sn.data._ragged import Ragged
from sklearn_sn.data._units import AB_ZERO_POINT, to_unit
from sklearn_sn.data._zero_points import in_microjansky


def ragged_from_cells(column, kind):
    """Convert cells that are Python containers to a Ragged.

    Parameters
    ----------
    column : pandas.Series of shape (n_objects,)
        Cells, null if the object lacks the modality.
    kind : {"light_curve", "spectrum"} or None
        Modality, for canonical names of the fields; None keeps the names.

    Returns
    -------
    Ragged of n_objects rows
        Fluxes of light curves with a zero point are not converted yet: the field zero_point holds
        their scale, and that of µJy for other objects.

    Raises
    ------
    ValueError
        If a cell is of another type, or a field is missing or cannot be converted.
    """
    parts, lengths = {}, np.zeros(len(column), dtype=np.int64)
    for row, (name, cell) in enumerate(column.items()):
        values = _cell_fields(cell, name, kind)
        lengths[row] = len(next(iter(values.values()), ()))
        for field, array in values.items():
            parts.setdefault(field, []).append((row, array))
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    empty = {"zero_point": AB_ZERO_POINT} if kind == "light_curve" else {}
    fields = {field: _fill(cells, offsets, empty.get(field)) for field, cells in parts.items()}
    return Ragged(fields, offsets)


def _fill(cells, offsets, empty=None):
    """Return one flat array from (row, values) pairs; rows without values are NaN or `empty`."""
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
    """Return an error that names object and field."""
    return ValueError(f"Object {name!r}, field {field!r}: {error}")


def _cell_fields(cell, name, kind):
    """Return the fields of one cell as a dict of arrays; empty if the cell holds nothing."""
    given = {field: values for field, values in cell_items(cell, name) if values is not None}
    # Renamed cell by cell: objects may differ in the names of their fields.
    canonical = alias_map(given, kind)
    if kind is not None:  # other fields of a cell may be of any type
        given = {field: values for field, values in given.items() if field in canonical}
    fields, units = _read_fields(given, canonical, name, kind)
    # A scalar zero point is that of all points, whose number the other fields give.
    first = next((f for f in fields if canonical.get(f) not in SCALE), next(iter(fields), None))
    size = 0 if first is None else len(fields[first])
    for field, values in fields.items():
        if canonical.get(field) in SCALE and len(values) == 1:
            fields[field] = np.repeat(values, size)
        elif len(values) != size:
            raise ValueError(unequal(name, first, size, field, len(values)))
    if size == 0:
        return {}
    if kind is None:
        return {str(field): values for field, values in fields.items()}
    names = {ours: field for field, ours in canonical.items()}
    fields = {ours: fields[field] for ours, field in names.items()}
    require(fields, [field for field, _ in cell_items(cell, name)], kind, f"Object {name!r}: a")
    rescale = _rescale_photometry if kind == "light_curve" else _rescale_spectrum
    return rescale(fields, units, names, name)


def _read_fields(given, canonical, name, kind):
    """Return the arrays of the given fields, and their units by canonical name."""
    fields, units, targets = {}, {}, UNITS.get(kind, {})
    for field, values in given.items():
        ours = canonical.get(field, str(field))
        try:
            if kind is not None and ours in TEXTS:
                fields[field], units[ours] = _name_array(values), None
                continue
            if canonical.get(field) == "flux_err":
                _reject_logarithmic(_unit_of(values))
            array, units[ours] = _cell_array(values, targets.get(ours))
            fields[field] = array if kind is None else as_numbers(array)
        except (ValueError, TypeError) as error:
            raise _with_place(error, name, field) from error
    return fields, units


def _rescale_photometry(fields, units, names, name):
    """Return the fields with fluxes in µJy, except fluxes that the field zero_point scales."""
    if units["flux"] is not None:  # a flux with a unit is in µJy already
        fields = {field: values for field, values in fields.items() if field not in SCALE}
    elif units.get("zero_point") is not None:
        try:
            fields = _apply_zero_point_unit(fields, units["zero_point"])
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
    """Return the fields in µJy; an error without a scale of its own has that of its flux."""
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
        # Imported late, as in all of this file: astropy takes longer to import than all else here.
        from sklearn_sn.data._error_units import microjansky_of

        try:
            scale = microjansky_of(units["flux"])
        except ValueError as problem:
            raise _with_place(problem, name, names["flux_err"]) from problem
    fields["flux_err"] = error * scale
    return fields


def _apply_zero_point_unit(fields, unit):
    """Return the fields without a system if the unit of the zero point, mag(AB), implies it."""
    from astropy import units as u

    unit = u.Unit(unit)
    if unit == u.ABmag:
        return {field: values for field, values in fields.items() if field != "system"}
    if unit not in (u.mag, u.dimensionless_unscaled):
        raise ValueError(f"zero points in {unit} cannot be read; give them in AB magnitudes.")
    return fields


def _reject_logarithmic(unit):
    """Raise if an error has a unit that is logarithmic."""
    if unit is not None:
        from sklearn_sn.data._error_units import reject_logarithmic

        reject_logarithmic(unit)


def _rescale_spectrum(fields, units, names, name):
    """Return the fields with fluxes per wavelength; an error may inherit the unit of its flux."""
    for field in ("flux", "flux_err"):
        unit = units.get(field) or units["flux"]
        if field in fields and unit is not None:
            from sklearn_sn.data._flux_density import flux_per_wavelength

            try:
                fields[field] = flux_per_wavelength(fields[field], unit, fields["wavelength"])
            except ValueError as error:
                raise _with_place(error, name, names[field]) from error
    return fields


def cell_items(cell: Any, name: Any) -> list[tuple[str, Any]]:
    """Return the fields of one cell.

    Parameters
    ----------
    cell : DataFrame, Mapping, named Series, structured array, astropy Table, list of dict or null
        Light curve or spectrum of one object.
    name : object
        Name of the object, for messages.

    Returns
    -------
    list of tuple (str, array-like)
        Names and values; empty if the cell is null.

    Raises
    ------
    ValueError
        If the cell is of another type, or a list of tables.
    """
    if cell is None or cell is pd.NaT or cell is pd.NA or (np.isscalar(cell) and pd.isna(cell)):
        return []
    if isinstance(cell, list | tuple) and cell and all(_is_table(part) for part in cell):
        raise ValueError(
            f"Object {name!r} has a cell that is a {type(cell).__name__} of {len(cell)} tables; "
            "put their rows into one table. A field 'time' (MJD) separates several spectra of an "
            "object."
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
    if hasattr(cell, "spectral_axis") and hasattr(cell, "flux"):
        from sklearn_sn.data._spectrum_objects import spectrum_fields

        return spectrum_fields(cell)  # a Spectrum of specutils
    raise ValueError(
        f"Object {name!r} has a cell of type {type(cell).__name__}; use a nested-pandas column "
        "or cells that are DataFrames, dicts of arrays, structured arrays or astropy Tables."
    )


def _is_table(part):
    """Return whether an object holds columns, rather than a single point."""
    if isinstance(part, Mapping):
        return any(np.ndim(values) == 1 for values in part.values())
    return isinstance(part, pd.DataFrame) or hasattr(part, "colnames")


def _is_named_series(cell):
    return isinstance(cell, pd.Series) and all(isinstance(name, str) for name in cell.index)


def _cell_array(values, unit):
    """Return a field as a 1-D array, converted to `unit`, and the unit in which it was given."""
    if isinstance(values, Iterator):
        values = list(values)
    given = _unit_of(values)
    if given is not None:
        values = to_unit(values, unit or given)
    return _plain_array(values), given


def _name_array(values):
    """Return names as a 1-D array that keeps the type of every name."""
    if isinstance(values, Iterator):
        values = list(values)
    if isinstance(values, np.ma.MaskedArray) or hasattr(values, "unmasked"):
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


def _unit_of(values):
    """Return the astropy unit of a field, or None if it has none."""
    first = values[0] if isinstance(values, list | tuple) and len(values) else values
    return "d" if hasattr(first, "mjd") else getattr(first, "unit", None)


def _plain_array(values):
    """Return a field without mask as a 1-D array, with null and masked numbers as NaN."""
    if isinstance(values, np.ma.MaskedArray) or hasattr(values, "unmasked"):
        numeric = values.dtype.kind in "iufb"
        values = to_unit(values, "") if numeric else without_mask(values)
    array = _one_dimensional(np.asarray(values))
    if array.dtype.kind == "S":
        return np.char.decode(array, "utf-8")
    if array.dtype.kind == "O":
        return _numbers_from_objects(array)
    if array.dtype == np.longdouble:
        with np.errstate(over="ignore"):  # the check drops infinite points
            return array.astype(np.float64)
    return array


def _numbers_from_objects(array):
    """Return objects as floats if all are numbers or null; otherwise unchanged."""
    present = ~pd.isna(array)
    if not all(isinstance(value, Number) for value in array[present]):
        return array
    numbers = np.full(len(array), np.nan)
    numbers[present] = floats_from_objects(array[present])
    return numbers
