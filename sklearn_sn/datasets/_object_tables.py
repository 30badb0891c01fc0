"""Read tables of objects: names, positions in degrees, redshifts, missing values."""

import re

import numpy as np
import pandas as pd
from astropy.coordinates import Angle

from sklearn_sn.data import as_python, canonical_bands
from sklearn_sn.datasets._columns import choose_columns
from sklearn_sn.datasets._dialects import find_dialect, get_dialect, pick, plain_names
from sklearn_sn.datasets._identity import ID_ALIASES, names_index
from sklearn_sn.datasets._long_tables import load_columns, plain_column
from sklearn_sn.datasets._other_readers import OtherReaderError

_MISSING = {"-", "--", "---", "", "null", "none", "nan", "n/a", "unknown"}
_LIMIT = re.compile(r"\s*[<>≤≥]\s*[-+]?\d")
_SEXAGESIMAL = re.compile(
    r"\s*[-+]?\d+(?:[:\s]\d+[:\s]|[hd]\s*\d+m\s*)\d+(?:\.\d*)?s?\s*", re.IGNORECASE
)
_FILE_HINT = (
    " If the file is a light curve, read it with light_curves= and name its columns with "
    "light_curve_columns=. If the file is a spectrum, read it with "
    "sklearn_sn.datasets.read_spectra."
)
# Fields of a light curve, of which a table needs one each.
_NEEDED = {
    ("time",): "a column for the time, such as 'mjd'",
    ("band",): "a column for the band, such as 'filter'",
    ("flux", "mag"): "a column for the flux or magnitude, such as 'flux' (µJy) or 'mag'",
}
# Beginnings of names of redshifts of hosts in SNANA, ELAsTiCC and PLAsTiCC; -9 is "not measured".
_HOST_REDSHIFTS = ("hostgal_z", "hostgal_specz", "hostgal_photoz")
_NUMBERS = {"redshift", "ebv", "a_v"}
_R_V = 3.1  # ratio of the total to the selective extinction of the Milky Way
# Names in files of the plain columns that this library knows. Tables in memory keep their names.
_KNOWN = {
    "redshift": "redshift|redshift_helio|redshift_final",
    "ra": "ra|raj2000|ramean",
    "dec": "dec|decl|dej2000|declination|decmean",
    "ebv": "ebv|mwebv",
    "type": "type",
}


def read_objects(source, id_column, *, dialect=None, only=None):
    """Read a table of objects.

    Parameters
    ----------
    source : Source
        The table.
    id_column : str
        Column of the object name; its usual other names are recognised if it is ``object_id``.
    dialect : str, optional
        Name of the dialect; by default it is recognised.
    only : Dialect, optional
        Dialect of the points of the same file. Only its plain columns are kept.

    Returns
    -------
    plain : pandas.DataFrame of n_objects rows
        Plain columns; the index is the object names.
    entry : dict
        Record of the table.

    Raises
    ------
    ValueError
        If there is no column of names, a name is missing or repeated, or a position is no angle.
    """
    found = only or _dialect_of(source, dialect)
    columns = load_columns(source.table, "objects")
    name = _id_column(columns, id_column, found, source)
    index = names_index(
        plain_column(columns.pop(name), name), id_column, f"objects, column {name!r}"
    )
    frame = pd.DataFrame(
        {n: plain_column(values, n) for n, values in columns.items()}, index=range(len(index))
    )
    if only is not None:  # one row per alert, of which several may be of one object
        first = ~index.duplicated() & index.notna()
        index, frame = index[first], frame[first].reset_index(drop=True)
    _require_names(index, id_column, list(columns))
    frame, used = _rename(frame, found, source.label is not None)
    if only is not None:
        frame = frame[[column for column in used if column in frame]]
    frame = pd.DataFrame({n: _plain(frame[n], found) for n in frame}, index=frame.index)
    for n, unit in (("ra", "hourangle"), ("dec", "deg")):
        if n in frame:
            frame[n] = _degrees(frame[n], unit, index)
    for n in frame:
        if str(n).lower().startswith(_HOST_REDSHIFTS) and frame[n].dtype.kind in "if":
            frame[n] = frame[n].where(frame[n] > -1.0)
    for n in _NUMBERS & set(used):
        if frame[n].dtype == object and frame[n].isna().all():
            frame[n] = frame[n].astype(float)
    if found is not None and "a_v" in used and "ebv" not in frame:
        frame["ebv"] = pd.to_numeric(frame.pop("a_v"), errors="coerce") / _R_V
    entry = {"kind": "objects", "file": source.label, "dialect": getattr(found, "name", None)}
    entry |= {"columns": {id_column: name, **used}}
    return frame.set_axis(index), entry


def _dialect_of(source, dialect):
    found = find_dialect(source.names, "objects")
    if dialect is None:
        return found
    given = get_dialect(dialect)
    return given if given.kind == "objects" else found


def _id_column(columns, id_column, dialect, source):
    """Return the column of the names of objects."""
    if id_column in columns:
        return id_column
    name = None
    if id_column == "object_id":
        plain = plain_names(columns)
        of_dialect = {} if dialect is None else {**dialect.objects, **dialect.fields}
        name = pick(plain, of_dialect.get("object_id", ""))
        if name is None and (source.label is not None or dialect is not None):
            name = pick(plain, "|".join(ID_ALIASES))
    if name is None:
        if source.label is None:
            problem = f"objects has no column {id_column!r}; it has {list(columns)}"
            raise OtherReaderError(f"{problem}. Name it with id_column=.")
        raise OtherReaderError(
            f"{_problem([str(column) for column in columns], id_column)}. Name the column of the "
            f"objects with id_column=.{_FILE_HINT}"
        )
    return name


def _problem(columns, id_column):
    """Return what a table lacks: as a light curve if it has some columns of one."""
    names = choose_columns(columns, "light_curves", id_column, {})
    lacking = [text for fields, text in _NEEDED.items() if not names.keys() & set(fields)]
    if len(lacking) == len(_NEEDED):
        return (
            f"A table of objects needs a column {id_column!r}, and a light curve needs columns for "
            f"time, band, and flux or mag; this table has {columns}"
        )
    bands = [name for name in columns if canonical_bands([name], ambiguous="unknown")[0]]
    hint = ""
    if "band" not in names and bands:
        hint = (
            "; one column per band needs two bands or more, each with its errors, such as "
            f"{bands[0]!r} and '{bands[0]}_err'"
        )
    return f"A light curve needs {', and '.join(lacking)}; this table has {columns}{hint}"


def _require_names(index, id_column, columns=()):
    if index.hasnans:
        raise ValueError(
            f"objects has {int(index.isna().sum())} rows with a missing {id_column!r}. Drop them, "
            "or fill in the names."
        )
    if not index.is_unique:
        repeated = index[index.duplicated()]
        names = choose_columns([str(name) for name in columns], "light_curves", "object_id", {})
        if "band" in names and {"flux", "mag"} & set(names):
            raise ValueError(
                f"objects has {as_python(repeated[0])!r} more than once and columns of light "
                f"curves, but none of times among {list(columns)}; call it 'mjd' or 'jd', or "
                "'time' if it is relative. Or name it with light_curve_columns={'time': ...}."
            )
        raise ValueError(
            f"objects has {as_python(repeated[0])!r} more than once ({len(repeated.unique())} "
            f"such names). It must have one row per object. A table of points is read with "
            "light_curves=; name its columns with light_curve_columns=."
        )


def _rename(frame, dialect, is_file):
    """Return the table with known columns under their names, and the column of each."""
    plain = plain_names(frame.columns)
    wanted = _KNOWN if is_file else {}
    wanted = wanted | (dialect.objects if dialect is not None else {})
    used = {}
    for name, alternatives in wanted.items():
        given = pick(plain, alternatives)
        if name != "object_id" and given is not None and (name == given or name not in frame):
            used[name] = given
    return frame.rename(columns={given: name for name, given in used.items()}), used


def _plain(column, dialect):
    """Return a column with missing values as such, and text of numbers as numbers."""
    if not (pd.api.types.is_string_dtype(column.dtype) or column.dtype == object):
        return column
    text = column.astype(object).where(column.notna(), None)
    if not all(value is None or isinstance(value, str) for value in text):
        return column
    stripped = pd.Series([None if t is None else t.strip() for t in text], dtype=object)
    missing = pd.Series([t is None or t.lower() in _MISSING for t in stripped], dtype=bool)
    limits = pd.Series([t is not None and bool(_LIMIT.match(t)) for t in stripped], dtype=bool)
    numbers = pd.to_numeric(stripped.mask(missing | limits), errors="coerce").astype(float)
    if numbers.notna().any() and (numbers.notna() | missing | limits).all():
        return numbers.set_axis(column.index)  # limits such as >30.2 are no values
    return text.mask(missing.set_axis(column.index), None) if dialect is not None else column


def _degrees(column, unit, index):
    """Return angles in degrees; text of hours or degrees, minutes and seconds is converted."""
    if column.dtype.kind in "iuf":
        return column
    values = column.astype(object)
    out = np.full(len(values), np.nan)
    for row, value in enumerate(values):
        if value is None or value != value:
            continue
        try:
            if isinstance(value, str) and _SEXAGESIMAL.fullmatch(value):
                out[row] = Angle(value.strip().lower(), unit=unit).deg
            else:
                out[row] = float(value)
        except (TypeError, ValueError):  # the angles of astropy raise a ValueError
            raise ValueError(
                f"Object {as_python(index[row])!r}: {column.name} is {value!r}; give degrees, "
                f"or hours or "
                "degrees, minutes and seconds such as 13:45:02.1."
            ) from None
    return out
