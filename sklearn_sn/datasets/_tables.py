"""Long tables of photometry and spectra, gathered into one row per object."""

import warnings
from numbers import Real

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from sklearn_sn.data._bands import factorize_names, list_bands
from sklearn_sn.data._convert import FIELD_ALIASES
from sklearn_sn.data._quality import DataQualityWarning
from sklearn_sn.data._ragged import Ragged
from sklearn_sn.data._units import to_unit
from sklearn_sn.datasets._long_tables import load_columns, plain_column
from sklearn_sn.datasets._photometry import read_bands
from sklearn_sn.datasets._spectra import flux_per_wavelength, gather_spectra

# Names of the columns that only long tables have, in order of preference.
_ALIASES = {
    "light_curve": {
        **FIELD_ALIASES["light_curve"],
        "mag": ("mag", "magnitude", "magpsf"),
        "mag_err": ("mag_err", "magerr", "mag_error", "e_mag", "e_magnitude", "sigmapsf"),
        "upper_limit": ("upper_limit", "upperlimit"),
        "system": ("system", "magsys", "zpsys"),
        "zero_point": ("zero_point", "zeropoint", "zp", "zpt"),
        "survey": ("survey",),
        "telescope": ("telescope",),
        "instrument": ("instrument",),
    },
    "spectrum": {
        **FIELD_ALIASES["spectrum"],
        "spectrum_id": ("spectrum_id", "spec_id", "specid"),
    },
}
_PLACES = ("survey", "telescope", "instrument")
_TRUE = {"true", "t", "yes", "y", "1", "1.0", ">"}
_JD_ZERO = 2400000.5  # JD of MJD 0


@validate_params(
    {
        "id_column": [str],
        "light_curve_columns": [dict, None],
        "spectrum_columns": [dict, None],
        "survey": [str, None],
        "system": [StrOptions({"native", "AB", "Vega"})],
        "default_mag_err": [Interval(Real, 0, None, closed="neither"), None],
        "upper_limits": [StrOptions({"drop", "keep"})],
    },
    prefer_skip_nested_validation=True,
)
def read_tables(
    objects=None,
    light_curves=None,
    spectra=None,
    *,
    id_column="object_id",
    light_curve_columns=None,
    spectrum_columns=None,
    survey=None,
    system="native",
    default_mag_err=None,
    upper_limits="drop",
):
    """Gather long tables into a table with one row per object.

    Every table is a :class:`pandas.DataFrame`, an astropy Table or QTable (units are converted), a
    pyarrow Table, or the path of a .parquet, .csv (also compressed) or .ecsv file.

    Parameters
    ----------
    objects : table, optional
        One row per object: becomes the index and the plain columns. Without it, the objects are
        those of the long tables, in order of appearance.
    light_curves : table, optional
        One row per photometric point: the object, time (MJD; JD is converted), band, and flux (µJy,
        AB; or any flux with a column zp) or mag, with their errors. Optional columns: upper_limit
        (true where the point is none), system (of the magnitudes or of zp; Natural and other names
        than AB, Vega, SDSS, Landolt and Swift count as native), and survey, telescope and
        instrument, which tell bands of one name apart (Swift's U is not Bessell's). A point with
        flux and mag keeps the flux.
    spectra : table, optional
        One row per pixel: the object, wavelength (Å), flux (per wavelength, any scale; with a unit
        per frequency it is converted) and, optionally, flux_err, time (MJD) and spectrum_id, which
        tells the spectra of an object apart where the time does not.
    id_column : str, default="object_id"
        Column (or named index) that names the object, in each table.
    light_curve_columns, spectrum_columns : dict of str to str, optional
        Which column of the table holds a field, where its usual name does not tell:
        ``{"band": "band_norm", "object_id": "SNID"}``. The usual aliases (mjd, filter, fluxerr,
        wave, …) are known.
    survey : str, optional
        Survey to which the bands belong, such as ``"plasticc"``.
    system : {"native", "AB", "Vega"}, default="native"
        System of the magnitudes that name none; native is the one in which the band is published.
        Fluxes with a zero point but without a system are AB.
    default_mag_err : float, optional
        Error of the magnitudes that have none. By default these points have no flux_err either,
        and :func:`~sklearn_sn.data.check_table` drops them where others of the object have one.
    upper_limits : {"drop", "keep"}, default="drop"
        Leave out upper limits, or keep those that have a flux (forced photometry).

    Returns
    -------
    X : pandas.DataFrame of n_objects rows
        Columns light_curve (nested: time, band, flux, flux_err) and spectrum (nested: wavelength,
        flux, maybe flux_err and time), each if its table was given, then the columns of `objects`.
        Index: the objects. An object without rows has an empty cell.

    Raises
    ------
    ValueError
        If a table is of another kind, a needed column is missing, two objects have one name, or
        band codes are ambiguous.

    Warns
    -----
    DataQualityWarning
        Once, of all that was left out: rows of objects that are not in `objects`, points in
        unknown bands.

    See Also
    --------
    fetch_open_supernova_catalog : Download supernovae by name.
    sklearn_sn.data.check_table : What estimators make of X.

    Notes
    -----
    Known bands become canonical names. Magnitudes in unknown bands are left out, fluxes in them
    keep their name. Points are sorted by time. Spectra of one object are told apart by time in X:
    those closer than 1e-4 d (8.6 s) are moved to later times by the least that separates them. Of
    several undated spectra of an object, the first stays undated and the others get the times 0,
    1, 2 ….

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
        raise ValueError("read_tables needs at least one of objects, light_curves and spectra.")
    if survey is not None:
        list_bands(survey)  # refuses an unknown one
    points = _load(light_curves, "light_curves", id_column, light_curve_columns)
    pixels = _load(spectra, "spectra", id_column, spectrum_columns)
    ids = {name: _identify(part) for name, part in (("p", points), ("s", pixels)) if part}
    index, plain = _objects(objects, id_column, [known for known, _ in ids.values()])
    rows, said = {}, []
    for key, name in (("p", "points"), ("s", "pixels")):
        if key in ids:
            rows[key] = _rows(*ids[key], index, name, said)
    X = pd.DataFrame(plain, index=index)
    if pixels:
        _insert(X, "spectrum", _spectra(pixels, rows["s"], len(index)))
    if points:
        curves = _light_curves(
            points, rows["p"], index, survey, system, default_mag_err, upper_limits, said
        )
        _insert(X, "light_curve", curves)
    if said:
        warnings.warn(
            "Rows were left out: " + "; ".join(said) + ".", DataQualityWarning, stacklevel=3
        )
    return X


def _load(table, parameter, id_column, mapping):
    """The fields of a long table by our names, ``id`` among them."""
    if table is None:
        return None
    kind = "spectrum" if parameter == "spectra" else "light_curve"
    mapping = {
        "id" if ours == id_column else ours: theirs for ours, theirs in (mapping or {}).items()
    }
    unknown = set(mapping) - set(_ALIASES[kind]) - {"id"}
    if unknown:
        raise ValueError(
            f"The '{kind}_columns' parameter of read_tables must map the fields "
            f"{[id_column, *_ALIASES[kind]]}. Got {sorted(unknown)} instead."
        )
    found = {}

    def choose(names):
        lower = {name.lower(): name for name in reversed(names)}
        found.clear()
        for ours, aliases in {"id": (id_column,), **_ALIASES[kind]}.items():
            given = mapping.get(ours)
            if given is not None:
                if given not in names:
                    raise ValueError(f"{parameter} has no column {given!r}; it has {names}.")
                found[ours] = given
            elif ours == "id":
                if id_column in names:
                    found[ours] = id_column
            elif ours not in found:
                match = next((lower[alias] for alias in aliases if alias in lower), None)
                if match is not None and match not in (*mapping.values(), *found.values()):
                    found[ours] = match
        needed = ("id", *(("wavelength", "flux") if kind == "spectrum" else ("time", "band")))
        missing = [id_column if field == "id" else field for field in needed if field not in found]
        if kind == "light_curve" and not {"flux", "mag"} & set(found):
            missing.append("flux or mag")
        if missing:
            raise ValueError(
                f"{parameter} has no column for {missing[0]!r}; it has {names}. Name it by "
                f"{kind}_columns={{{missing[0]!r}: ...}}."
            )
        return list(dict.fromkeys(found.values()))

    columns = load_columns(table, parameter, choose)
    return {ours: columns[theirs] for ours, theirs in found.items()}


def _identify(part):
    """Distinct names of objects in order of appearance, and the code of every row."""
    distinct, codes, _ = factorize_names(part.pop("id"))
    return [n.decode() if isinstance(n, bytes) else n for n in distinct], codes


def _objects(objects, id_column, known):
    """The index, and the plain columns on it."""
    if objects is None:
        names = list(dict.fromkeys(name for part in known for name in part))
        return pd.Index(names, name=id_column), None
    columns = load_columns(objects, "objects")
    if id_column not in columns:
        raise ValueError(
            f"objects has no column {id_column!r}; it has {list(columns)}. Name it by id_column=."
        )
    plain = pd.DataFrame({name: plain_column(values, name) for name, values in columns.items()})
    index = pd.Index(plain.pop(id_column), name=id_column)
    if index.hasnans:
        raise ValueError(f"objects has {int(index.isna().sum())} rows without {id_column!r}.")
    if not index.is_unique:
        repeated = index[index.duplicated()]
        raise ValueError(
            f"objects names {repeated[0]!r} more than once ({len(repeated.unique())} such names); "
            "it must have one row per object."
        )
    return index, plain.set_axis(index)


def _rows(names, codes, index, what, said):
    """Row of every point; -1 where the object is not wanted."""
    names = pd.Index(names, dtype=None if names else index.dtype)
    numeric = pd.api.types.is_numeric_dtype
    if len(names) and numeric(names) != numeric(index):
        # A file may hold as numbers what another holds as text.
        names, index = names.astype(str), index.astype(str)
    row = np.append(index.get_indexer(names), -1)
    strangers = np.flatnonzero(row[:-1] < 0)
    rows = row[codes]
    if len(strangers):
        said.append(
            f"{what} of {len(strangers)} objects that are not in objects (first "
            f"{names[strangers[0]]!r})"
        )
    if (codes < 0).any():
        said.append(f"{int((codes < 0).sum())} {what} without an object")
    return rows


def _insert(X, name, ragged):
    if name in X:
        raise ValueError(f"objects must not have a column {name!r}; that one is made here.")
    X.insert(0, name, ragged.to_nested(index=X.index, name=name))


def _spectra(pixels, rows, n_rows):
    wanted = rows >= 0
    fields = {"wavelength": to_unit(pixels["wavelength"], "Angstrom")}
    for name in ("flux", "flux_err"):
        if name in pixels:
            unit = getattr(pixels[name], "unit", None)
            values = to_unit(pixels[name], unit or "")
            fields[name] = flux_per_wavelength(values, unit, fields["wavelength"])
    if "time" in pixels:
        fields["time"] = _mjd(pixels["time"])
    spectrum = None
    if "spectrum_id" in pixels:
        spectrum = factorize_names(pixels["spectrum_id"])[1].astype(np.int64) + 1
    if not wanted.all():
        fields = {name: values[wanted] for name, values in fields.items()}
        rows, spectrum = rows[wanted], None if spectrum is None else spectrum[wanted]
    return gather_spectra(rows, n_rows, fields, spectrum)


def _light_curves(points, rows, index, survey, system, default_mag_err, upper_limits, said):
    n = len(rows)
    keep = rows >= 0
    nan = np.full(n, np.nan)
    flux = to_unit(points["flux"], "uJy").astype(np.float64) if "flux" in points else nan
    flux_err = (
        to_unit(points["flux_err"], "uJy").astype(np.float64) if "flux_err" in points else nan
    )
    has_flux = np.isfinite(flux)
    if "upper_limit" in points:
        limit = _truth(points["upper_limit"])
        keep &= ~limit if upper_limits == "drop" else ~limit | has_flux
    places = [points[place] for place in _PLACES if place in points]
    default = "AB" if "zero_point" in points else system
    bands, known, zero_flux = read_bands(
        points["band"], points.get("system"), places, survey=survey, default_system=default
    )
    if "zero_point" in points:
        zero_point = to_unit(points["zero_point"], "").astype(np.float64)
        scale = zero_flux * 10 ** (-0.4 * zero_point)
        flux, flux_err = flux * scale, flux_err * scale
        unreadable = has_flux & np.isnan(scale) & np.isfinite(zero_point)
    else:
        unreadable = np.zeros(n, dtype=bool)
    if "mag" in points:
        mag, error = _magnitudes(points, default_mag_err)
        unreadable |= ~has_flux & np.isfinite(mag) & (np.isnan(zero_flux) | ~known)
        with np.errstate(over="ignore"):
            flux = np.where(has_flux, flux, zero_flux * 10 ** (-0.4 * mag))
        derived = 0.4 * np.log(10) * np.abs(flux) * error
        flux_err = np.where(np.isnan(flux_err), derived, flux_err)
    lost = keep & unreadable
    if lost.any():
        names = bands[lost].value_counts().sort_values(ascending=False)
        names = names[names > 0]
        first = ", ".join(map(str, names.index[:6]))
        said.append(
            f"{int(lost.sum())} magnitudes of {len(np.unique(rows[lost]))} objects in {len(names)} "
            f"bands that are unknown or ambiguous ({first}{' …' if len(names) > 6 else ''}; first "
            f"{index[rows[lost][0]]!r}; register_band adds a band, survey= names the survey)"
        )
    keep &= ~lost
    fields = {"time": _mjd(points["time"]), "band": bands, "flux": flux, "flux_err": flux_err}
    fields = {name: values[keep] for name, values in fields.items()}
    fields["band"] = fields["band"].remove_unused_categories()
    return Ragged.from_groups(rows[keep], len(index), fields).sort("time")


def _magnitudes(points, default_mag_err):
    mag = to_unit(points["mag"], getattr(points["mag"], "unit", None) or "")
    error = np.full(len(mag), np.nan)
    if "mag_err" in points:
        error = to_unit(points["mag_err"], getattr(points["mag_err"], "unit", None) or "")
    if default_mag_err is not None:
        error = np.where(np.isnan(error), default_mag_err, error)
    return mag.astype(np.float64), error.astype(np.float64)


def _mjd(time):
    time = to_unit(time, "d").astype(np.float64)
    return np.where(time > _JD_ZERO - 0.5, time - _JD_ZERO, time)


def _truth(values):
    distinct, codes, _ = factorize_names(values)
    true = [str(value).strip().lower() in _TRUE for value in distinct]
    return np.array([*true, False], dtype=bool)[codes]
