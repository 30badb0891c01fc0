"""Load a source as a long table: its columns by field, with what its dialect adds."""

import numpy as np
import pandas as pd
from astropy.table import Table

from sklearn_sn.data import warn_quality
from sklearn_sn.datasets._columns import (
    ALIASES,
    choose_columns,
    looks_like,
    require_columns,
    time_offset,
)
from sklearn_sn.datasets._companions import bad_quality, magnitude_errors
from sklearn_sn.datasets._dialects import find_dialect, get_dialect, pick, plain_names
from sklearn_sn.datasets._identity import read_names
from sklearn_sn.datasets._join_positions import join_positions
from sklearn_sn.datasets._limit_marks import are_words, is_mark_column, marks_of
from sklearn_sn.datasets._long_numbers import LongTable, holds_text
from sklearn_sn.datasets._long_tables import load_columns
from sklearn_sn.datasets._named_units import add_named_units, add_spectral_units

# Values of a header that name its object, in order of preference.
_HEADER_NAMES = ("object", "objname", "snid", "name", "sn", "objectid", "target")

_SNANA_UNKNOWN = -9  # of a redshift or an extinction
_UNKNOWN_NINE = {"redshift", "ebv"}


def kind_of(columns, dialect=None, mappings=None):
    """Return the kind of a table that is given alone.

    Parameters
    ----------
    columns : list of str
        All columns of the table.
    dialect : str, optional
        Name of the dialect; by default it is recognised.
    mappings : dict of str to (dict of str to str or None), optional
        Columns of fields by kind, as the user gives them. They decide if the table has one of them.

    Returns
    -------
    {"light_curves", "spectra", "objects"}
    """
    if dialect is not None:
        return get_dialect(dialect).kind
    for kind, mapping in (mappings or {}).items():
        if set((mapping or {}).values()) & set(columns):
            return kind
    found = find_dialect(columns)
    return found.kind if found is not None else looks_like(columns)


def load_long(
    source,
    parameter,
    *,
    id_column,
    mapping=None,
    dialect=None,
    object_id=None,
    joined_name="file",
):
    """Load the fields of a long table under canonical names.

    Parameters
    ----------
    source : Source
        The table.
    parameter : {"light_curves", "spectra"}
        Kind of the table.
    id_column : str
        Column of the object name.
    mapping : dict of str to str, optional
        Columns of fields, as the user gives them.
    dialect : str, optional
        Name of the dialect; by default it is recognised.
    object_id : str or int, optional
        Name of the only object.
    joined_name : {"file", "position", "identifier"}, default="file"
        Name of a source whose identifiers are joined: that of its file, or its position if the file
        has several; its position; or its first identifier.

    Returns
    -------
    LongTable

    Raises
    ------
    ValueError
        If a required field is missing, or `object_id` is given for several objects.
    """
    mapping = _field_mapping(mapping, parameter, id_column)
    found = None
    if parameter == "light_curves":
        found = find_dialect(source.names, parameter) if dialect is None else get_dialect(dialect)
    names, extra, unused, marks = {}, {}, [], []

    def choose(columns):
        names.clear()
        names.update(choose_columns(columns, parameter, id_column, mapping, found))
        given = dict.fromkeys(["band"] if found is not None and found.band else [], "")
        if object_id is not None or source.label is not None:
            given["id"] = ""  # a file of one object
        require_columns({**given, **names}, columns, parameter, id_column)
        extra.update(_extra_columns(columns, found))
        if parameter == "light_curves" and found is None:
            free = [name for name in columns if name not in names.values()]
            marks[:] = list(filter(is_mark_column, free))
            extra.update({f"mark {name}": name for name in marks})
        wanted = list(dict.fromkeys([*names.values(), *extra.values()]))
        unused[:] = [column for column in columns if column not in wanted]
        return wanted

    columns = load_columns(source.table, parameter, choose)
    fields = {field: columns[name] for field, name in names.items()}
    n_rows = len(next(iter(columns.values()), ()))
    if parameter == "light_curves" and found is None and are_words(fields.get("limit_mag", ())):
        fields.setdefault("upper_limit", fields.pop("limit_mag"))
        names.setdefault("upper_limit", names.pop("limit_mag"))
    objects, codes = _objects_of(
        fields.pop("id", None), source, parameter, names, object_id, n_rows
    )
    if found is not None and found.band and "band" not in fields:
        fields["band"] = pd.Categorical.from_codes(np.zeros(n_rows, dtype=int), [found.band])
    offset = time_offset(names["time"]) if "time" in names else 0.0
    offset = offset or time_offset(source.units.get(names.get("time"), ""))
    if parameter == "light_curves" and (found is None or source.units):
        add_named_units(fields, names, source.units)
    if parameter == "spectra" and source.units:
        add_spectral_units(fields, names, source.units)
    if found is not None and found.snr in extra and "mag" in fields and "mag_err" not in fields:
        fields["mag_err"] = magnitude_errors(columns[extra[found.snr]])
        names["mag_err"] = extra[found.snr]
    plain = {name: columns[column] for name, column in extra.items() if name in ("ra", "dec")}
    if found is not None and found.joins(names.get("id")):
        objects, codes = _join_identifiers(objects, codes, plain, source, joined_name)
    if object_id is not None:
        objects = _rename(objects, object_id, parameter)
    limits = found.limits if found is not None else ()
    marked = marks_of(marks, columns)
    used = [id(values) for values, _ in marked]
    # A table without rows stands for one whose columns of text may hold marks.
    unused += [
        name
        for name in marks
        if id(columns[name]) not in used and not (n_rows == 0 and holds_text(columns[name]))
    ]
    return LongTable(
        parameter,
        fields,
        names,
        objects,
        codes,
        dialect=found,
        header=source.header,
        label=source.label,
        unused=tuple(unused),
        time_offset=offset or (found.time_offset if found is not None else 0.0),
        limit_columns=marked
        + tuple((columns[extra[column]], pattern) for column, pattern in limits if column in extra),
        bad=bad_quality(columns, found),
        plain={name: columns[column] for name, column in extra.items() if _is_plain(name, found)},
        is_arrow=not isinstance(source.table, pd.DataFrame | Table),
    )


def _field_mapping(mapping, parameter, id_column):
    """Return the mapping of the user with the key ``id`` for the object name."""
    mapping = {
        "id" if field == id_column else field: name for field, name in (mapping or {}).items()
    }
    unknown = set(mapping) - set(ALIASES[parameter]) - {"id"}
    if unknown:
        kind = "spectrum" if parameter == "spectra" else "light_curve"
        raise ValueError(
            f"The keys of the '{kind}_columns' parameter of read_tables must be among the fields "
            f"{[id_column, *ALIASES[parameter]]}. Got {sorted(unknown)} instead."
        )
    return mapping


def _extra_columns(columns, dialect):
    """Return the columns that a dialect uses besides the fields, by lower-case name."""
    if dialect is None:
        return {}
    plain = plain_names(columns)
    wanted = {name: name for name, _ in dialect.limits}
    wanted |= {dialect.quality[0]: dialect.quality[0]} if dialect.quality else {}
    wanted |= {dialect.snr: dialect.snr} if dialect.snr else {}
    wanted |= {name: column for name, column in dialect.objects.items() if name != "object_id"}
    chosen = {name: pick(plain, alternatives) for name, alternatives in wanted.items()}
    return {name: column for name, column in chosen.items() if column is not None}


def _is_plain(name, dialect):
    return dialect is not None and name in dialect.objects


def _objects_of(values, source, parameter, names, object_id, n_rows):
    """Return the distinct names of objects, and the object of every row."""
    if values is not None:
        objects, codes = read_names(values, f"{parameter}, column {names['id']!r}")
        if 0 in objects and names["id"].lower().endswith("diaobjectid"):
            # Rubin's sources of the Solar System have the number 0 here.
            zero = objects.index(0)
            codes = np.where(codes == zero, -1, codes - (codes > zero))
            objects = objects[:zero] + objects[zero + 1 :]
        return objects, codes
    header = source.header
    name = next((header[key] for key in _HEADER_NAMES if header.get(key)), source.stem)
    return [object_id if object_id is not None else name], np.zeros(n_rows, dtype=np.int64)


def _join_identifiers(objects, codes, plain, source, joined_name):
    """Join the identifiers of one source, of which it has one per band."""
    if {"ra", "dec"} <= set(plain):
        name = source.stem if joined_name == "file" else None
        keep = joined_name == "identifier"
        return join_positions(objects, codes, plain["ra"], plain["dec"], name, keep_names=keep)
    if len(objects) > 1:
        warn_quality(
            f"{source.label or 'The table'} has {len(objects)} identifiers (first {objects[0]!r}) "
            "and no positions. A source has one identifier per band: add the columns 'ra' and "
            "'dec', by which they are joined."
        )
    return objects, codes


def _rename(objects, object_id, parameter):
    if len(objects) > 1:
        raise ValueError(
            f"The 'object_id' parameter of read_tables names the object of a table of one object. "
            f"{parameter} has {len(objects)} objects (first {objects[0]!r}); omit object_id."
        )
    return [object_id] * len(objects)


def plain_values(part):
    """Return the plain columns of the objects of a long table.

    Parameters
    ----------
    part : LongTable
        Table whose dialect has plain columns, in the table or in the header of its file.

    Returns
    -------
    pandas.DataFrame of n_objects rows
        Medians of numbers, and the first text; indexed by the names of the objects.
    """
    index = pd.Index(part.objects, dtype=object)
    out = {}
    for name, values in part.plain.items():
        numbers = pd.to_numeric(pd.Series(np.asarray(values, dtype=object)), errors="coerce")
        used = part.codes >= 0
        if numbers[used].notna().any():
            grouped = numbers[used].astype(float).groupby(part.codes[used]).median()
            out[name] = grouped.reindex(range(len(index))).to_numpy()
    if part.dialect is not None and len(index) == 1:
        for name, alternatives in part.dialect.objects.items():
            value = pick(part.header, alternatives)
            if name not in out and value is not None and name != "object_id":
                out[name] = [value]
    for name in ("ra", "dec"):
        value = part.header.get(name)
        if name not in out and len(index) == 1 and isinstance(value, int | float):
            out[name] = [float(value)]
    if part.dialect is not None and part.dialect.name == "snana":
        for name in _UNKNOWN_NINE & set(out):
            values = np.asarray(out[name], dtype=object)
            out[name] = [np.nan if value == _SNANA_UNKNOWN else value for value in values]
    return pd.DataFrame(out, index=index)
