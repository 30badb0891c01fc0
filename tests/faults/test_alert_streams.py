"""Faults of alert streams: see tests/alerts/test_score.py for the others."""

import gzip

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin

from sklearn_sn.alerts import score_alerts
from sklearn_sn.data import DataQualityWarning, as_ragged
from tests.datasets.alert_files import avro, forced_point, ztf_packet, ztf_point, ztf_schema


class Points(ClassifierMixin, BaseEstimator):
    """Return the number of points and the sum of fluxes, as "probabilities"."""

    def fit(self, X=None, y=None):
        self.classes_ = np.array(["points", "flux"])
        return self

    def predict_proba(self, X):
        curves = as_ragged(X["light_curve"], kind="light_curve")
        return np.column_stack([curves.lengths, curves.reduce("sum", "flux")])


MODEL = Points().fit()
HISTORY = [ztf_point(2459000.5 - t, 1, 18.0) for t in (9, 5, 2)]


def scores(packets, **params):
    return list(score_alerts(MODEL, packets, **params))


@pytest.mark.parametrize("version", ["3.3", "4.02"])
@pytest.mark.parametrize("previous", [None, [], HISTORY])
def test_missing_histories(version, previous):
    packet = {**ztf_packet(), "prv_candidates": previous}
    expected = 1 + len(previous or [])
    for content in (packet, avro([packet], ztf_schema(version))):
        assert scores([content])[0].probabilities["points"] == expected
    del packet["prv_candidates"], packet["fp_hists"]
    assert scores([packet])[0].probabilities["points"] == 1


def test_magnitudes_that_are_null_are_limits():
    packet = ztf_packet(previous=[ztf_point(2458995.5), *HISTORY])
    assert scores([packet])[0].probabilities["points"] == 4
    assert scores([ztf_packet(mag=None)])[0].quality == "EMPTY,EMPTY_IMAGE"


def test_alerts_out_of_order_and_repeated():
    packets = [
        ztf_packet(candid=n, jd=2459000.5 + n, previous=HISTORY + [
            ztf_point(2459000.5 + k, 1, 19.0, candid=k) for k in range(n)
        ])
        for n in range(5)
    ]  # fmt: skip
    expected = {score.candid: score for score in scores(packets)}
    assert [expected[n].probabilities["points"] for n in range(5)] == [4, 5, 6, 7, 8]
    shuffled = [packets[n] for n in (4, 0, 3, 3, 1, 0, 2)]
    assert {score.candid: score for score in scores(shuffled, batch_size=2)} == expected


def test_the_same_prefix_at_once():
    """An object scored alert by alert equals its table cut at each alert."""
    history = [ztf_point(2459000.5 + k, 1 + k % 2, 18 + 0.1 * k, candid=k) for k in range(6)]
    forced = [forced_point(2459000.5 + k + 0.3, 50.0 * k, 1) for k in range(6)]
    stream = [
        ztf_packet(candid=k) | {"candidate": history[k], "prv_candidates": history[:k]}
        | {"fp_hists": forced[:k]}
        for k in range(6)
    ]  # fmt: skip
    at_once = scores(stream, batch_size=6)
    assert [scores([packet])[0] for packet in stream] == at_once
    assert [score.probabilities["points"] for score in at_once] == [1, 3, 5, 7, 9, 11]


@pytest.mark.parametrize("codec", ["null", "deflate", "bzip2", "xz"])
def test_codecs(codec):
    assert len(scores([gzip.compress(avro([ztf_packet()], codec=codec))])) == 1


def test_truncated_files_and_wrong_codecs_are_poison():
    whole = avro([ztf_packet(candid=n) for n in range(3)], sync_interval=1)
    wrong = avro([ztf_packet(candid=9)]).replace(b"null", b"xxxx", 1)
    stream = score_alerts(MODEL, [whole[:-60], wrong, ztf_packet(candid=7)])
    with pytest.warns(DataQualityWarning, match="score_alerts skipped"):
        found = [score.candid for score in stream]
    assert found[-1] == 7 and found[:-1] == [*range(len(found) - 1)]
    assert stream.report.n_skipped >= 2
    assert {location.split(",")[0] for location, _ in stream.report.skipped} == {
        "packet 0",
        "packet 1",
    }


def test_a_restarted_consumer_gives_the_same_output(tmp_path):
    """At-least-once delivery, and an output that candid makes idempotent."""
    packets = [ztf_packet(candid=n, mag=17 + 0.01 * n, previous=HISTORY) for n in range(50)]
    expected = {score.candid: score for score in scores(packets)}
    output, committed, rng = {}, 0, np.random.default_rng(0)
    while committed < 50:
        stream = score_alerts(
            MODEL, iter(packets[committed:]), batch_size=7, checkpoint=tmp_path / "done"
        )
        for number, score in enumerate(stream):
            assert output.setdefault(score.candid, score) == score
            if number == rng.integers(3, 20):
                break  # killed before the commit of the offsets
        else:
            committed = 50
        del stream
        committed = max(committed, min(len(output) - 5, 45)) if committed < 50 else committed
    assert output == expected
