"""Long tables of photometry and spectra, gathered into one row per object."""

from numbers import Real

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

# Names of the columns that only long tables have, in order of preference.
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
    objects=None,
    light_curves=None,
    spectra=None,
    *,
    id_column="object_id",
    light_curve_columns=None,
    spectrum_columns=None,
    survey=None,
    system="native",
    zero_point=None,
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
        AB; psfFlux and psfFluxErr, as Rubin names them, nJy; or any flux with a column zp) or mag,
        with their errors; a flux_err without a unit (that is not named psfFluxErr or flux_ujy_err)
        is on the scale of flux. Optional columns: upper_limit (true where the point is none),
        system (of the magnitudes or of zp; of magnitudes, Natural and other names than AB, Vega,
        SDSS, Landolt and Swift count as native, of zp unknown ones are refused), and survey,
        telescope and instrument, which tell bands of one name apart (Swift's U is not Bessell's).
        A point with flux and mag keeps the flux. A flux with a unit needs no zp, and the unit
        mag(AB) says that the magnitudes of the table are AB. Text such as ``>19.2`` in mag, or
        ``<12.5`` in flux, is an upper limit.
    spectra : table, optional
        One row per pixel: the object, wavelength (Å), flux (per wavelength, any scale; with a unit
        per frequency it is converted) and, optionally, flux_err (in the unit of flux where it has
        none), time (MJD) and spectrum_id, which tells the spectra of an object apart where the time
        does not.
    id_column : str, default="object_id"
        Column (or named index) that names the object, in each table.
    light_curve_columns, spectrum_columns : dict of str to str, optional
        Which column of the table holds a field, where its usual name does not tell:
        ``{"band": "band_norm", "object_id": "SNID"}``. The usual aliases (mjd, filter, fluxerr,
        wave, …) are known.
    survey : str, optional
        Survey to which the bands belong, such as ``"plasticc"``. That one (here, or in the column
        survey) also means that fluxes with neither unit nor zp have the zero point 27.5, as
        PLAsTiCC publishes them; no other survey changes a flux.
    system : {"native", "AB", "Vega"}, default="native"
        System of the magnitudes that name none, neither by a column nor by the unit mag(AB);
        native is the one in which the band is published. The zero points of fluxes that name no
        system are AB, whatever this says.
    zero_point : float, optional
        AB magnitude of the flux 1, for all fluxes of a column that has neither unit nor zp: 27.5
        for SNANA's FLUXCAL, 31.4 for nJy. By default 23.9 (µJy), and 31.4 for psfFlux.
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
        If a table is of another kind, a needed column is missing, two objects have one name, the
        band codes of most objects are ambiguous, a value is no number (the message names the column
        and the object), or a unit cannot be converted (mag(ST), or a spectrum's that is none of
        flux density) or contradicts a system, the system of a zero point is unknown, or a flux_err
        is in magnitudes or has no unit beside a flux in magnitudes.

    Warns
    -----
    DataQualityWarning
        Once per call, of all that was left out: rows of objects that are not in `objects`, points
        in unknown or ambiguous bands, limits written as text. Limits marked in upper_limit go
        unsaid.

    See Also
    --------
    fetch_open_supernova_catalog : Download supernovae by name.
    sklearn_sn.data.check_table : What estimators make of X.

    Notes
    -----
    Known bands become canonical names. Points in unknown or ambiguous bands are left out: register
    a band before reading. Points are sorted by time. Spectra of one object are told apart by time
    in X: those closer than 1e-4 d (8.6 s) are moved to later times by the least that separates
    them. Of several undated spectra of an object, the first stays undated and the others get the
    times 0, 1, 2 ….

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
    long = [part for part in (points, pixels) if part is not None]
    index, plain = _objects(objects, id_column, [part.objects for part in long])
    said = []
    rows = [_rows(part, index, said) for part in long]
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
            said=said,
        )
        _insert(X, "light_curve", curves)
    if said:
        warn_quality("Rows were left out: " + "; ".join(said) + ".")
    return X


def _load(table, parameter, id_column, mapping):
    """The fields of a long table by our names."""
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
            here = f"{kind}_columns={{{missing[0]!r}: ...}}"
            if "id" not in found:
                here = f"id_column=, or in this table alone by {here}"
            raise ValueError(
                f"{parameter} has no column for {missing[0]!r}; it has {names}. Name it by {here}."
            )
        return list(dict.fromkeys(found.values()))

    columns = load_columns(table, parameter, choose)
    fields = {ours: columns[theirs] for ours, theirs in found.items()}
    distinct, codes, _ = factorize_names(fields.pop("id"))
    distinct = [n.decode() if isinstance(n, bytes) else n for n in distinct]
    return LongTable(parameter, fields, found, distinct, codes)


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


def _rows(part, index, said):
    """Row of every point; -1 where the object is not wanted."""
    names, codes = part.objects, part.codes
    what = "points" if part.parameter == "light_curves" else "pixels"
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
    fields = {"wavelength": pixels.numbers("wavelength", "Angstrom")}
    for name in ("flux", "flux_err"):
        if name in pixels:
            own = pixels.unit(name)
            values = pixels.numbers(name, own or "")
            unit = pixels.unit("flux") if own is None else own
            try:
                fields[name] = flux_per_wavelength(values, unit, fields["wavelength"])
            except ValueError as error:
                raise ValueError(f"{pixels.place(name)}: {error}") from error
    if "time" in pixels:
        fields["time"] = to_mjd(pixels.numbers("time", "d"))
    spectrum = None
    if "spectrum_id" in pixels:
        spectrum = factorize_names(pixels["spectrum_id"])[1].astype(np.int64) + 1
    if not wanted.all():
        fields = {name: values[wanted] for name, values in fields.items()}
        rows, spectrum = rows[wanted], None if spectrum is None else spectrum[wanted]
    return gather_spectra(rows, n_rows, fields, spectrum)
