"""Read alert packets of ZTF, Rubin and ELAsTiCC as a table of objects."""

from typing import Any

import pandas as pd
from sklearn.utils._param_validation import StrOptions, validate_params

from sklearn_sn.datasets._alert_packets import read_alert
from sklearn_sn.datasets._alert_points import PointCollector
from sklearn_sn.datasets._alert_sources import Packet, Skipped, iter_packets, parsed_schema
from sklearn_sn.datasets._alert_table import AlertRow, build_table, warn_left_out

_MAX_LISTED = 20  # skipped packets that the report describes one by one


@validate_params(
    {
        "source": "no_validation",
        "per": [StrOptions({"object", "alert"})],
        "forced": ["boolean"],
        "images": ["boolean"],
        "schema": [dict, str, None],
    },
    prefer_skip_nested_validation=True,
)
def read_alerts(
    source: Any,
    *,
    per: str = "object",
    forced: bool = True,
    images: bool = True,
    schema: dict | str | None = None,
) -> pd.DataFrame:
    """Read alert packets of ZTF, Rubin or ELAsTiCC into a table.

    Packets are Avro (schemas 3.3 and 4.02 of ZTF, those of Rubin and ELAsTiCC, or any other with
    the same names), JSON, or dicts. Reading Avro needs fastavro: ``pip install
    sklearn-sn[alerts]``.

    Parameters
    ----------
    source : path, bytes, file handle, dict, or iterable of these
        A file, a glob, a folder, a tar archive, a binary stream, or decoded packets. All may be
        compressed by gzip, bzip2 or xz. Archives are read member by member; nothing is extracted.
    per : {"object", "alert"}, default="object"
        One row per object, with the points of all its alerts, or one row per alert, with what was
        known at its time.
    forced : bool, default=True
        Include forced photometry in the light curves.
    images : bool, default=True
        Decode the cutouts.
    schema : dict or str, optional
        Avro schema, as dict or JSON text, of messages that do not contain theirs, as those of
        Rubin's stream.

    Returns
    -------
    X : pandas.DataFrame of n_objects or n_alerts rows
        Sorted by name, and the same for packets in any order. The index holds the names as
        published, as text or exact integers: object_id, or candid if ``per="alert"``.

        - light_curve (nested: time, band, flux, flux_err): detections, with the sign of
          isdiffpos, and forced photometry, in µJy.
        - image: float32 array of shape (3, H, W): science, template and difference cutout of the
          last alert as published, with NaN where there is no pixel or cutout; None without any.
        - candid and mjd of the last alert, object_id if ``per="alert"``, and n_alerts.
        - Metadata of the last alert. For ZTF: ra, dec, magpsf, sigmapsf, diffmaglim, chinr,
          sharpnr, classtar, ndethist, ncovhist, sky, nmtchps, scorr, sgscore1, sgscore2,
          distpsnr1, distpsnr2, rb and drb. For Rubin: ra, dec, snr, reliability and
          extendedness. For ELAsTiCC: ra, dec, snr, mwebv, redshift and redshift_err (z_final), and
          hostgal_zspec, hostgal_zphot and their errors, which are those of the host galaxy.
        - age: days from the first detection, as published in jdstarthist or, without it, in the
          light curve, to the last alert.
        - nnondet: exposures without a detection: ncovhist - ndethist or, without them, the number
          in the history of the packets, as upper limit or as forced photometry.

        ``X.attrs["read"]`` reports which names became which field, and counts what was read,
        merged and left out.

    Raises
    ------
    ValueError
        If no packet could be read.
    FileNotFoundError
        If there is no such file.
    ImportError
        If fastavro is needed and not installed.

    Warns
    -----
    DataQualityWarning
        If packets, objects, points or cutouts were left out. Damaged packets are named with file
        and offset; reading continues behind them.

    See Also
    --------
    iter_alerts : Read a stream of alerts in batches.
    read_tables : Gather tables of photometry and spectra.
    write_tables : Write the table to a Parquet file.

    Notes
    -----
    Measurements of one object in one band within 8.6 s are of one exposure. One of them is used:
    the detection, or else the forced photometry, of the last alert. An alert that is read twice
    counts once. Upper limits are not points; nnondet counts them. Values that a survey documents
    as "not measured", such as -99999 in fp_hists, are left out without a warning.

    Times are as published: UTC for ZTF, TAI for Rubin.

    Fluxes of alerts with psFlux (one f) have the zero point 27.5 of ELAsTiCC, unless the name of
    their Avro schema begins with lsst; psfFlux is in nJy.

    Examples
    --------
    >>> from sklearn_sn.datasets import read_alerts
    >>> packet = {
    ...     "objectId": "ZTF99aaaaaad",
    ...     "candid": 2,
    ...     "candidate": {"jd": 2458802.5, "fid": 1, "magpsf": 18.9, "sigmapsf": 0.1,
    ...                   "isdiffpos": "t", "ra": 289.9, "dec": 61.8},
    ...     "prv_candidates": [{"jd": 2458800.5, "fid": 1, "diffmaglim": 20.4, "magpsf": None}],
    ... }
    >>> X = read_alerts([packet])
    >>> X[["candid", "mjd", "nnondet"]]
                  candid      mjd  nnondet
    object_id
    ZTF99aaaaaad       2  58802.0      1.0
    >>> X["light_curve"].iloc[0][["time", "band", "flux"]]
          time  band   flux
    0  58802.0  ztfg  100.0
    """
    rows, points, bands, skipped = {}, PointCollector(), {}, []
    report = {"reader": "read_alerts", "surveys": {}, "packets": 0}
    report |= {"repeated_alerts": 0, "without_object": 0}
    alert_ids = set()
    for packet in iter_packets(source, schema if schema is None else parsed_schema(schema)):
        alert = _alert_of(packet, bands, forced, skipped)
        if alert is None:
            continue
        report["packets"] += 1
        if alert.schema.survey not in report["surveys"]:
            report["surveys"][alert.schema.survey] = alert.schema.describe(packet.content)
        if per == "object" and alert.object_id is None:
            report["without_object"] += 1
            continue
        alert_id = (alert.schema.survey, str(alert.alert_id))
        report["repeated_alerts"] += alert_id in alert_ids
        alert_ids.add(alert_id)
        name = str(alert.object_id if per == "object" else alert.alert_id)
        row = rows.setdefault(name, AlertRow(len(rows)))
        row.add(alert, images)
        points.add(row.number, alert)
    report["skipped"] = sum(item.n_packets for item in skipped)
    report["skipped_packets"] = [f"{s.location}: {s.reason}" for s in skipped[:_MAX_LISTED]]
    if not report["packets"]:
        raise ValueError(
            "read_alerts could not read any packet. "
            + (f"The first is {report['skipped_packets'][0]}." if skipped else "There is none.")
        )
    X = build_table([*rows.values()], points, [*bands], per, images, report)
    warn_left_out(X.attrs["read"])
    return X


def _alert_of(packet, band_codes, forced, skipped):
    """Return the content of a packet, or None if it is damaged."""
    if isinstance(packet, Packet):
        try:
            return read_alert(packet.content, packet.schema_name, band_codes, forced)
        except ValueError as error:
            packet = Skipped(packet.location, str(error))
    skipped.append(packet)
    return None
