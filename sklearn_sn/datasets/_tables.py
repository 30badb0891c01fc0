"""Gather long tables of photometry and spectra into one row per object."""

from dataclasses import replace
from numbers import Integral, Real
from typing import Any

import pandas as pd
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from sklearn_sn.data import list_bands
from sklearn_sn.datasets._columns import choose_columns
from sklearn_sn.datasets._dialects import get_dialect
from sklearn_sn.datasets._gather import gather_light_curves, gather_spectra_of, merge_objects
from sklearn_sn.datasets._load_long import kind_of, load_long, plain_values
from sklearn_sn.datasets._object_tables import read_objects
from sklearn_sn.datasets._other_readers import (
    OtherReaderError,
    lone_file,
    lone_files,
    read_other,
)
from sklearn_sn.datasets._parquet import is_written, read_written
from sklearn_sn.datasets._points import PointOptions
from sklearn_sn.datasets._read_log import ReadLog
from sklearn_sn.datasets._sources import open_sources
from sklearn_sn.datasets._wide_tables import one_row_per_point


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
        "dialect": [str, None],
        "object_id": [str, Integral, None],
        "time_offset": [Interval(Real, None, None, closed="neither"), None],
        "quality_cut": ["boolean"],
        "verbose": ["verbose"],
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
    dialect: str | None = None,
    object_id: str | int | None = None,
    time_offset: float | None = None,
    quality_cut: bool = False,
    verbose: int = 0,
) -> pd.DataFrame:
    """Read files, or gather long tables, into a table with one row per object.

    ``read_tables("atlas_forced.txt")`` reads a file of a survey, broker or archive by its path
    alone: the format is recognised by its content, the survey by its columns. Every argument is a
    :class:`pandas.DataFrame`, an astropy Table or QTable (units are converted), a pyarrow Table, a
    path, a glob pattern, a folder, a file handle, or a list of these. Files are parquet, CSV, ECSV,
    JSON, FITS, text of columns, SNANA, SALT2 or SNooPy, compressed or not.

    Lone paths of spectra without names of columns are read by :func:`read_spectra`, the path of an
    Avro file by :func:`read_alerts`, and one of a file of :func:`write_tables` by
    :func:`read_written`.

    Parameters
    ----------
    objects : table or file, optional
        One row per object. It provides the index and the plain columns. By default, the objects
        are those of the long tables, in order of appearance. If it is the only argument, its
        columns tell whether it holds light curves, spectra or objects.
    light_curves : table, optional
        One row per photometric point: the object, time (MJD; JD is converted), band, and flux or
        mag with their errors. Or one column per band, each with one of its errors (``mjd, g, g_err,
        r, r_err``): magnitudes, unless ``flux`` (µJy) is in their names.

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
        AB magnitude of flux 1, for a flux column that has neither unit nor zp: 31.4 for nJy. By
        default it follows from the name of the column (FLUXCAL 27.5, psfFlux 31.4, flux(mJy) 16.4)
        or from the dialect, else it is 23.9 (µJy).
    default_mag_err : float, optional
        Error of magnitudes without one. By default these points have no flux_err, and
        :func:`~sklearn_sn.data.check_table` drops them if other points of the object have one.
    upper_limits : {"drop", "keep"}, default="drop"
        Drop upper limits, or keep those that have a flux (forced photometry).
    dialect : str, optional
        Survey dialect of the light curves or objects, such as ``"atlas"`` or ``"alerce"``. By
        default it is recognised by the columns. It names columns, zero point, signs, limits and the
        survey of bands with names of one character; a band that the survey lacks is unknown.
    object_id : str or int, optional
        Name of the object of a file of one object. By default it is that in the header of the file,
        or the name of the file.
    time_offset : float, optional
        Days to add to the times of light curves: 2453000 for JD - 2453000. The result is MJD or JD.
    quality_cut : bool, default=False
        Whether to drop the points that the survey calls unusable, such as those with infobitssci
        of 2^25 and more of ZTF. They are counted in the record in any case.
    verbose : int, default=0
        If positive, print the record.

    Returns
    -------
    X : pandas.DataFrame of n_objects rows
        Columns light_curve (nested: time, band, flux, flux_err) and spectrum (nested: wavelength,
        flux, optionally flux_err and time), each if its table is given, then the columns of
        `objects`, or ra, dec, redshift, ebv and type where a file gives them. Index: the object
        names, as the file writes them: text or exact integers. An object without rows has an empty
        cell. ``X.attrs["read"]`` is the record: for every table its file, dialect, the column of
        each field, the scale and system of the fluxes and the columns that are not used, and the
        numbers of points that were left out.

    Raises
    ------
    ValueError
        If a table is of an unsupported type; a required column is missing; an object name is
        repeated; the band codes of most objects are ambiguous; a value is not a number (the message
        names the column and the object); a unit cannot be converted or contradicts a system; the
        system of a zero point is unknown; a flux_err is in magnitudes, or has no unit beside a
        flux in magnitudes; a file is damaged or of an unknown format, or one of its lines has other
        than the number of fields of its header; object names are floats above 2**53, which have
        lost digits; or the origin of the times is unknown (give `time_offset`).

    Warns
    -----
    DataQualityWarning
        Once per call, with all that was left out: rows of objects that are not in `objects`,
        points in unknown or ambiguous bands, limits written as text, values that stand for "not
        measured". Limits that a column or a dialect marks are dropped without a warning.

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

    Columns bring their companions: isdiffpos is the sign of a difference, isNegative that of a
    magnitude; the error of a flux or magnitude is that of the same quantity, and a column err,
    error or unc that of the only one; diffmaglim, detected and nondet mark limits, and so do words
    such as UL, limit and non-detection in columns such as flag, type and comment. Two points of
    one exposure, such as those of an alert and of forced photometry, are merged. A row of units
    below the names of the columns of a text is used.

    Bands of one letter belong to the survey that the header of a file names. One that this survey
    does not have, or of a survey that is unknown, is left out: name another with `survey`.

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
    if dialect is not None:
        get_dialect(dialect)  # raises for an unknown dialect
    given = {"objects": objects, "light_curves": light_curves, "spectra": spectra}
    present = {name: value for name, value in given.items() if value is not None}
    mappings = {"light_curves": light_curve_columns, "spectra": spectrum_columns}
    lone = lone_file(present)
    if lone is not None and is_written(lone):
        _require_tables(mappings, {})
        return read_written(lone)
    log = ReadLog()
    try:
        sources = _sort_sources(given, dialect, mappings, id_column)
        _require_tables({"light_curves": light_curve_columns}, sources)
        if lone is not None and _is_one_spectrum(sources, id_column, spectrum_columns):
            try:
                return read_other(lone, None, spectrum_columns, object_id, verbose)
            except OtherReaderError as error:
                raise ValueError(str(error)) from None
            except ValueError:
                pass  # a table of another format, such as Parquet
        options = {"id_column": id_column, "dialect": dialect, "object_id": object_id}
        plain = _given_objects(sources["objects"], id_column, dialect, log)
        options["joined_name"] = _joined_name(sources["light_curves"], plain)
        long = {
            kind: [load_long(one, kind, mapping=mappings[kind], **options) for one in sources[kind]]
            for kind in ("light_curves", "spectra")
        }
        parts = [*long["light_curves"], *long["spectra"]]
        plain = _objects(sources, parts, id_column) if plain is None else plain
    except OtherReaderError as error:
        files = lone_files(present)
        if files is None:
            raise
        return read_other(files, error, spectrum_columns, object_id, verbose)
    _require_tables(mappings, sources)
    X = pd.DataFrame(plain)
    if long["spectra"]:
        _insert(X, "spectrum", gather_spectra_of(long["spectra"], X.index, log))
    if long["light_curves"]:
        options = PointOptions(
            survey, system, zero_point, default_mag_err, upper_limits, quality_cut, time_offset
        )
        curves = gather_light_curves(long["light_curves"], X.index, options, log)
        _insert(X, "light_curve", curves)
    X.attrs["read"] = log.record
    if verbose:
        print(log.text(quality_cut))
    log.warn()
    return X


def _sort_sources(given, dialect, mappings, id_column):
    """Open all arguments, and return the tables of each kind."""
    present = [name for name, value in given.items() if value is not None]
    sources = {"objects": [], "light_curves": [], "spectra": [], "metadata": []}
    for parameter in present:
        for source in open_sources(given[parameter], parameter):
            if parameter in ("objects", "light_curves") and not mappings["light_curves"]:
                table = one_row_per_point(source.table, id_column, source.units)
                if table is not source.table:
                    source = replace(source, table=table, units=table.attrs.get("units", {}))
            kind = source.kind
            if kind is None:
                alone = parameter == "objects" and len(present) == 1
                kind = kind_of(source.names, dialect, mappings) if alone else parameter
            sources[kind].append(source)
    return sources


def _joined_name(sources, objects):
    """Return how load_long names sources whose identifiers are joined."""
    stems = [source.stem for source in sources]
    if objects is not None and objects.index.isin(stems).any():
        return "file"
    if objects is not None:
        return "identifier"
    return "file" if len(set(stems)) == len(stems) else "position"


def _is_one_spectrum(sources, id_column, mapping):
    """Return whether a file holds one spectrum, whose columns read_spectra knows better."""
    if len(sources["spectra"]) != 1 or any(sources[kind] for kind in sources if kind != "spectra"):
        return False
    columns = choose_columns(sources["spectra"][0].names, "spectra", id_column, mapping or {})
    return not {"id", "time", "spectrum_id"} & set(columns)


def _require_tables(mappings, sources):
    """Raise if the columns of a kind of table are named, and there is no such table."""
    for kind, mapping in mappings.items():
        if mapping and not sources.get(kind):
            parameter = "light_curve_columns" if kind == "light_curves" else "spectrum_columns"
            raise ValueError(
                f"The {parameter!r} parameter of read_tables names columns of {kind}, "
                f"{sorted(mapping.values())}, and no table given has one of them. Check the names, "
                f"or omit {parameter}=."
            )


def _given_objects(sources, id_column, dialect, log):
    """Return the tables of objects as one, with their names as the index; None without any."""
    frames = []
    for source in sources:
        frame, entry = read_objects(source, id_column, dialect=dialect)
        frames.append(frame)
        log.add_table(**entry)
    return merge_objects(frames, id_column) if frames else None


def _objects(sources, parts, id_column):
    """Return the plain columns of the objects of long tables, with their names as the index."""
    names = parts[0].objects
    if len(parts) > 1:
        names = list(dict.fromkeys(name for part in parts for name in part.objects))
    index = pd.Index(names, name=id_column)
    frames = [plain_values(part) for part in parts if part.parameter == "light_curves"]
    dialects = [part.dialect for part in parts if part.dialect is not None]
    for source in sources["metadata"]:
        if dialects:  # the values around the points of a JSON file
            frames.append(read_objects(source, id_column, only=dialects[0])[0])
    plain = merge_objects(frames, id_column) if frames else pd.DataFrame(index=index)
    return plain.reindex(index)


def _insert(X, name, ragged):
    if name in X:
        raise ValueError(
            f"objects must not have a column {name!r}; read_tables creates it. Rename the column."
        )
    X.insert(0, name, ragged.to_nested(index=X.index, name=name))
