"""Scores of alert streams: stateless, at bounded memory, restartable, past poison packets."""

import gzip
import logging
import tracemalloc
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import NotFittedError

from sklearn_sn import AstroMiNNClassifier, LateFusionClassifier, LightCurveClassifier
from sklearn_sn.alerts import score_alerts
from sklearn_sn.data import DataQualityWarning
from sklearn_sn.datasets import read_alerts
from tests.classification.alerts import TINY, alerts
from tests.datasets.alert_files import (
    avro,
    elasticc_schema,
    fastavro,
    forced_point,
    rubin_schema,
    stamp,
    ztf_packet,
    ztf_point,
    ztf_schema,
    ztf_stream,
)


def scored(model, packets, **params):
    return list(score_alerts(model, packets, **params))


def by_candid(scores):
    return {score.candid: score for score in scores}


def without_warning(model, packets, **params):
    """Scores of a stream with poison, whose warning at the end is expected."""
    stream = score_alerts(model, packets, **params)
    with pytest.warns(DataQualityWarning, match="score_alerts skipped"):
        return list(stream), stream.report


def test_scores_are_those_of_the_table(network):
    packets = ztf_stream()
    scores = scored(network, packets)
    X = read_alerts(packets, per="alert")
    expected = pd.DataFrame(network.predict_proba(X), X.index, network.classes_)
    assert [score.candid for score in scores] == [packet["candid"] for packet in packets]
    for score, packet in zip(scores, packets, strict=True):
        assert score.object_id == packet["objectId"]
        assert score.mjd == X.loc[score.candid, "mjd"]
        assert list(score.probabilities) == network.classes_.tolist()
        np.testing.assert_allclose(
            [*score.probabilities.values()], expected.loc[score.candid], atol=2e-6
        )
        assert score.most_probable == expected.loc[score.candid].idxmax()


def test_alert_by_alert_equals_the_same_prefix_at_once(network):
    packets = ztf_stream()
    at_once = scored(network, packets)
    one_by_one = [scored(network, [packet])[0] for packet in packets]
    assert [s.candid for s in one_by_one] == [s.candid for s in at_once]
    for batch_size in (1, 5):
        for left, right in zip(
            scored(network, packets, batch_size=batch_size), at_once, strict=True
        ):
            np.testing.assert_allclose(
                [*left.probabilities.values()], [*right.probabilities.values()], atol=2e-6
            )
    for left, right in zip(one_by_one, at_once, strict=True):
        np.testing.assert_allclose(
            [*left.probabilities.values()], [*right.probabilities.values()], atol=2e-6
        )


def test_order_of_alerts_does_not_matter(flux_model):
    packets = ztf_stream()
    forward = by_candid(scored(flux_model, packets))
    assert by_candid(scored(flux_model, packets[::-1], batch_size=4)) == forward


def test_avro_bytes_equal_dicts(flux_model):
    packets = ztf_stream()
    dicts = scored(flux_model, [{**p, "candidate": p["candidate"]} for p in packets])
    files = scored(flux_model, (avro([packet]) for packet in packets), batch_size=5)
    assert [s.candid for s in files] == [s.candid for s in dicts]
    for left, right in zip(files, dicts, strict=True):  # magnitudes are float32 in Avro
        assert left.probabilities == pytest.approx(right.probabilities, rel=1e-4)
    one_file = scored(flux_model, avro(packets, codec="deflate"))
    assert one_file == files


@pytest.mark.parametrize("version", ["3.3", "4.02"])
def test_schemas_of_ztf(flux_model, version):
    packets = [avro([{**p, "schemavsn": version}], ztf_schema(version)) for p in ztf_stream(2)]
    assert len(scored(flux_model, packets)) == len(packets)


def test_messages_of_rubin_and_elasticc(flux_model):
    source = {"diaSourceId": 5, "visit": 1, "detector": 2, "diaObjectId": 9, "psfFlux": 1e5}
    source |= {"midpointMjdTai": 61000.0, "ra": 1.0, "dec": 2.0, "band": "g", "psfFluxErr": 10.0}
    packet = {"diaSourceId": 5, "diaSource": source}
    schema = fastavro.parse_schema(rubin_schema())
    body = BytesIO()
    fastavro.schemaless_writer(body, schema, packet)
    (score,) = scored(flux_model, [b"\0\0\0\0\1" + body.getvalue()], schema=rubin_schema())
    assert (score.object_id, score.candid) == (9, 5)
    source = {"diaSourceId": 6, "ccdVisitId": 1, "diaObjectId": 9, "midPointTai": 61000.0}
    source |= {
        "filterName": "r",
        "ra": 1.0,
        "decl": 2.0,
        "psFlux": 90.0,
        "psFluxErr": 3.0,
        "snr": 30,
    }
    (score,) = scored(flux_model, [avro([{"alertId": 6, "diaSource": source}], elasticc_schema())])
    assert score.candid == 6


def test_a_repeated_alert_is_scored_once(flux_model):
    packets = ztf_stream(2)
    stream = score_alerts(flux_model, [*packets, packets[1], *packets], batch_size=4)
    assert [s.candid for s in stream] == [p["candid"] for p in packets]
    assert stream.report.n_duplicates == len(packets) + 1
    assert stream.report.n_scored == len(packets)


def test_only_the_last_alerts_are_remembered(flux_model):
    packets = [ztf_packet(candid=n) for n in range(6)]
    again = [*packets, packets[5], packets[0]]
    assert [s.candid for s in scored(flux_model, again, n_remembered=3)] == [*range(6), 0]


def test_done_is_left_out_and_not_changed(flux_model):
    packets = ztf_stream(2)
    done = {packet["candid"] for packet in packets[:4]}
    before = set(done)
    assert [s.candid for s in scored(flux_model, packets, done=done)] == [
        packet["candid"] for packet in packets[4:]
    ]
    assert done == before


def test_a_killed_run_continues_at_its_checkpoint(flux_model, tmp_path):
    packets = [ztf_packet(candid=n, mag=18 + 0.01 * n) for n in range(40)]
    path = tmp_path / "scored.txt"
    whole = by_candid(scored(flux_model, packets))
    stored = {}
    # The consumer is stopped after 4, 15 … scores and gets the same packets again.
    for n_before_stop in (4, 15, 1, 100):
        stream = score_alerts(flux_model, packets, batch_size=8, checkpoint=path)
        for _, score in zip(range(n_before_stop), stream, strict=False):
            stored[score.candid] = score
        stream.close()
    assert stored == whole
    again = score_alerts(flux_model, packets, checkpoint=path)
    assert list(again) == [] and again.report.n_duplicates == 40


def test_a_score_that_was_not_used_comes_again(flux_model, tmp_path):
    packets = [ztf_packet(candid=n) for n in range(4)]
    path = tmp_path / "scored.txt"
    stream = score_alerts(flux_model, packets, checkpoint=path)
    assert next(stream).candid == 0
    assert next(stream).candid == 1
    stream.close()
    # The second one was returned, and nothing shows that it was stored.
    assert [s.candid for s in scored(flux_model, packets, checkpoint=path)] == [1, 2, 3]


def test_a_checkpoint_that_is_rewritten_loses_no_score(flux_model, tmp_path):
    packets = [ztf_packet(candid=n) for n in range(60)]
    settings = {"checkpoint": tmp_path / "scored.txt", "batch_size": 10, "n_remembered": 20}
    stream = score_alerts(flux_model, packets, **settings)
    used = [next(stream).candid for _ in range(43)]
    stream.close()  # 42 names are more than twice 20, so that the file is rewritten
    assert len(settings["checkpoint"].read_text().splitlines()) <= 20
    rest = [score.candid for score in scored(flux_model, packets[40:], **settings)]
    assert rest == [*range(42, 60)] and used[-1] == 42


POISON = [
    {},
    {"candidate": 3},
    {"objectId": "ZTF1", "candid": 1, "candidate": {"jd": None, "fid": 1}},
    {"objectId": "ZTF1", "candid": 1e18, "candidate": ztf_point(2459000.5, mag=18.0)},
    {"objectId": "ZTF1", "candidate": {"jd": 2459000.5, "fid": 1}},
    ztf_packet(mag="bright"),
    ztf_packet(previous=[3]),
    {**ztf_packet(), "fp_hists": "none"},
    b"Obj\x01garbage",
    b"",
    b"neither",
    b'{"objectId": ',
    avro([ztf_packet(candid=7)])[:-40],
    gzip.compress(avro([ztf_packet(candid=7)]))[:-30],
    17,
    3.5,
    object(),
]


@pytest.mark.parametrize("poison", POISON, ids=range(len(POISON)))
def test_a_poison_packet_is_skipped_counted_and_named(flux_model, poison, caplog):
    good = ztf_stream(2)
    packets = [*good[:3], poison, *good[3:]]
    with caplog.at_level(logging.WARNING, "sklearn_sn.alerts"):
        scores, report = without_warning(flux_model, packets)
    assert scores == scored(flux_model, good)
    assert report.n_skipped == 1 and report.n_packets == len(packets)
    ((location, reason),) = report.skipped
    assert location.startswith("packet 3") and reason
    assert "packet 3" in caplog.text


def test_offsets_of_damaged_blocks(flux_model):
    packets = [ztf_packet(candid=n) for n in range(30)]
    content = bytearray(avro(packets, sync_interval=400))
    place = 3 * len(content) // 4  # behind the schema
    content[place : place + 30] = bytes(30)
    scores, report = without_warning(flux_model, [bytes(content)])
    assert 0 < len(scores) < 30 and report.n_skipped >= 1
    assert "packet 0, offset" in report.skipped[0][0]


def test_poison_among_many_costs_nothing_else(flux_model):
    packets = [ztf_packet(candid=n) for n in range(3000)]
    for n in range(0, 3000, 100):
        packets[n] = {"objectId": "bad"}
    scores, report = without_warning(flux_model, iter(packets), batch_size=500)
    assert len(scores) == 2970 and report.n_skipped == 30
    assert len(flux_model.sizes_) == 6
    assert report.skipped[1][0] == "packet 100"


class Fragile(ClassifierMixin, BaseEstimator):
    """Fail for tables with a bright object, as a model that rejects values does."""

    def fit(self, X, y=None):
        self.classes_ = np.array([0, 1])
        return self

    def predict_proba(self, X):
        if (X["magpsf"] < 15).any():
            raise ValueError("a value is rejected")
        return np.full((len(X), 2), 0.5)


def test_an_alert_that_the_model_rejects_is_skipped_alone():
    packets = [ztf_packet(candid=n, mag=14.0 if n == 3 else 18.0) for n in range(8)]
    for batch_size in (1, 8):
        scores, report = without_warning(Fragile().fit(None), packets, batch_size=batch_size)
        assert [s.candid for s in scores] == [0, 1, 2, 4, 5, 6, 7]
        assert report.skipped[0] == ("alert 3", "a value is rejected")


@pytest.mark.parametrize("batch_size", [1, 64])
def test_a_model_that_always_fails_raises_its_error(batch_size):
    packets = [ztf_packet(candid=n, mag=14.0) for n in range(64)]
    with pytest.raises(ValueError, match="a value is rejected"):
        scored(Fragile().fit(None), packets, batch_size=batch_size)


def test_none_flushes_the_batch(flux_model):
    first, second = ztf_packet(candid=1), ztf_packet(candid=2)
    got = []

    def polled():
        yield first
        yield None
        got.append("after the first")
        yield None
        yield second

    stream = score_alerts(flux_model, polled(), batch_size=100)
    assert next(stream).candid == 1 and got == []
    assert next(stream).candid == 2
    assert flux_model.sizes_ == [1, 1]


def test_a_generator_is_read_no_further_than_a_batch(flux_model):
    read = []

    def packets():
        for n in range(100):
            read.append(n)
            yield ztf_packet(candid=n)

    stream = score_alerts(flux_model, packets(), batch_size=10)
    next(stream)
    assert len(read) == 10


def test_memory_does_not_grow_with_the_stream(flux_model):
    history = [ztf_point(2459000.5 + t, 1, 18.0) for t in range(8)]

    def packets(n):
        for candid in range(n):
            yield ztf_packet(f"ZTF{candid % 50}", candid, 2459030.5, previous=history)

    peaks = []
    for n in (300, 1200):
        flux_model.sizes_.clear()
        tracemalloc.start()
        for _ in score_alerts(flux_model, packets(n), batch_size=50, n_remembered=100):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 300_000  # bytes; 900 packets have 4 million


def test_quality_flags(network):
    no_points = ztf_packet(candid=1, mag=None)
    few = ztf_packet(candid=2)
    many = ztf_packet(candid=3, previous=[ztf_point(2458990.5 + t, 1, 18.0) for t in range(4)])
    stream = score_alerts(network, [no_points, few, many])
    assert [score.quality for score in stream] == ["EMPTY", "LOWDATA", ""]


def test_an_alert_without_photometry_gets_the_prior(network):
    (score,) = scored(network, [ztf_packet(mag=None)])
    np.testing.assert_allclose([*score.probabilities.values()], network.class_prior_)


def test_warnings_about_data_are_counted(network):
    packets = [
        ztf_packet(candid=n) | {"candidate": ztf_point(2459000.5, 9, 18.0, candid=n)}
        for n in range(3)
    ]
    stream = score_alerts(network, packets, batch_size=1)
    assert len(list(stream)) == 3
    assert sum(stream.report.warnings.values()) == 3
    assert "band" in next(iter(stream.report.warnings))


def fused(images):
    """A fusion trained on photometry and columns that some alerts lack."""
    packets = ztf_stream(30, 1)
    X = read_alerts(packets, per="alert", images=images).assign(sky=1.0, spectrum=None)
    X["sky"] += np.arange(len(X))
    y = np.where(np.arange(len(X)) % 2, "SN I", "SN II")
    curve = LightCurveClassifier(encoder="deep_sets", max_epochs=1, random_state=0)
    boosting = HistGradientBoostingClassifier(max_iter=3)
    members = [("curve", curve, "light_curve"), ("metadata", boosting, ["magpsf", "sky"])]
    return LateFusionClassifier(members).fit(X, y), X


def test_columns_that_packets_lack_count_as_missing():
    model, X = fused(images=False)
    packets = ztf_stream(2)
    scores = scored(model, packets)
    table = read_alerts(packets, per="alert", images=False)
    expected = model.predict_proba(table.assign(sky=np.nan, spectrum=None)[list(X.columns)])
    order = table.index.get_indexer([score.candid for score in scores])
    found = np.array([[*score.probabilities.values()] for score in scores])
    np.testing.assert_allclose(found, expected[order], atol=2e-6)


def test_cutouts_are_decoded_only_if_the_model_uses_images(monkeypatch):
    seen = []
    monkeypatch.setattr(
        "sklearn_sn.datasets._alert_batches.decode_cutouts",
        lambda stamps: seen.append(stamps) or (None, 0),
    )
    packets = ztf_stream(1)
    scored(fused(images=False)[0], packets)
    assert seen == []
    scores = scored(fused(images=True)[0], packets)
    assert len(seen) == len(packets)
    assert all("EMPTY_IMAGE" in score.quality for score in scores)


def test_a_network_of_images_gets_the_position_in_the_sky():
    X, y = alerts(12)
    X = X.assign(ra=30.0 * np.arange(12), dec=5.0 * np.arange(12))
    model = AstroMiNNClassifier(**TINY | {"metadata": None}).fit(X, y)
    assert model.sky_columns_ == ["ra", "dec"]
    (packet,) = ztf_stream(1)[:1]
    packet["candidate"] |= {"ra": 150.0, "dec": 40.0}
    images = np.random.default_rng(0).normal(size=(3, 15, 15)).astype(np.float32)
    for name, image in zip(("Science", "Template", "Difference"), images, strict=True):
        packet[f"cutout{name}"] = {"fileName": name, "stampData": stamp(image)}
    (score,) = scored(model, [packet])
    expected = model.predict_proba(read_alerts([packet], per="alert"))[0]
    np.testing.assert_allclose([*score.probabilities.values()], expected, atol=1e-6)


def test_a_damaged_cutout_is_flagged():
    model, _ = fused(images=True)
    damaged = {"fileName": "a", "stampData": stamp(np.ones((5, 5), np.float32))[:-20]}
    packets = [p | {"cutoutScience": damaged} for p in ztf_stream(1)]
    assert all("BAD_CUTOUT" in score.quality for score in scored(model, packets))


def test_forced_photometry_may_be_left_out(flux_model):
    packet = ztf_packet(mag=20.0, forced=[forced_point(2458990.5 + t, 1e5) for t in range(5)])
    (with_forced,), (without,) = (scored(flux_model, [packet], forced=f) for f in (True, False))
    assert with_forced.probabilities["bright"] > without.probabilities["bright"] + 0.1


def test_bad_parameters(flux_model):
    with pytest.raises(NotFittedError):
        score_alerts(LightCurveClassifier(), [])
    with pytest.raises(ValueError, match="'batch_size' parameter of score_alerts"):
        score_alerts(flux_model, [], batch_size=0)
    with pytest.raises(ValueError, match="'model' parameter of score_alerts"):
        score_alerts(object(), [])
    with pytest.raises(FileNotFoundError):
        scored(flux_model, "nowhere.avro")
    assert scored(flux_model, []) == []
