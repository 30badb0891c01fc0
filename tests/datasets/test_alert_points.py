"""Points of many packets become one per exposure, in any order and in any blocks."""

import numpy as np
import pytest

import sklearn_sn.datasets._alert_points as module
from sklearn_sn.datasets._alert_packets import DETECTION, FORCED, LIMIT, read_alert
from sklearn_sn.datasets._alert_points import PointCollector

from .alert_files import forced_point, ztf_packet, ztf_point, ztf_stream


def collect(packets, rows=None):
    collector, bands = PointCollector(), {"ztfg": 0, "ztfr": 1}
    for number, packet in enumerate(packets):
        collector.add(0 if rows is None else rows[number], read_alert(packet, "", bands))
    return collector.merged()


def fields(merged):
    return [getattr(merged, name) for name in ("rows", "bands", "time", "flux", "flux_err", "kind")]


def test_blocks_do_not_matter(monkeypatch):
    packets = ztf_stream(5, 4)
    rows = [int(p["objectId"][5:]) for p in packets]
    whole = collect(packets, rows)
    monkeypatch.setattr(module, "_BLOCK", 7)
    for a, b in zip(fields(whole), fields(collect(packets, rows)), strict=True):
        assert np.array_equal(a, b, equal_nan=True)


@pytest.mark.parametrize("seed", range(20))
def test_any_order_of_conflicting_packets_gives_the_same_points(seed):
    rng = np.random.default_rng(seed)
    times = 2459000.5 + np.arange(5)
    packets = []
    for candid in range(8):
        jitter = rng.uniform(-3e-5, 3e-5, 5)
        history = [
            ztf_point(t + j, rng.integers(1, 3), rng.choice([None, 18 + rng.random()]))
            for t, j in zip(times, jitter, strict=True)
        ]
        forced = [forced_point(t - j, rng.normal()) for t, j in zip(times, jitter, strict=True)]
        packets.append(ztf_packet(candid=candid + 1, jd=2459006.5, previous=history, forced=forced))
    first = fields(collect(packets))
    again = fields(collect([packets[i] for i in rng.permutation(8)]))
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(first, again, strict=True))
    time, bands = first[2], first[1]
    assert len(time) <= 11 and all(np.diff(time[bands == b]).min() > 0.5 for b in set(bands))


def test_detections_are_preferred_to_forced_photometry_and_limits():
    jd = 2458990.5
    early = ztf_packet(
        candid=1, jd=2458999.5, previous=[ztf_point(jd)], forced=[forced_point(jd, 5.0)]
    )
    late = ztf_packet(candid=2, jd=2459000.5, forced=[forced_point(jd, 6.0, zero_point=23.9)])
    merged = collect([late, early])
    assert merged.kind.tolist() == [FORCED, DETECTION, DETECTION]
    assert merged.flux[0] == 6.0  # of the later alert
    assert merged.no_detection.tolist() == [True, False, False]
    assert merged.n_limits == 1 and merged.n_merged == 0
    detected = collect([early, ztf_packet(candid=3, previous=[ztf_point(jd, mag=18.9)])])
    assert detected.kind[0] == DETECTION and detected.n_limits == 0


def test_limits_have_no_flux():
    merged = collect([ztf_packet(previous=[ztf_point(2458990.5)])])
    assert merged.kind.tolist() == [LIMIT, DETECTION] and np.isnan(merged.flux[0])


def test_no_point_at_all():
    merged = PointCollector().merged()
    assert len(merged.time) == 0 and merged.n_limits == merged.n_merged == 0


@pytest.mark.parametrize("with_kind", [False, True])
def test_points_are_sorted_by_place_and_then_by_preference(with_kind):
    # Few distinct values: many points have equal places, and many are equal.
    points = np.random.default_rng(0).integers(0, 3, (500, 8)).astype(float)
    place, preference = module._place(points, with_kind), module._preference(points)
    order = module._sorted_by(place, preference)
    expected = np.lexsort((*preference[::-1], *place[::-1]))
    np.testing.assert_array_equal(points[order], points[expected])
