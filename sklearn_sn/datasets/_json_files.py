"""Read JSON of brokers: records, columns, or objects with lists of points."""

import json

import pandas as pd

from sklearn_sn.data import bare_name
from sklearn_sn.datasets._dialects import plain_names
from sklearn_sn.datasets._identity import ID_ALIASES
from sklearn_sn.datasets._tns_json import plain_value, read_tns_point

_TIMES = {"time", "mjd", "jd", "hjd", "midpointtai", "midpointmjdtai", "expmidptmjd"}
# Around the answer of a server.
_ENVELOPES = ("data", "results", "result", "objects", "alerts", "reply")
# Lists of points without a measurement say so by their name.
_LIMITS = ("non_detections", "nondetections", "upper_limits", "prvdianondetectionlimits")


def parse_json(text, where):
    """Parse a JSON file, or one of JSON lines.

    Parameters
    ----------
    text : str
        Content of the file.
    where : str
        Name of the file, for messages.

    Returns
    -------
    list of dict
        Arguments of Source: the points and, if there are objects around them, the objects.

    Raises
    ------
    ValueError
        If the text is no JSON, or holds no table.
    """
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        content = _json_lines(text, error, where)
    except RecursionError as error:
        raise ValueError(f"{where} is nested too deeply to be a table.") from error
    if _is_catalog_event(content):
        raise ValueError(
            f"{where} is a file of the Open Supernova Catalog, which "
            "sklearn_sn.datasets.fetch_open_supernova_catalog reads by the name of the object."
        )
    records = _records(content)
    if not records:
        raise ValueError(f"{where} holds no table: give records, columns or objects with points.")
    if _are_points_of_the_tns(records):
        return [{"table": _frame([read_tns_point(record, where) for record in records])}]
    if any(_point_lists(record) for record in records):
        points, objects = zip(*map(_flatten, records), strict=True)
        points = [read_tns_point(point, where) for part in points for point in part]
        named = all(_id_of(plain) is not None for plain in objects)
        if not named and len(records) > 1:
            raise ValueError(
                f"{where} holds {len(records)} objects, and not all of them have a name; give each "
                "one, such as 'objectId'."
            )
        parts = [{"table": _frame(points), "kind": "light_curves"}] if points else []
        if not named:  # the only object; its name is that of the file
            return [{**part, "header": dict(objects[0])} for part in parts]
        return [*parts, {"table": _frame(objects), "kind": "metadata"}]
    return [{"table": _frame(records)}]


def _are_points_of_the_tns(records):
    """Return whether records are points whose filters and units are named in nested objects."""
    return all(_is_point(record) and "flux_unit" in record for record in records)


def _is_catalog_event(content):
    """Return whether a file of the Open Supernova Catalog: objects by name, with sources."""
    return (
        isinstance(content, dict)
        and bool(content)
        and all(isinstance(v, dict) and {"name", "sources"} <= v.keys() for v in content.values())
    )


def _json_lines(text, error, where):
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        if len(lines) > 1:
            return [json.loads(line) for line in lines]
    except json.JSONDecodeError as other:
        error = other
    raise ValueError(f"{where} is damaged JSON: {error}.") from error


def _records(content):
    """Return the content as a list of dicts, one per row or object."""
    while isinstance(content, dict):
        inner = next((content[key] for key in _ENVELOPES if _holds_rows(content.get(key))), None)
        if inner is None or _point_lists({k: v for k, v in content.items() if k not in _ENVELOPES}):
            break
        content = inner
    if isinstance(content, list):
        return [record for record in content if isinstance(record, dict)]
    if not isinstance(content, dict):
        return []
    columns = list(content.values())
    if _are_columns(columns, list, list) and len(set(map(len, columns))) == 1:
        return pd.DataFrame(content, dtype=object).to_dict("records")
    of_to_json = _are_columns(columns, dict, dict.values) and not _point_lists(content)
    if of_to_json and len({tuple(values) for values in columns}) == 1:
        # Not by pandas, which turns integers beside a null into floats and so loses digits.
        return [
            dict(zip(content, row, strict=True))
            for row in zip(*(values.values() for values in columns), strict=True)
        ]
    return [content]


def _are_columns(columns, kind, entries):
    """Return whether values are all containers of a kind without records in them."""
    return bool(columns) and all(
        isinstance(values, kind) and not any(map(_is_record, entries(values))) for values in columns
    )


def _holds_rows(value):
    return isinstance(value, dict) or (isinstance(value, list) and any(map(_is_record, value)))


def _is_record(value):
    return isinstance(value, dict)


def _is_point(record):
    return isinstance(record, dict) and not _TIMES.isdisjoint(
        {bare_name(name.partition(":")[2] or name) for name in record}
    )


def _point_lists(record):
    """Return the points of an object: lists of points, and single ones."""
    lists = {}
    for name, value in record.items():
        if name.lower() == "spectra" and "photometry" in record:
            continue
        if isinstance(value, list) and any(map(_is_point, value)):
            lists[name] = [point for point in value if _is_point(point)]
        elif _is_point(value):
            lists[name] = [value]
    return lists


def _flatten(record):
    """Return the points of an object, each with its name, and its plain values."""
    lists = _point_lists(record)
    plain = {name: value for name, value in record.items() if _is_scalar(value)}
    for name, value in record.items():
        if isinstance(value, dict) and _is_scalar(plain_value(value)):
            plain[name] = plain_value(value)
        elif isinstance(value, dict) and name not in lists:
            plain |= {k: v for k, v in value.items() if _is_scalar(v) and k not in plain}
    points = [
        point | ({"upper_limit": True} if name.lower() in _LIMITS else {})
        for name, values in lists.items()
        for point in values
    ]
    key = _id_of(plain) or _id_of(points[0] if points else {})
    if key is None:
        return points, plain
    column, name = key
    plain.setdefault(column, name)
    return [{column: name, **point} for point in points], plain


def _id_of(record):
    names = plain_names(record)
    column = next((names[alias] for alias in ID_ALIASES if alias in names), None)
    return None if column is None or record[column] is None else (column, record[column])


def _is_scalar(value):
    return value is None or isinstance(value, str | int | float | bool)


def _frame(records):
    """Return records as a DataFrame in which large integers stay exact."""
    frame = pd.DataFrame(list(records), dtype=object)
    for name in frame:
        column = frame[name]
        present = column[column.notna()]
        if len(present) and all(type(value) is int for value in present):
            if present.abs().max() < 2**63:
                frame[name] = pd.array(column.where(column.notna(), pd.NA), dtype="Int64")
        else:
            frame[name] = column.infer_objects()
    return frame
