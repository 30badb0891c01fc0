"""Turn light curves with one column per band into one row per point."""

import re

import numpy as np
import pandas as pd

from sklearn_sn.data import canonical_bands, is_fill_value, is_flux_density
from sklearn_sn.datasets._columns import choose_columns, error_names
from sklearn_sn.datasets._dialects import plain_names
from sklearn_sn.datasets._spectrum_units import parse_unit

_QUANTITY = re.compile(r"(mag|flux)(nitude)?", re.IGNORECASE)
_MAGNITUDES = (3.0, 35.0)  # range of magnitudes in columns that do not say what they hold
_MISSING = ("", "-", "--", "---", "...", "nan", "null", "none", "n/a", "na")


def one_row_per_point(
    table: object, id_column: str = "object_id", units: dict | None = None
) -> object:
    """Return the points of a table that has one column per band, or the table as it is.

    A table has one column per band if it has times, no column of bands, and two or more columns
    that are named after bands, each with a column of its errors: ``mjd, g, g_err, r, r_err``. Names
    may contain ``mag`` or ``flux``. Cells without a value are no points. Other columns, such as
    zero points, hold for all bands; ``zp_g`` is that of one band.

    Parameters
    ----------
    table : table
        Table of one light curve per object; only a DataFrame is converted.
    id_column : str, default="object_id"
        Column of the object name.
    units : dict of str to str, optional
        Units by column, as of a row of units; fluxes may be recognised by theirs.

    Returns
    -------
    table
        A DataFrame with the columns that are of no band, ``band``, and ``mag`` and ``mag_err``, or
        ``flux`` and ``flux_err``, whose ``attrs["units"]`` are the units by column if there are
        any; or `table`.

    Raises
    ------
    ValueError
        If the names tell neither magnitudes nor fluxes, and a value is outside 3 to 35, or if
        bands have different units.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn_sn.datasets._wide_tables import one_row_per_point
    >>> wide = pd.DataFrame({"mjd": [1.0, 2.0], "g": [18.0, 18.1], "g_err": 0.1,
    ...                      "r": [18.2, None], "r_err": 0.1})
    >>> one_row_per_point(wide)
       mjd band   mag  mag_err
    0  1.0    g  18.0      0.1
    1  2.0    g  18.1      0.1
    2  1.0    r  18.2      0.1
    """
    if not isinstance(table, pd.DataFrame):
        return table
    levels = [name for name in table.index.names if name is not None]
    columns = [str(name) for name in [*levels, *table.columns]]
    chosen = choose_columns(columns, "light_curves", id_column, {})
    if "time" not in chosen or not {"band", "flux", "mag"}.isdisjoint(chosen):
        return table
    bands = _columns_of_bands(columns, {chosen["time"], chosen.get("id")})
    if len(bands) < 2 or len(set(columns)) < len(columns):
        return table
    flat = (table.reset_index(level=levels) if levels else table).set_axis(columns, axis=1)
    if "id" in chosen and flat[chosen["id"]].is_unique:  # properties of objects
        return table
    taken = {name for _, *names in bands for name in names}
    others = flat[[name for name in columns if name not in taken]]
    units = units or {}
    fluxes = {name for _, name, _ in bands if _is_flux(name) or _is_in_flux(units.get(name))}
    out = pd.concat(list(_parts(flat, bands, others, fluxes)), ignore_index=True)
    if units:
        out.attrs["units"] = _units_of_points(bands, others.columns, fluxes, units)
    return out


def _units_of_points(bands, others, fluxes, units):
    """Return the units of the columns of points."""
    out = {name: unit for name, unit in units.items() if name in others}
    for band, *columns in bands:
        quantity = "flux" if columns[0] in fluxes else "mag"
        for name, column in zip((quantity, f"{quantity}_err"), columns, strict=True):
            unit = units.get(column, out.get(name))
            if out.setdefault(name, unit) != unit:
                raise ValueError(
                    f"light_curves: bands have different units ({out[name]!r}, and {unit!r} of "
                    f"band {band!r}). Convert them to one."
                )
    return {name: unit for name, unit in out.items() if unit is not None}


def _parts(flat, bands, others, fluxes):
    """Yield the points of every band; magnitudes of a band with fluxes go with its fluxes."""
    with_flux = {band for band, name, _ in bands if name in fluxes}
    plain = plain_names(others.columns)
    for band, name, errors in bands:
        if band in with_flux and name not in fluxes:
            continue
        if not _QUANTITY.search(name) and name not in fluxes:
            _check_magnitudes(flat[name], name)
        quantity = "flux" if name in fluxes else "mag"
        values = {quantity: flat[name], f"{quantity}_err": flat[errors]}
        zero_points = [key for key in (f"zp_{band}", f"{band}_zp") if key.lower() in plain]
        if zero_points:
            values["zp"] = others[plain[zero_points[0].lower()]]
        empty = flat[name].isna() | flat[name].astype(str).str.lower().isin(_MISSING)
        yield others.assign(band=band, **values)[~empty]


def _is_flux(name):
    return "flux" in name.lower()


def _is_in_flux(unit):
    return unit is not None and is_flux_density(parse_unit(unit))


def _columns_of_bands(columns, taken):
    """Return (band, column, column of errors) of the columns that are named after bands."""
    plain, found = plain_names(columns), []
    for name in columns:
        band = _QUANTITY.sub("", name).strip(" _-.()[]")
        if name in taken or not band or canonical_bands([band], ambiguous="unknown")[0] is None:
            continue
        # r and R may stand in one table: the spelling counts before names without case.
        exact = [one for one in error_names(name) if one in columns]
        errors = next((plain[one] for one in error_names(name.lower()) if one in plain), None)
        errors = exact[0] if exact else errors
        if errors is not None:
            found.append((band, name, errors))
    return found


def _check_magnitudes(values, name):
    """Raise if a column that does not say what it holds cannot be one of magnitudes."""
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64)
    wrong = (numbers < _MAGNITUDES[0]) | (numbers > _MAGNITUDES[1])
    wrong &= ~is_fill_value(numbers)
    if wrong.any():
        raise ValueError(
            f"light_curves, column {name!r}: {numbers[wrong][0]:g} is no magnitude. The table has "
            "one column per band; write what they hold into their names, as in "
            f"'mag_{name}' or 'flux_{name}' (µJy)."
        )
