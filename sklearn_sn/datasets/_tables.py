"""Gather long tables of photometry and spectra into one row per object."""

from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from sklearn_sn.data import (
    FIELD_ALIASES,
    factorize_names,
    flux_per_wavelength,
    list_bands,
    to_mjd,
    warn_quality,
)
from sklearn_sn.datasets._long_numbers import LongTable
from sklearn_sn.datasets._long_tables import load_columns, plain_column
from sklearn_sn.datasets._points import gather_points
from sklearn_sn.datasets._spectra import gather_spectra

# Accepted column names of each field, in order of preference.
_ALIASES = {
    "light_curve": {
        **FIELD_ALIASES["light_curve"],
        "mag": ("mag", "magnitude", "magpsf"),
        "mag_err": ("mag_err", "magerr", "mag_error", "e_mag", "e_magnitude", "sigmapsf"),
        "upper_limit": ("upper_limit", "upperlimit"),
        "survey": ("survey",),
        "telescope": ("telescope",),
        "instrument": ("instrument",),
    },
    "spectrum": {
        **FIELD_ALIASES["spectrum"],
        "spectrum_id": ("spectrum_id", "spec_id", "specid"),
    },
}


@validate_params(
    {
        "id_column": [str],
        "light_curve_columns": [dict, None],
        "spectrum_columns": [dict, None],
        "survey": [str, None],
        "system": [StrOptions({"native", "AB", "Vega"})],
        "zero_point": [Interval(Real, None, None, closed="neither"), None],
        "default_mag_err": [Interval(Real, 0, None, closed="neither"), None],
        "upper_limits": [StrOptions({"drop", "keep"})],
    },
    prefer_skip_nested_validation=True,
)
def read_tables(
    objects: Any = None,
    light_curves: Any = None,
    spectra: Any = None,
    *,
    id_column: str = "object_id",
    light_curve_columns: dict[str, str] | None = None,
    spectrum_columns: dict[str, str] | None = None,
    survey: str | None = None,
    system: str = "native",
    zero_point: float | None = None,
    default_mag_err: float | None = None,
    upper_limits: str = "drop",
) -> pd.DataFrame:
    """Gather long tables into a table with one row per object.

    Every table is a :class:`pandas.DataFrame`, an astropy Table or QTable (units are converted), a
    pyarrow Table, or the path of a .parquet, .csv (optionally compressed) or .ecsv file.

    Parameters
    ----------
    objects : table, optional
        One row per object. It provides the index and the plain columns. By default, the objects
        are those of the long tables, in order of appearance.
    light_curves : table, optional
        One row per photometric point: the object, time (MJD; JD is converted), band, and flux or
        mag with their errors.

        - flux is in µJy (AB); psfFlux and psfFluxErr, as Rubin names them, are in nJy; any other
          flux scale needs a column zp or a unit. A flux_err without a unit is on the scale of the
          flux, unless it is named psfFluxErr or flux_ujy_err.
        - Optional columns: upper_limit (true for limits); system (magnitude system of mag or zp);
          survey, telescope and instrument, which distinguish bands that share a name (Swift's U is
          not Bessell's).
        - Of magnitudes, the systems Natural and names other than AB, Vega, SDSS, Landolt and Swift
          count as native. Unknown systems of zp raise an error.
        - A point with flux and mag uses the flux. The unit mag(AB) declares the magnitudes of the
          table as AB. Text such as ``>19.2`` in mag, or ``<12.5`` in flux, is an upper limit.
    spectra : table, optional
        One row per pixel: the object, wavelength (Å), flux (per wavelength, any scale; a unit per
        frequency is converted) and, optionally, flux_err (in the unit of flux if it has none),
        time (MJD) and spectrum_id, which distinguishes the spectra of an object that share a time.
    id_column : str, default="object_id"
        Column (or named index) of the object name, in each table.
    light_curve_columns : dict of str to str, optional
        Map of field to column name, for columns with unusual names:
        ``{"band": "band_norm", "object_id": "SNID"}``. Common aliases (mjd, filter, fluxerr, wave,
        …) are recognised.
    spectrum_columns : dict of str to str, optional
        The same for `spectra`.
    survey : str, optional
        Survey of all bands, such as ``"plasticc"``. For ``"plasticc"`` (here or in the column
        survey), fluxes with neither unit nor zp have the zero point 27.5, as PLAsTiCC publishes
        them. No other survey changes a flux.
    system : {"native", "AB", "Vega"}, default="native"
        System of magnitudes that specify none, neither by a column nor by the unit mag(AB). Native
        is the system in which the band is usually published. Flux zero points without a system are
        AB, regardless of this parameter.
    zero_point : float, optional
        AB magnitude of flux 1, for a flux column that has neither unit nor zp: 27.5 for SNANA's
        FLUXCAL, 31.4 for nJy. By default 23.9 (µJy), and 31.4 for psfFlux.
    default_mag_err : float, optional
        Error of magnitudes without one. By default these points have no flux_err, and
        :func:`~sklearn_sn.data.check_table` drops them if other points of the object have one.
    upper_limits : {"drop", "keep"}, default="drop"
        Drop upper limits, or keep those that have a flux (forced photometry).

    Returns
    -------
    X : pandas.DataFrame of n_objects rows
        Columns light_curve (nested: time, band, flux, flux_err) and spectrum (nested: wavelength,
        flux, optionally flux_err and time), each if its table is given, then the columns of
        `objects`. Index: the object names. An object without rows has an empty cell.

    Raises
    ------
    ValueError
        If a table is of an unsupported type; a required column is missing; an object name is
        repeated; the band codes of most objects are ambiguous; a value is not a number (the message
        names the column and the object); a unit cannot be converted or contradicts a system; the
        system of a zero point is unknown; or a flux_err is in magnitudes, or has no unit beside a
        flux in
        magnitudes.

    Warns
    -----
    DataQualityWarning
        Once per call, with all that was left out: rows of objects that are not in `objects`,
        points in unknown or ambiguous bands, limits written as text. Limits marked in upper_limit
        are dropped without a warning.

    See Also
    --------
    fetch_open_supernova_catalog : Download supernovae by name.
    sklearn_sn.data.check_table : Validate a table as the estimators do.

    Notes
    -----
    Known bands get canonical names. Points in unknown or ambiguous bands are left out:
    register a band before reading. Points are sorted by time. In X, the time identifies the
    spectra of an object: spectra closer than 1e-4 d (8.6 s) are moved to later times by the least
    amount that separates them. If an object has several undated spectra, the first stays undated
    and the others get the times 0, 1, 2 ….

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn_sn.datasets import read_tables
    >>> objects = pd.DataFrame({"object_id": ["SN a", "SN b"], "redshift": [0.01, 0.02]})
    >>> points = pd.DataFrame({
    ...     "object_id": ["SN b", "SN a", "SN b"],
    ...     "mjd": [59002.0, 59000.0, 59001.0],
    ...     "filter": ["g", "r", "r"],
    ...     "mag": [21.4, 18.9, 23.9],
    ...     "magerr": [0.1, 0.1, 0.2],
    ... })
    >>> X = read_tables(objects, points)
    >>> X.columns.tolist()
    ['light_curve', 'redshift']
    >>> X["light_curve"].loc["SN b"][["time", "band", "flux"]]
          time   band  flux
    0  59001.0  sdssr   1.0
    1  59002.0  sdssg  10.0
    """
    if light_curves is None and spectra is None and objects is None:
        raise ValueError(
            "read_tables needs at least one of 'objects', 'light_curves' and 'spectra'. Got None "
            "for all of them."
        )
    if survey is not None:
        list_bands(survey)  # raises for an unknown survey
    points = _load(light_curves, "light_curves", id_column, light_curve_columns)
    pixels = _load(spectra, "spectra", id_column, spectrum_columns)
    long = [part for part in (points, pixels) if part is not None]
    index, plain = _objects(objects, id_column, [part.objects for part in long])
    remarks = []
    rows = [_rows(part, index, remarks) for part in long]
    X = pd.DataFrame(plain, index=index)
    if pixels is not None:
        _insert(X, "spectrum", _spectra(pixels, rows[-1], len(index)))
    if points is not None:
        curves = gather_points(
            points,
            rows[0],
            index,
            survey=survey,
            system=system,
            zero_point=zero_point,
            default_mag_err=default_mag_err,
            upper_limits=upper_limits,
            remarks=remarks,
        )
        _insert(X, "light_curve", curves)
    if remarks:
        warn_quality("Rows were left out: " + "; ".join(remarks) + ".")
    return X


def _load(table, parameter, id_column, mapping):
    """Load the fields of a long table under canonical names."""
    if table is None:
        return None
    kind = "spectrum" if parameter == "spectra" else "light_curve"
    mapping = {
        "id" if field == id_column else field: name for field, name in (mapping or {}).items()
    }
    unknown = set(mapping) - set(_ALIASES[kind]) - {"id"}
    if unknown:
        raise ValueError(
            f"The keys of the '{kind}_columns' parameter of read_tables must be among the fields "
            f"{[id_column, *_ALIASES[kind]]}. Got {sorted(unknown)} instead."
        )
    names = {}  # field to the name of its column

    def choose(columns):
        lower = {column.lower(): column for column in reversed(columns)}
        names.clear()
        for field, aliases in {"id": (id_column,), **_ALIASES[kind]}.items():
            given = mapping.get(field)
            if given is not None:
                if given not in columns:
                    raise ValueError(f"{parameter} has no column {given!r}; it has {columns}.")
                names[field] = given
            elif field == "id":
                if id_column in columns:
                    names[field] = id_column
            elif field not in names:
                match = next((lower[alias] for alias in aliases if alias in lower), None)
                if match is not None and match not in (*mapping.values(), *names.values()):
                    names[field] = match
        needed = ("id", *(("wavelength", "flux") if kind == "spectrum" else ("time", "band")))
        missing = [id_column if field == "id" else field for field in needed if field not in names]
        if kind == "light_curve" and not {"flux", "mag"} & set(names):
            missing.append("flux or mag")
        if missing:
            remedy = f"{kind}_columns={{{missing[0]!r}: ...}}"
            if "id" not in names:
                remedy = f"id_column=, or for this table alone with {remedy}"
            raise ValueError(
                f"{parameter} has no column for {missing[0]!r}; it has {columns}. Name it with "
                f"{remedy}."
            )
        return list(dict.fromkeys(names.values()))

    columns = load_columns(table, parameter, choose)
    fields = {field: columns[name] for field, name in names.items()}
    distinct, codes, _ = factorize_names(fields.pop("id"))
    distinct = [n.decode() if isinstance(n, bytes) else n for n in distinct]
    return LongTable(parameter, fields, names, distinct, codes)


def _objects(objects, id_column, object_lists):
    """Return the index of objects, and the plain columns on it."""
    if objects is None:
        names = list(dict.fromkeys(name for part in object_lists for name in part))
        return pd.Index(names, name=id_column), None
    columns = load_columns(objects, "objects")
    if id_column not in columns:
        raise ValueError(
            f"objects has no column {id_column!r}; it has {list(columns)}. Name it with id_column=."
        )
    plain = pd.DataFrame({name: plain_column(values, name) for name, values in columns.items()})
    index = pd.Index(plain.pop(id_column), name=id_column)
    if index.hasnans:
        raise ValueError(
            f"objects has {int(index.isna().sum())} rows with a missing {id_column!r}. Drop them, "
            "or fill in the names."
        )
    if not index.is_unique:
        repeated = index[index.duplicated()]
        raise ValueError(
            f"objects has {repeated[0]!r} more than once ({len(repeated.unique())} such names). It "
            "must have one row per object."
        )
    return index, plain.set_axis(index)


def _rows(part, index, remarks):
    """Return the row of every point; -1 for objects that are not wanted."""
    names, codes = part.objects, part.codes
    unit = "points" if part.parameter == "light_curves" else "pixels"
    names = pd.Index(names, dtype=None if names else index.dtype)
    numeric = pd.api.types.is_numeric_dtype
    if len(names) and numeric(names) != numeric(index):
        # One file may hold names as numbers, another one as text.
        names, index = names.astype(str), index.astype(str)
    row = np.append(index.get_indexer(names), -1)
    unmatched = np.flatnonzero(row[:-1] < 0)
    rows = row[codes]
    if len(unmatched):
        remarks.append(
            f"{unit} of {len(unmatched)} objects that are not in objects (first "
            f"{names[unmatched[0]]!r})"
        )
    if (codes < 0).any():
        remarks.append(f"{int((codes < 0).sum())} {unit} without an object")
    return rows


def _insert(X, name, ragged):
    if name in X:
        raise ValueError(
            f"objects must not have a column {name!r}; read_tables creates it. Rename the column."
        )
    X.insert(0, name, ragged.to_nested(index=X.index, name=name))


def _spectra(pixels, rows, n_rows):
    wanted = rows >= 0
    fields = {"wavelength": pixels.numbers("wavelength", "Angstrom")}
    for name in ("flux", "flux_err"):
        if name in pixels:
            unit = pixels.unit(name)
            values = pixels.numbers(name, unit or "")
            unit = pixels.unit("flux") if unit is None else unit
            try:
                fields[name] = flux_per_wavelength(values, unit, fields["wavelength"])
            except ValueError as error:
                raise ValueError(f"{pixels.location(name)}: {error}") from error
    if "time" in pixels:
        fields["time"] = to_mjd(pixels.numbers("time", "d"))
    spectrum = None
    if "spectrum_id" in pixels:
        spectrum = factorize_names(pixels["spectrum_id"])[1].astype(np.int64) + 1
    if not wanted.all():
        fields = {name: values[wanted] for name, values in fields.items()}
        rows, spectrum = rows[wanted], None if spectrum is None else spectrum[wanted]
    return gather_spectra(rows, n_rows, fields, spectrum)
