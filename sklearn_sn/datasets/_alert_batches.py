"""Read a stream of alerts in batches, one row per alert."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from numbers import Integral
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import Interval, validate_params

from sklearn_sn.data import AB_ZERO_POINT, Ragged
from sklearn_sn.datasets._alert_packets import LIMIT, read_alert
from sklearn_sn.datasets._alert_points import PointCollector
from sklearn_sn.datasets._alert_sources import Packet, Skipped, iter_packets, parsed_schema
from sklearn_sn.datasets._alert_table import derived_columns, id_array, metadata_columns
from sklearn_sn.datasets._cutouts import decode_cutouts

CONTAINERS = ("light_curve", "spectrum", "image")  # columns whose missing cells are None


@dataclass(frozen=True)
class AlertBatch:
    """Some alerts of a stream, as a table.

    Parameters
    ----------
    table : pandas.DataFrame of n_alerts rows
        One row per alert, in order of arrival; see :func:`iter_alerts`.
    alert_ids, object_ids : list of (int or str), length n_alerts
        Names as published. An object is None if the packet has none, as of asteroids.
    surveys : list of str, length n_alerts
        "ztf", "lsst" or "elasticc".
    mjd : array of shape (n_alerts,)
        Times of the alerts, MJD.
    n_points : array of int, shape (n_alerts,)
        Number of points of each light curve.
    bad_cutouts : array of bool, shape (n_alerts,)
        Alerts with a cutout that could not be decoded.
    n_packets : int
        Number of packets that the batch consumed, with those that were skipped.
    skipped : list of (str, str)
        Location and reason of each packet or block that could not be read.
    n_lost : int
        Number of packets that were skipped, as far as it is known.
    """

    table: pd.DataFrame
    alert_ids: list[int | str]
    object_ids: list[int | str | None]
    surveys: list[str]
    mjd: np.ndarray
    n_points: np.ndarray
    bad_cutouts: np.ndarray
    n_packets: int
    skipped: list[tuple[str, str]] = field(default_factory=list)
    n_lost: int = 0


@validate_params(
    {
        "source": "no_validation",
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "forced": ["boolean"],
        "columns": [list, tuple, np.ndarray, None],
        "schema": [dict, str, None],
    },
    prefer_skip_nested_validation=True,
)
def iter_alerts(
    source: Any,
    *,
    batch_size: int = 256,
    forced: bool = True,
    columns: Sequence[str] | None = None,
    schema: dict | str | None = None,
) -> Iterator[AlertBatch]:
    """Read a stream of alert packets batch by batch, at bounded memory.

    Parameters
    ----------
    source : iterable, path, bytes, file handle or dict
        Packets, as for :func:`read_alerts`. In an iterable, None stands for "no packet at the
        moment", as consumers of Kafka return it: the batch so far is then yielded.
    batch_size : int, default=256
        Largest number of alerts in a batch.
    forced : bool, default=True
        Include forced photometry in the light curves.
    columns : sequence of str, default=None
        Columns of the tables, such as those that a model uses; None gives all. Cutouts are decoded
        only for the column ``image``. Columns that alerts do not have, such as ``spectrum``, are
        missing in all rows.
    schema : dict or str, optional
        Avro schema of messages that do not contain theirs.

    Yields
    ------
    AlertBatch
        Its table has the columns of ``read_alerts(per="alert")`` and one row per packet, in the
        order of arrival. A row does not depend on other packets. The table may have no rows if all
        packets were skipped.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ImportError
        If fastavro is needed and not installed.

    See Also
    --------
    read_alerts : Read all alerts into one table.
    sklearn_sn.alerts.score_alerts : Score a stream of alerts.

    Notes
    -----
    A damaged packet is skipped and listed in the batch. No warning is emitted.

    Examples
    --------
    >>> from sklearn_sn.datasets import iter_alerts
    >>> candidate = {"jd": 2458802.5, "fid": 1, "magpsf": 18.9, "sigmapsf": 0.1, "isdiffpos": "t"}
    >>> packets = [{"objectId": "ZTF99a", "candid": n, "candidate": candidate} for n in range(3)]
    >>> packets[1] = {"objectId": "ZTF99a"}  # damaged
    >>> for batch in iter_alerts(packets, batch_size=10):
    ...     print(batch.alert_ids, [location for location, _ in batch.skipped])
    [0, 2] ['packet 1']
    """
    schema = None if schema is None else parsed_schema(schema)
    columns = None if columns is None else list(columns)
    return _batches(source, batch_size, forced, columns, schema)


def _batches(source, batch_size, forced, columns, schema):
    alerts, skipped, bands, n_packets = [], [], {}, 0
    needed = None
    if columns is not None and not {"age", "nnondet"} & set(columns):
        needed = frozenset(columns)
    for packet in _packets(source, schema):
        if packet is not None:
            n_packets += 1
            if isinstance(packet, Packet):
                packet = _alert_or_skipped(packet, bands, forced, needed)
            (skipped if isinstance(packet, Skipped) else alerts).append(packet)
        if len(alerts) + len(skipped) >= batch_size or (packet is None and n_packets):
            yield _batch(alerts, skipped, n_packets, bands, columns)
            alerts, skipped, bands, n_packets = [], [], {}, 0
    if n_packets:
        yield _batch(alerts, skipped, n_packets, bands, columns)


def _packets(source, schema):
    """Yield every Packet or Skipped of a source, and None where the source yields None."""
    is_one = isinstance(source, Mapping | str | PathLike | bytes | bytearray | memoryview)
    if is_one or hasattr(source, "read") or not isinstance(source, Iterable):
        yield from iter_packets(source, schema, "source")
        return
    for number, item in enumerate(source):
        if item is None:
            yield None
        elif isinstance(item, Mapping):
            yield Packet(f"packet {number}", item)
        else:
            try:
                yield from iter_packets(item, schema, f"packet {number}")
            except ValueError as error:  # an item of a type that is no packet
                yield Skipped(f"packet {number}", str(error))


def _alert_or_skipped(packet, bands, forced, needed):
    try:
        return read_alert(packet.content, packet.schema_name, bands, forced, needed)
    except ValueError as error:
        return Skipped(packet.location, str(error))


def _batch(alerts, skipped, n_packets, bands, columns):
    """Return the table of some alerts."""
    points = PointCollector()
    for row, alert in enumerate(alerts):
        points.add(row, alert)
    merged = points.merged()
    curves = _light_curves(merged, [*bands], len(alerts))
    mjd = np.array([alert.time for alert in alerts])
    bad_cutouts = np.zeros(len(alerts), dtype=bool)
    cells = {}
    if columns is None or "light_curve" in columns:
        cells["light_curve"] = curves.to_nested().array
    if columns is None or "image" in columns:
        cells["image"], bad_cutouts = _images(alerts)
    if columns is None or "object_id" in columns:
        cells["object_id"] = id_array([alert.object_id for alert in alerts])
    if columns is None or any(len(alert.metadata) for alert in alerts):
        plain = {"mjd": mjd} | metadata_columns(alerts)
        plain["age"], plain["nnondet"] = derived_columns(plain, alerts, merged, len(alerts))
        cells |= plain
    cells.setdefault("mjd", mjd)
    if columns is not None:
        cells = {name: cells.get(name, _missing(name, len(alerts))) for name in columns}
    ids = [alert.alert_id for alert in alerts]
    return AlertBatch(
        table=_table(cells, pd.Index(id_array(ids), name="candid")),
        alert_ids=ids,
        object_ids=[alert.object_id for alert in alerts],
        surveys=[alert.schema.survey for alert in alerts],
        mjd=mjd,
        n_points=curves.lengths,
        bad_cutouts=bad_cutouts,
        n_packets=n_packets,
        skipped=[(item.location, item.reason) for item in skipped],
        n_lost=sum(item.n_packets for item in skipped),
    )


def _table(cells, index):
    # An index of numbers is built faster than one of names.
    X = pd.DataFrame(dict(enumerate(cells.values())), index=index, copy=False)
    X.columns = _column_names(*cells).view()
    return X


@lru_cache(maxsize=64)
def _column_names(*names):
    """Return an index of columns, which keeps what pandas needs to find a name."""
    return pd.Index(names)


def _images(alerts):
    """Return the column of cutouts, and a mask of the alerts with a damaged one."""
    cells = [decode_cutouts(alert.stamps) for alert in alerts]
    column = np.empty(len(cells), dtype=object)
    column[:] = [image for image, _ in cells]
    return column, np.array([n_damaged > 0 for _, n_damaged in cells], dtype=bool)


def _missing(name, n_rows):
    """Return a column without values."""
    if name in CONTAINERS:
        return np.full(n_rows, None, dtype=object)
    return np.full(n_rows, np.nan)


@lru_cache(maxsize=256)
def _bands_dtype(*bands):
    return pd.CategoricalDtype(pd.Index(bands, dtype=object))


def _light_curves(merged, bands, n_rows):
    """Return the light curves, in µJy, sorted by time."""
    rank = np.argsort(np.argsort(bands))[merged.bands]
    order = np.lexsort((rank, merged.time, merged.rows))
    chosen = order[merged.kind[order] != LIMIT]
    scale = 10 ** (-0.4 * (merged.zero_point[chosen] - AB_ZERO_POINT))
    codes, dtype = merged.bands[chosen], _bands_dtype(*bands)
    fields = {
        "time": merged.time[chosen],
        "band": pd.Categorical.from_codes(codes, dtype=dtype, validate=False),
        "flux": merged.flux[chosen] * scale,
        "flux_err": merged.flux_err[chosen] * scale,
    }
    counts = np.bincount(merged.rows[chosen], minlength=n_rows)
    return Ragged(fields, np.concatenate([[0], np.cumsum(counts)]))
