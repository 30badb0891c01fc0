"""Real ZTF alerts, from the data beside the checkout, become a table."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import quality_report
from sklearn_sn.datasets import read_alerts
from sklearn_sn.datasets._alert_table import id_array

from .alert_files import avro, stamp, ztf_packet, ztf_schema

DATA = Path(os.environ.get("SKLEARN_SN_DATA", Path(__file__).parents[3] / "shared" / "data"))
FID = {"g": 1, "r": 2, "i": 3}


def real_packets(n_packets):
    """Rebuild packets of real alerts from their parts."""
    metadata = pd.read_parquet(DATA / "ztf_alert_metadata.parquet").iloc[:n_packets]
    history = dict(iter(pd.read_parquet(DATA / "ztf_alert_history.parquet").groupby("objectId")))
    cutouts = np.load(DATA / "ztf_alert_cutouts.npz", allow_pickle=True)["cutouts"]
    for number, row in enumerate(metadata.to_dict("records")):
        previous = [
            {
                **{"jd": p.mjd + 2400000.5, "fid": FID[p.band], "diffmaglim": p.diffmaglim},
                **{"magpsf": p.magpsf, "sigmapsf": p.sigmapsf, "isdiffpos": p.isdiffpos},
            }
            for p in history.get(row["objectId"], pd.DataFrame()).itertuples()
            if p.mjd + 2400000.5 < row["jd"] - 1e-3
        ]
        for point in previous:
            if np.isnan(point["magpsf"]):
                point |= {"magpsf": None, "sigmapsf": None, "isdiffpos": None}
        # A spreadsheet has rounded some candid; any other name will do.
        candid = int(row["candid"]) if str(row["candid"]).isdigit() else number
        packet = ztf_packet(row["objectId"], candid, previous=previous)
        names = set(packet["candidate"]) | {
            f["name"] for f in ztf_schema()["fields"][4]["type"]["fields"]
        }
        packet["candidate"] = {k: v for k, v in row.items() if k in names - {"candid"}}
        for channel, key in enumerate(("cutoutScience", "cutoutTemplate", "cutoutDifference")):
            packet[key] = {"fileName": "", "stampData": stamp(cutouts[number, ..., channel])}
        yield packet, row, cutouts[number]


@pytest.mark.skipif(not DATA.is_dir(), reason=f"needs the real alerts in {DATA}")
def test_real_alerts():
    parts = list(real_packets(40))
    X = read_alerts(avro([packet for packet, *_ in parts]), per="alert")
    assert len(X) == len(parts)
    for _, row, cutout in parts:
        got = X.loc[int(row["candid"])]
        assert got["object_id"] == row["objectId"] and got["mjd"] == row["jd"] - 2400000.5
        assert np.array_equal(got["image"], np.moveaxis(cutout, -1, 0), equal_nan=True)
        assert got["drb"] == pytest.approx(row["drb"], nan_ok=True)
        assert got["nnondet"] == row["ncovhist"] - row["ndethist"]
        sign = 1 if row["isdiffpos"] in ("t", "1") else -1
        flux = sign * 10 ** (-0.4 * (row["magpsf"] - 23.9))
        assert got["light_curve"]["flux"].iloc[-1] == pytest.approx(flux, rel=1e-5)
    assert not quality_report(X)["flag"].str.contains("EMPTY").any()


@pytest.mark.parametrize(
    "names, dtype",
    [
        ([1, 2**62], "int64"),
        ([1, None], "Int64"),
        ([None, None], "Int64"),
        ([1, 2**63], "str"),
        ([None, 2**63], "str"),
        ([-(2**64), None, 1], "str"),
        (["ZTF18a", None], "str"),
    ],
)
def test_names_keep_all_of_their_digits(names, dtype):
    found = id_array(names)
    assert str(found.dtype) == dtype
    missing = [name is None for name in names]
    np.testing.assert_array_equal(pd.isna(found), missing)
    kept = [str(name) for name in names if name is not None]
    assert [str(name) for name in found[~np.array(missing)]] == kept
