"""Convert one decoded alert packet to ids, numbers and cutouts."""

import math
from dataclasses import dataclass
from functools import partial
from operator import itemgetter

import numpy as np
import pandas as pd

from sklearn_sn.data import METADATA_FILL_VALUES, MJD_RANGE, as_python, to_mjd
from sklearn_sn.datasets._alert_schemas import POINT_FIELDS, AlertSchema, schema_of

DETECTION, FORCED, LIMIT = range(3)
_FIELD_NUMBERS = {name: number for number, name in enumerate(POINT_FIELDS)}
_SIGNS = dict.fromkeys(("t", "true", "1", "1.0", "+", "+1"), 1.0) | dict.fromkeys(
    ("f", "false", "0", "0.0", "-", "-1", "-1.0"), -1.0
)
_NO_NAME = {"", "none", "null", "nan", "<na>"}
_EXACT = 2**53  # larger floats have lost digits
SENTINELS = (*METADATA_FILL_VALUES, -99999.0)  # the last is that of forced photometry of ZTF
_REDSHIFTS = ("redshift", "hostgal_z")
_NO_REDSHIFT = (-9.0, -1.0)


@dataclass(frozen=True)
class Alert:
    """Content of one alert packet.

    Parameters
    ----------
    schema : AlertSchema
        What the packet follows.
    object_id, alert_id : int or str
        Names as published. The object is None if the packet has none, as of asteroids.
    time : float
        MJD of the detection that made the alert.
    first_time : float
        MJD of the first detection, as published; NaN if it is not.
    metadata : ndarray of float, shape (n_metadata,)
        Values in the order of the schema; NaN where missing. Empty if none is needed.
    points : ndarray of float, shape (n_points, n_fields + 1)
        Fields of `POINT_FIELDS`, then the kind of point: DETECTION, FORCED or LIMIT.
    stamps : tuple of 3
        Science, template and difference cutout as published, or None.
    """

    schema: AlertSchema
    object_id: int | str | None
    alert_id: int | str
    time: float
    first_time: float
    metadata: np.ndarray
    points: np.ndarray
    stamps: tuple

    def rank(self):
        """Return a key that orders alerts by time, and is the same in any order of packets."""
        is_text = isinstance(self.alert_id, str)
        stamps = [stamp if isinstance(stamp, bytes) else b"" for stamp in self.stamps]
        content = self.metadata.tobytes(), stamps
        return self.time, is_text, self.alert_id, len(self.points), content


def read_alert(packet, schema_name, band_codes, forced=True, columns=None):
    """Convert a packet.

    Parameters
    ----------
    packet : dict
        The packet.
    schema_name : str
        Full name of its Avro schema, or "".
    band_codes : dict of str to int
        Number of each band name; bands not seen before are added.
    forced : bool, default=True
        Read forced photometry.
    columns : set of str, optional
        Columns of metadata that are needed. An alert whose schema has none of them has no metadata.

    Returns
    -------
    Alert

    Raises
    ------
    ValueError
        If an id, the time or a list is missing or malformed, or text stands for a number.
    """
    schema = schema_of(packet, schema_name)
    current = packet[schema.current]
    previous = _records(packet, schema.previous)
    points = [_numbers([current, *previous], schema.detection, DETECTION, schema, band_codes)]
    if forced:
        records = _records(packet, schema.forced)
        points.append(_numbers(records, schema.forced_point, FORCED, schema, band_codes))
    if schema.limits:
        records = _records(packet, schema.limits)
        points.append(_numbers(records, schema.limit_point, LIMIT, schema, band_codes))
    points = np.concatenate(points)
    # One call for all times, because it costs as much as reading 20 records.
    times = to_mjd(np.append(points[:, 0], _number(packet, (schema.first_time,))))
    points[:, 0], time, first_time = times[:-1], float(times[0]), float(times[-1])
    if not MJD_RANGE[0] <= time <= MJD_RANGE[1]:
        raise ValueError(f"the time of {schema.current!r} is missing or absurd (MJD {time})")
    alert_id = _exact_id(packet, schema.alert_ids)
    if alert_id is None:
        raise ValueError(f"the packet has no {schema.alert_ids[0][1]!r}")
    object_id = _exact_id(packet, schema.object_ids)
    unused = columns is not None and columns.isdisjoint(schema.metadata)
    metadata = {} if unused else schema.metadata
    return Alert(
        schema=schema,
        object_id=None if object_id == 0 else object_id,
        alert_id=alert_id,
        time=time,
        first_time=first_time,
        metadata=np.array([_number(packet, path, name) for name, path in metadata.items()]),
        points=points,
        stamps=tuple(_stamp(packet.get(key)) for key in schema.cutouts),
    )


def _records(packet, key):
    """Return a list of a packet; missing and null lists are empty."""
    records = packet.get(key)
    if records is None:
        return []
    if not isinstance(records, list | tuple | np.ndarray):
        raise ValueError(f"{key!r} must be a list; got {type(records).__name__}")
    if set(map(type, records)) == {dict}:
        return records
    for record in records:
        if not isinstance(record, dict):
            raise ValueError(f"{key!r} must hold records; got {type(record).__name__}")
    return records


def _numbers(records, names, kind, schema, band_codes):
    """Return the points of a list of records, shape (n_records, n_fields + 1)."""
    table = np.full((len(records), len(POINT_FIELDS) + 1), np.nan)
    table[:, -1] = kind
    if len(records) == 0:
        return table
    found = {field: _name_of(records, names.get(field, ())) for field in POINT_FIELDS}
    found = {field: name for field, name in found.items() if name is not None or field == "band"}
    columns = list(zip(*_rows(records, list(found.values())), strict=True))
    for number, field in enumerate(found):
        if field == "band":
            convert = partial(_band_code, schema=schema, band_codes=band_codes)
            columns[number] = _converted(columns[number], convert)
        elif field == "sign":
            columns[number] = _converted(columns[number], _sign)
    table[:, [_FIELD_NUMBERS[field] for field in found]] = _floats(columns, list(found.values())).T
    if "zero_point" not in names:
        table[:, _FIELD_NUMBERS["zero_point"]] = schema.zero_point
    return table


def _rows(records, names):
    """Return the values of some names in each record; None where missing."""
    if len(names) > 1:  # itemgetter returns no tuple of a single name
        try:
            return list(map(itemgetter(*names), records))
        except KeyError:
            pass
    return [[record.get(name) for name in names] for record in records]


def _name_of(records, names):
    """Return the first of several names that a record has, or None."""
    if len(names) == 1:  # records without it have None, as they would by an unknown name
        return names[0]
    return next((name for name in names if any(name in record for record in records)), None)


def _converted(values, convert):
    """Convert the few distinct values of a list."""
    try:
        known = {value: convert(value) for value in dict.fromkeys(values)}
    except TypeError:  # a value that cannot be a key
        return [convert(value) for value in values]
    return [known[value] for value in values]


def _sign(value):
    return _SIGNS.get(str(value).strip().lower())


def _floats(columns, names):
    """Return lists of numbers as an array, shape (n_lists, n_numbers); None becomes NaN."""
    try:
        numbers = np.array(columns, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        numbers = None
    if numbers is not None and numbers.ndim == 2:
        return numbers
    # One of the lists holds something else.
    return np.array([_float_list(*column) for column in zip(columns, names, strict=True)])


def _float_list(values, name):
    try:
        numbers = np.array(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{name!r} must hold numbers: {error}") from error
    if numbers.ndim != 1:
        raise ValueError(f"{name!r} must hold numbers; got {as_python(values[0])!r}")
    return numbers


def _band_code(value, schema, band_codes):
    if isinstance(value, float | np.number) and value == value // 1:
        value = int(value)  # tables with gaps hold codes as floats
    value = value.strip() if isinstance(value, str) else value
    known = schema.bands.get(value) if isinstance(value, str | int) else None
    return band_codes.setdefault(known or f"{schema.survey} {value}", len(band_codes))


def _find(packet, paths):
    """Return the first value among several places that is not null."""
    for part, name in paths:
        record = packet.get(part) if part else packet
        value = record.get(name) if isinstance(record, dict) else None
        if value is not None:
            return value
    return None


def _number(packet, paths, name=""):
    """Return a number of a packet; NaN for nulls, sentinels and what is not a number."""
    value = _find(packet, paths)
    if value is None:  # an exception would cost ten times as much
        return np.nan
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return np.nan
    missing = number in SENTINELS or (name.startswith(_REDSHIFTS) and number in _NO_REDSHIFT)
    return np.nan if missing or not math.isfinite(number) else number


def _exact_id(packet, paths):
    """Return an id as text or as an int, never as a float; None if there is none."""
    value = _find(packet, paths)
    if isinstance(value, str):
        return None if value.strip().lower() in _NO_NAME else value
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.number):
        raise ValueError(f"{paths[0][1]!r} must be text or an int; got {value!r}")
    if value != value:
        return None
    if isinstance(value, float | np.floating) and not (abs(value) < _EXACT and value == int(value)):
        raise ValueError(f"{paths[0][1]!r} is the float {value!r}, which has lost digits")
    return int(value)


def _stamp(value):
    """Return the data of a cutout, which ZTF wraps into a record."""
    if isinstance(value, dict):
        value = value.get("stampData")
    return None if value is None or (isinstance(value, bytes | str) and not value) else value
