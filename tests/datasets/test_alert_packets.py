"""One packet becomes exact ids and plain numbers."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.datasets._alert_packets import DETECTION, FORCED, read_alert

from .alert_files import forced_point, stamp, ztf_packet, ztf_point


def test_points_hold_the_current_detection_first():
    packet = ztf_packet(previous=[ztf_point(2458990.5, 2)], forced=[forced_point(2458990.5, 7.0)])
    bands = {}
    alert = read_alert(packet, "", bands)
    assert alert.points.shape == (3, 10)
    assert alert.points[:, 0].tolist() == [59000.0, 58990.0, 58990.0]
    assert alert.points[:, -1].tolist() == [DETECTION, DETECTION, FORCED]
    assert bands == {"ztfg": 0, "ztfr": 1}
    assert len(read_alert(packet, "", bands, forced=False).points) == 2


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        (2**62 + 1, 2**62 + 1),
        ("0042", "0042"),
        (42.0, 42),
        (np.int64(7), 7),
        (np.uint64(2**63), 2**63),
    ],
)
def test_ids_are_exact(value, exact):
    alert = read_alert(ztf_packet() | {"candid": value}, "", {})
    assert alert.alert_id == exact and type(alert.alert_id) is type(exact)


@pytest.mark.parametrize("name", [None, "", "None", "nan", float("nan"), pd.NA, 0])
def test_what_means_no_object(name):
    assert read_alert(ztf_packet() | {"objectId": name}, "", {}).object_id is None


@pytest.mark.parametrize("value", [None, -999.0, float("nan"), float("inf"), "text", [1], 10**400])
def test_missing_metadata(value):
    alert = read_alert(ztf_packet(drb=value), "", {})
    assert np.isnan(alert.metadata[list(alert.schema.metadata).index("drb")])


@pytest.mark.parametrize("fid", [1, "1", 1.0, "g", np.int64(1), np.float32(1)])
def test_codes_of_bands(fid):
    bands = {}
    read_alert(ztf_packet(fid=fid), "", bands)
    assert bands == {"ztfg": 0}


def test_stamps_are_not_decoded():
    data = stamp(np.ones((2, 2)))
    packet = ztf_packet() | {
        "cutoutScience": {"fileName": "a", "stampData": data},
        "cutoutTemplate": {"fileName": "a", "stampData": b""},
    }
    assert read_alert(packet, "", {}).stamps == (data, None, None)


def test_later_alerts_rank_higher():
    alerts = [
        read_alert(ztf_packet(candid=candid, jd=jd), "", {})
        for jd, candid in [(2459000.5, 9), (2459001.5, 1), (2459001.5, 2), (2459001.5, "2")]
    ]
    ranks = [alert.rank() for alert in alerts]
    assert sorted(ranks) == ranks


def test_metadata_is_read_where_a_column_is_needed():
    packet = ztf_packet(drb=0.75)
    whole = read_alert(packet, "", {})
    np.testing.assert_array_equal(
        read_alert(packet, "", {}, columns={"drb"}).metadata, whole.metadata
    )
    assert len(read_alert(packet, "", {}, columns={"redshift"}).metadata) == 0
