"""Alerts in batches equal the table of all alerts."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import iter_alerts, read_alerts
from tests.datasets.alert_files import (
    avro,
    forced_point,
    ztf_packet,
    ztf_point,
    ztf_stream,
)


def rubin_packet(number, band="g"):
    source = {"diaSourceId": number, "diaObjectId": 9, "psfFlux": 1e3, "psfFluxErr": 10.0}
    source |= {"midpointMjdTai": 61000.0 + number, "band": band}
    earlier = {**source, "midpointMjdTai": 60990.0, "diaSourceId": -1}
    return {"diaSourceId": number, "diaSource": source, "prvDiaSources": [earlier]}


STREAMS = {
    "ztf": ztf_stream(),
    "rubin": [rubin_packet(n, "ugrizy"[n]) for n in range(6)],
    "both": [*ztf_stream(2), *(rubin_packet(n) for n in range(1000, 1003))],
    "bare": [ztf_packet(candid=n, mag=None if n == 2 else 18.0) for n in range(4)],
    "text": [ztf_packet(candid=f"a{n}") for n in range(3)],
    "repeated": [
        ztf_packet(
            candid=1,
            previous=[ztf_point(2459000.5 - t, 1 + t % 2, 18.0) for t in (5, 5, 3, 9)],
            forced=[forced_point(2459000.5 - t, 40.0 * t, 1) for t in (3, 5, 7)],
        )
    ],
}


@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize("batch_size", [1, 3, 100])
def test_rows_are_those_of_read_alerts(name, batch_size):
    packets = STREAMS[name]
    whole = read_alerts(packets, per="alert")
    n_rows = 0
    for batch in iter_alerts(packets, batch_size=batch_size):
        table = batch.table
        n_rows += len(table)
        assert len(table) == len(batch.alert_ids) <= batch_size
        assert [str(i) for i in table.index] == [str(i) for i in batch.alert_ids]
        rows = whole.index.astype(str).get_indexer(table.index.astype(str))
        expected = whole.iloc[rows]
        assert list(table.columns) == [c for c in whole.columns if c in table.columns]
        for column in table.columns.drop(["light_curve", "image"]):
            left, right = table[column], expected[column]
            if column == "object_id":  # text in a table with names of both kinds
                left, right = left.astype(str), right.astype(str)
            pd.testing.assert_series_equal(left, right, check_index=False, check_dtype=False)
        for left, right in zip(table["image"], expected["image"], strict=True):
            np.testing.assert_array_equal(left, right)
        left, right = (as_ragged(t["light_curve"], kind="light_curve") for t in (table, expected))
        np.testing.assert_array_equal(left.offsets, right.offsets)
        np.testing.assert_array_equal(left.lengths, batch.n_points)
        assert [*left["band"]] == [*right["band"]]
        for field in ("time", "flux", "flux_err"):
            np.testing.assert_allclose(left[field], right[field], rtol=1e-13)
        np.testing.assert_array_equal(batch.mjd, table["mjd"])
    assert n_rows == len(packets)


def test_rows_come_in_the_order_of_arrival():
    packets = ztf_stream()[::-1]
    (batch,) = iter_alerts(packets)
    assert batch.alert_ids == [packet["candid"] for packet in packets]
    assert batch.object_ids == [packet["objectId"] for packet in packets]
    assert set(batch.surveys) == {"ztf"}


def test_columns_may_be_chosen():
    packets = ztf_stream(2)
    (whole,) = iter_alerts(packets)
    names = ["sky", "light_curve", "spectrum", "redshift", "mjd"]
    (few,) = iter_alerts(packets, columns=names)
    assert list(few.table.columns) == names
    pd.testing.assert_frame_equal(few.table[["sky", "mjd"]], whole.table[["sky", "mjd"]])
    assert few.table["spectrum"].tolist() == [None] * 6
    assert few.table["redshift"].isna().all() and few.table["redshift"].dtype == float
    (ages,) = iter_alerts(packets, columns=("nnondet", "age"))
    pd.testing.assert_frame_equal(ages.table, whole.table[["nnondet", "age"]])
    (ids,) = iter_alerts(packets, columns=["object_id"])
    pd.testing.assert_frame_equal(ids.table, whole.table[["object_id"]])


def test_damaged_packets_are_listed_with_number_and_offset():
    packets = [ztf_packet(candid=1), {"x": 1}, avro([ztf_packet(candid=2)])[:-50], None, 3]
    first, second = iter_alerts(packets)
    assert first.alert_ids == [1] and first.n_packets == 3 and first.n_lost == 2
    assert first.skipped[0][0] == "packet 1" and "candidate" in first.skipped[0][1]
    assert first.skipped[1][0].startswith("packet 2, offset")
    assert len(second.table) == 0 and second.skipped[0][0] == "packet 4"


def test_a_file_is_a_source(tmp_path):
    path = tmp_path / "alerts.avro"
    path.write_bytes(avro(ztf_stream(2)))
    batches = list(iter_alerts(path, batch_size=4))
    assert [len(batch.table) for batch in batches] == [4, 2]
    assert list(iter_alerts([])) == []


def test_bad_parameters_are_named_before_the_first_batch():
    with pytest.raises(ValueError, match="'batch_size' parameter of iter_alerts"):
        iter_alerts([], batch_size=0)
    with pytest.raises(ValueError, match="schema"):
        iter_alerts([], schema="{")
