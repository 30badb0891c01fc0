"""Build the table of objects from collected alerts."""

from dataclasses import replace

import numpy as np
import pandas as pd

from sklearn_sn.data import warn_quality
from sklearn_sn.datasets._alert_packets import DETECTION, FORCED, LIMIT
from sklearn_sn.datasets._alert_schemas import SCHEMAS
from sklearn_sn.datasets._cutouts import decode_cutouts
from sklearn_sn.datasets._tables import read_tables

_COUNTS = ("ncovhist", "ndethist")  # visits of the position, and detections among them


class AlertRow:
    """One row of the table: its last alert, and the names of all of them.

    Parameters
    ----------
    number : int
        Number of the row, in order of appearance.
    """

    def __init__(self, number):
        self.number = number
        self.alert_ids = set()
        self.last = None
        self._rank = None

    def add(self, alert, images):
        """Add an alert, which may be older than others.

        Parameters
        ----------
        alert : Alert
            The alert.
        images : bool
            Keep its cutouts.
        """
        self.alert_ids.add(str(alert.alert_id))
        rank = alert.rank()
        if self._rank is None or rank > self._rank:
            self._rank = rank
            # The collector holds the points.
            self.last = replace(alert, points=None, stamps=alert.stamps if images else ())


def build_table(rows, points, bands, per, images, report):
    """Build the table.

    Parameters
    ----------
    rows : list of AlertRow
        Rows in order of appearance.
    points : PointCollector
        Their points.
    bands : list of str
        Band names by number.
    per : {"object", "alert"}
        What a row is.
    images : bool
        Decode the cutouts.
    report : dict
        What has been counted so far.

    Returns
    -------
    pandas.DataFrame of n_rows rows
        Sorted by name, with the report in ``attrs["read"]``.
    """
    last = [row.last for row in rows]
    objects = id_array([alert.object_id for alert in last])
    alert_ids = id_array([alert.alert_id for alert in last])
    merged = points.merged()
    plain = {"candid": alert_ids, "mjd": np.array([alert.time for alert in last])}
    plain["n_alerts"] = np.array([len(row.alert_ids) for row in rows])
    plain |= metadata_columns(last)
    plain["age"], plain["nnondet"] = derived_columns(plain, last, merged, len(rows))
    if per == "alert":
        plain = {"object_id": objects} | plain
        del plain["n_alerts"]
    names = plain.pop("candid") if per == "alert" else objects
    index = pd.Index(names, name="candid" if per == "alert" else "object_id")
    X = _light_curves(pd.DataFrame(plain, index=index), merged, bands)
    order = np.argsort(index)
    X = X.iloc[order]
    report |= {"rows": len(X), "bad_cutouts": 0}
    if images:
        cells = [decode_cutouts(last[row].stamps) for row in order]
        column = np.empty(len(cells), dtype=object)
        column[:] = [image for image, _ in cells]
        X.insert(1, "image", pd.Series(column, index=X.index, dtype=object))
        report["bad_cutouts"] = sum(n_damaged for _, n_damaged in cells)
    report |= {
        "detections": int((merged.kind == DETECTION).sum()),
        "forced": int((merged.kind == FORCED).sum()),
        "limits": merged.n_limits,
        "merged_points": merged.n_merged,
        "not_measured": points.n_missing,
        "dropped_points": dict(sorted(points.dropped.items())),
    }
    X.attrs["read"] = X.attrs.get("read", {}) | report
    return X


def warn_left_out(report):
    """Emit one warning about everything that a report counts as left out.

    Parameters
    ----------
    report : dict
        The report of read_alerts.
    """
    parts = [f"{n} points ({reason})" for reason, n in report["dropped_points"].items()]
    if report["without_object"]:
        parts.insert(0, f"{report['without_object']} alerts without an object, as of asteroids")
    if report["bad_cutouts"]:
        parts.append(f"{report['bad_cutouts']} damaged cutouts")
    if report["skipped"]:
        parts.insert(
            0,
            f"{report['skipped']} damaged packets or blocks (first {report['skipped_packets'][0]})",
        )
    if parts:
        warn_quality(f"Left out of the alerts: {'; '.join(parts)}. See X.attrs['read'].")


def id_array(names):
    """Return names as int64 if all are such integers, with NA for None, else as text."""
    known = [name for name in names if name is not None]
    if not all(isinstance(name, int) and -(2**63) <= name < 2**63 for name in known):
        return pd.array([None if name is None else str(name) for name in names], dtype="str")
    if len(known) < len(names):
        return pd.array(names, dtype="Int64")
    return np.array(names, dtype=np.int64)


def metadata_columns(alerts):
    """Return the columns of metadata; NaN for surveys that do not publish one."""
    columns = {}
    surveys = {alert.schema.survey for alert in alerts}
    for survey in sorted(surveys):  # not in the order of packets
        for name in SCHEMAS[survey].metadata:
            columns.setdefault(name, np.full(len(alerts), np.nan))
    for row, alert in enumerate(alerts):
        if not len(alert.metadata):  # its schema has no column that is needed
            continue
        for name, value in zip(alert.schema.metadata, alert.metadata, strict=True):
            columns[name][row] = value
    return columns


def derived_columns(plain, alerts, merged, n_rows):
    """Return age and nnondet."""
    first = np.full(n_rows, np.inf)
    detected = merged.kind == DETECTION
    np.minimum.at(first, merged.rows[detected], merged.time[detected])
    first = np.where(np.isfinite(first), first, np.nan)
    published = np.array([alert.first_time for alert in alerts])
    age = plain["mjd"] - np.where(np.isnan(published), first, published)
    nnondet = np.bincount(merged.rows[merged.no_detection], minlength=n_rows).astype(np.float64)
    if all(name in plain for name in _COUNTS):
        published = plain[_COUNTS[0]] - plain[_COUNTS[1]]
        nnondet = np.where(np.isnan(published), nnondet, published)
    return age, nnondet


def _light_curves(plain, merged, bands):
    """Add the light curves, by way of read_tables: units and bands stay in one place."""
    # Bands are numbered as they appear; names do not depend on the order of packets.
    rank = np.argsort(np.argsort(bands))[merged.bands]
    order = np.lexsort((rank, merged.time, merged.rows))
    chosen = order[merged.kind[order] != LIMIT]
    long = pd.DataFrame(
        {
            "object_id": plain.index[merged.rows[chosen]],
            "time": merged.time[chosen],
            "band": pd.Categorical.from_codes(merged.bands[chosen], bands),
            "flux": merged.flux[chosen],
            "flux_err": merged.flux_err[chosen],
            "zp": merged.zero_point[chosen],
        }
    )
    name, objects = plain.index.name, plain.rename_axis("object_id")
    # An id column among the plain ones would be taken for the index.
    objects = objects.rename(columns={"object_id": "object_id "})
    X = read_tables(objects.reset_index(), long)
    return X.rename(columns={"object_id ": "object_id"}).rename_axis(index=name)
