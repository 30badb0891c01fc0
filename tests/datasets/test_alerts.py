"""Alerts become the same table, whatever the order, the file and the repetition of the packets."""

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import DataQualityWarning, as_ragged
from sklearn_sn.datasets import read_alerts, read_tables, read_written, write_tables

from .alert_files import (
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

FILES = Path(__file__).with_name("files")


def expected(name):
    return json.loads((FILES / f"{name}.json").read_text())


def points(X, name):
    return X["light_curve"].loc[name]


def check_point(point, values):
    assert point["band"] == values["band"]
    assert point["time"] == pytest.approx(values["time"], abs=1e-6)
    assert point["flux"] == pytest.approx(values["flux_uJy"], rel=1e-6)
    assert point["flux_err"] == pytest.approx(values["flux_err_uJy"], rel=1e-6)


def assert_same(X, Y):
    """Compare tables including images and NaN."""
    assert list(X.columns) == list(Y.columns) and X.index.equals(Y.index)
    X, Y = X.copy(), Y.copy()
    for A, B in zip(X.pop("image"), Y.pop("image"), strict=True):
        assert (A is None) == (B is None) and (A is None or np.array_equal(A, B, equal_nan=True))
    left, right = as_ragged(X.pop("light_curve")), as_ragged(Y.pop("light_curve"))
    assert np.array_equal(left.offsets, right.offsets)
    for field in ("time", "band", "flux", "flux_err"):
        assert np.array_equal(np.asarray(left[field]), np.asarray(right[field]))
    pd.testing.assert_frame_equal(X, Y)


def test_ztf_file_gives_the_values_beside_it():
    want = expected("ztf_alert.avro")
    X = read_alerts(FILES / "ztf_alert.avro", forced=False)
    first, second = want["objects"]
    assert X.index.tolist() == want["objects"]
    assert [len(points(X, name)) for name in X.index] == want["n_points_by_object"]
    check_point(points(X, first).iloc[0], want["first"])
    check_point(points(X, first).iloc[-1], want["last_of_first_object"])
    check_point(points(X, second).iloc[0], want["second_object"])
    assert X.attrs["read"]["limits"] == want["n_upper_limits"]
    assert X["nnondet"].tolist() == [want["n_upper_limits"], 0]
    image, edge = X["image"]
    assert list(image.shape) == want["images"]["shape_first"] and image.dtype == np.float32
    assert np.isnan(image).sum((1, 2)).tolist() == [0, 0, want["images"]["nan_pixels_difference"]]
    assert image[0, 0, 1] == np.float32(want["images"]["first_science_pixel_0_1"])
    assert list(edge.shape) == want["images"]["shape_second"]


def test_ztf_forced_photometry_of_the_file():
    want = expected("ztf_alert.avro")
    X = read_alerts(FILES / "ztf_alert.avro")
    check_point(points(X, want["objects"][0]).iloc[0], want["forced_first"])
    assert len(points(X, want["objects"][0])) == want["n_points_by_object"][0] + want["n_forced"]
    assert X.attrs["read"]["forced"] == want["n_forced"]


def test_elasticc_file_gives_the_values_beside_it():
    want = expected("elasticc_alert.json")
    X = read_alerts(FILES / "elasticc_alert.json")
    assert X.index.tolist() == want["objects"] and X.index.dtype == np.int64
    assert len(points(X, 747)) == want["n_points"]
    check_point(points(X, 747).iloc[0], want["first"])
    assert X.loc[747, ["ra", "dec", "mwebv", "redshift"]].tolist() == [49.04, -41.01, 0.02, 0.1]
    assert X["image"].isna().all()


@pytest.mark.parametrize("name", ["ztf_alert.avro", "elasticc_alert.json"])
def test_files_survive_write_tables(tmp_path, name):
    X = read_alerts(FILES / name)
    write_tables(X, tmp_path / "alerts.parquet")
    Y = read_written(tmp_path / "alerts.parquet")
    assert_same(X, Y)
    assert X.attrs == Y.attrs


RUBIN = 170011223344556601  # and its neighbour are one number as floats


def rubin_packet(object_id=RUBIN, source_id=7, time=61000.25, flux=5000.0, **more):
    place = {"ra": 1.0, "dec": -2.0, "band": "y", "psfFlux": flux, "psfFluxErr": 100.0}
    source = place | {"diaSourceId": source_id, "visit": 1, "detector": 2, "snr": 50.0}
    source |= {"diaObjectId": object_id, "midpointMjdTai": time, "reliability": 0.9}
    dia_object = {"diaObjectId": object_id, "ra": 1.0, "dec": -2.0} if object_id else None
    return {"diaSourceId": source_id, "diaSource": source, "diaObject": dia_object} | more


def test_rubin_alerts_are_in_nanojansky_and_keep_their_ids():
    forced = {
        **{"diaForcedSourceId": 1, "diaObjectId": RUBIN, "scienceFlux": 1e6, "band": "u"},
        **{"midpointMjdTai": 60990.0, "ra": 1.0, "dec": -2.0, "psfFlux": -40.0, "psfFluxErr": 90.0},
    }
    image = np.arange(12, dtype=np.float32).reshape(3, 4)
    packets = [
        rubin_packet(prvDiaForcedSources=[forced], cutoutDifference=stamp(image, compress=False)),
        rubin_packet(RUBIN + 1, 8),
    ]
    X = read_alerts(avro(packets, rubin_schema()))
    assert X.index.tolist() == [RUBIN, RUBIN + 1] and X["candid"].tolist() == [7, 8]
    curve = points(X, RUBIN)
    assert curve["band"].tolist() == ["lsstu", "lssty"]
    np.testing.assert_allclose(curve["flux"], [-0.04, 5.0])
    np.testing.assert_allclose(curve["flux_err"], [0.09, 0.1])
    assert np.isnan(X["image"].iloc[0][:2]).all() and (X["image"].iloc[0][2] == image).all()
    assert X["nnondet"].tolist() == [1, 0] and X["reliability"].tolist() == pytest.approx(
        [0.9, 0.9]
    )


def test_elasticc_avro_has_the_zero_point_of_snana():
    place = {"midPointTai": 60700.0, "filterName": "i", "ra": 1.0, "decl": -2.0, "diaObjectId": 5}
    flux = {"psFlux": 10**1.44, "psFluxErr": 1.0}  # 10 ** (0.4 * (27.5 - 23.9)): 1 µJy
    packet = {
        "alertId": 1,
        "diaSource": place | flux | {"diaSourceId": 3, "ccdVisitId": 1, "snr": 9.0},
        "prvDiaNondetectionLimits": [
            {"ccdVisitId": 1, "midPointTai": 60690.0, "filterName": "i", "diaNoise": 24.0}
        ],
        "diaObject": {"diaObjectId": 5, "ra": 1.0, "decl": -2.0, "z_final": -9.0},
    }
    X = read_alerts(avro([packet], elasticc_schema()))
    assert points(X, 5)["flux"].tolist() == pytest.approx([1.0])
    assert X["nnondet"].tolist() == [1] and X["redshift"].isna().all() and X["dec"].item() == -2.0


def host_packet(**redshifts):
    place = {"midPointTai": 60700.0, "filterName": "i", "ra": 1.0, "decl": -2.0, "diaObjectId": 5}
    ids = {"diaSourceId": 3, "ccdVisitId": 1, "snr": 9.0}
    source = place | ids | {"psFlux": 100.0, "psFluxErr": 1.0}
    dia_object = {"diaObjectId": 5, "ra": 1.0, "decl": -2.0} | redshifts
    return {"alertId": 1, "diaSource": source, "prvDiaSources": [], "diaObject": dia_object}


@pytest.mark.parametrize("form", ["avro", "json", "json lines", "read_tables"])
def test_redshifts_of_hosts_are_not_those_of_objects(form, tmp_path):
    packet = host_packet(hostgal_zphot=0.25, hostgal_zphot_err=0.5, hostgal_zspec=-9.0, z_final=-9)
    if form == "read_tables":
        del packet["diaObject"]["z_final"]
    path = tmp_path / "alerts"
    texts = {"json": json.dumps([packet]), "json lines": json.dumps(packet) + "\n"}
    path.write_bytes(texts.get(form, json.dumps(packet)).encode())
    if form == "avro":
        path.write_bytes(avro([packet], elasticc_schema(), codec="deflate"))
    X = read_tables(path) if form == "read_tables" else read_alerts(path)
    assert X.loc[5, ["hostgal_zphot", "hostgal_zphot_err"]].tolist() == [0.25, 0.5]
    assert np.isnan(X.loc[5, "hostgal_zspec"])
    assert "redshift" not in X or np.isnan(X.loc[5, "redshift"])


def test_asteroids_are_not_objects():
    packets = [rubin_packet(), rubin_packet(None, 8), rubin_packet(0, 9)]
    with pytest.warns(DataQualityWarning, match="2 alerts without an object"):
        X = read_alerts(packets)
    assert X.index.tolist() == [RUBIN]
    X = read_alerts(packets, per="alert")
    assert X.index.tolist() == [7, 8, 9]
    assert X["object_id"].dtype == "Int64" and X["object_id"].isna().tolist() == [False, True, True]


@pytest.mark.parametrize("per", ["object", "alert"])
def test_the_order_of_packets_does_not_matter(per):
    packets = ztf_stream()
    X = read_alerts(packets, per=per)
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(len(packets))
        assert_same(X, read_alerts([packets[i] for i in order], per=per))


@pytest.mark.parametrize("per", ["object", "alert"])
def test_repeated_alerts_and_split_files_do_not_matter(tmp_path, per):
    packets = ztf_stream()
    X = read_alerts(avro(packets), per=per)
    packets = list(fastavro.reader(io.BytesIO(avro(packets))))
    again = read_alerts(packets[3:] + packets + packets[:5], per=per)
    assert_same(X, again)
    assert again.attrs["read"]["repeated_alerts"] == len(packets) - 3 + 5
    for number, start in enumerate(range(0, len(packets), 5)):
        (tmp_path / f"{number}.avro").write_bytes(avro(packets[start : start + 5]))
    assert_same(X, read_alerts(tmp_path, per=per))
    assert_same(X, read_alerts(tmp_path / "*.avro", per=per))


def test_a_row_per_alert_holds_what_was_known_at_its_time():
    packets = ztf_stream(2, 3)
    X = read_alerts(packets, per="alert")
    assert X.index.name == "candid" and X.index.tolist() == sorted(p["candid"] for p in packets)
    for packet in packets:
        alone = read_alerts([packet])
        row = X.loc[packet["candid"]]
        assert row["object_id"] == packet["objectId"]
        assert alone["light_curve"].iloc[0].equals(row["light_curve"])
        assert row["light_curve"]["time"].max() == pytest.approx(row["mjd"])


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("t", 1),
        ("1", 1),
        (1, 1),
        (True, 1),
        ("true", 1),
        ("f", -1),
        ("0", -1),
        (False, -1),
        (-1, -1),
    ],
)
def test_signs_of_isdiffpos(text, sign):
    X = read_alerts([ztf_packet(mag=18.9, isdiffpos=text)])
    assert points(X, "ZTF20a")["flux"].item() == pytest.approx(sign * 100.0)


def test_a_detection_without_a_sign_is_left_out():
    previous = [ztf_point(2458990.5, mag=18.0, sign=None)]
    with pytest.warns(DataQualityWarning, match=r"1 points \(detections without a sign"):
        X = read_alerts([ztf_packet(previous=previous)])
    assert len(points(X, "ZTF20a")) == 1


def test_one_exposure_is_one_point():
    jd = 2458990.5
    previous = [ztf_point(jd, mag=18.9, candid=5), ztf_point(jd + 3e-5, mag=18.9001, candid=6)]
    forced = [forced_point(jd + 4e-5, 99.0, zero_point=23.9), forced_point(jd + 4e-5, 9.0, fid=2)]
    X = read_alerts([ztf_packet(previous=previous, forced=forced)])
    curve = points(X, "ZTF20a")
    assert curve["band"].tolist() == ["ztfg", "ztfr", "ztfg"]
    assert curve["flux"].iloc[0] == pytest.approx(100.0, rel=1e-4)
    assert X.attrs["read"]["merged_points"] == 2
    # Exposures of 30 s are never closer than this.
    separate = [ztf_point(jd, mag=18.9), ztf_point(jd + 4e-4, mag=18.8)]
    assert len(points(read_alerts([ztf_packet(previous=separate)]), "ZTF20a")) == 3


def test_sentinels_are_left_out_silently():
    forced = [
        forced_point(2458990.5, -99999.0, error=-99999.0),
        forced_point(2458991.5, None, error=None, zero_point=None),
        forced_point(2458992.5, 10.0, zero_point=23.9),
    ]
    X = read_alerts([ztf_packet(forced=forced, sgscore1=-999.0, distpsnr1=-999.0)])
    assert (
        points(X, "ZTF20a")["flux"].tolist()[0] == pytest.approx(10.0)
        and len(points(X, "ZTF20a")) == 2
    )
    assert (
        X.attrs["read"]["not_measured"] == 2
        and X[["sgscore1", "distpsnr1"]].isna().to_numpy().all()
    )


@pytest.mark.parametrize(
    "previous",
    [
        {"jd": 2458990.5, "fid": 1, "magpsf": 99.0, "sigmapsf": 99.0, "isdiffpos": "t"},
        {"jd": 1e300, "fid": 1, "magpsf": 18.0, "sigmapsf": 0.1, "isdiffpos": "t"},
        {"jd": 2458990.5, "fid": 1, "magpsf": 18.0, "sigmapsf": 0.0, "isdiffpos": "t"},
        {"jd": 2458990.5, "fid": 9, "magpsf": 18.0, "sigmapsf": 0.1, "isdiffpos": "t"},
        {"jd": 2458990.5, "magpsf": 18.0, "sigmapsf": 0.1, "isdiffpos": "t"},
    ],
)
def test_absurd_points_are_left_out_with_a_warning(previous):
    with pytest.warns(DataQualityWarning) as seen:
        X = read_alerts([ztf_packet(previous=[previous])])
    assert len(seen) == 1 and len(points(X, "ZTF20a")) == 1


def test_metadata_of_the_last_alert():
    early = ztf_packet(
        jd=2459000.5, candid=1, ra=1.0, ndethist=1, ncovhist=5, jdstarthist=2459000.5
    )
    late = ztf_packet(jd=2459010.5, candid=2, ra=2.0, ndethist=3, ncovhist=9, jdstarthist=2459000.5)
    X = read_alerts([late, early])
    names = ["candid", "mjd", "ra", "n_alerts", "age", "nnondet"]
    assert X[names].iloc[0].tolist() == [2, 59010.0, 2.0, 2, 10.0, 6.0]
    assert X.shape == (1, 26)


def test_schema_3_3_has_no_forced_photometry():
    packets = [ztf_packet(previous=[ztf_point(2458990.5)])]
    X = read_alerts(avro(packets, ztf_schema("3.3")))
    assert len(points(X, "ZTF20a")) == 1 and X["nnondet"].tolist() == [1]


@pytest.mark.parametrize("candid", [2.0**53, 1.5, True, [1]])
def test_ids_that_lost_digits_are_rejected(candid):
    with pytest.raises(ValueError, match="candid"):
        read_alerts([ztf_packet() | {"candid": candid}])


def test_ids_of_two_surveys_become_text():
    X = read_alerts([rubin_packet(), ztf_packet()])
    assert X.index.tolist() == [str(RUBIN), "ZTF20a"]
    assert X["reliability"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    "poison",
    [
        {},
        {"candidate": 5},
        ztf_packet() | {"objectId": None, "candid": None, "candidate": {"jd": 2459000.5}},
        ztf_packet() | {"prv_candidates": 7},
        ztf_packet() | {"prv_candidates": [7]},
        ztf_packet(jd=None),
        ztf_packet(jd=float("nan")),
        ztf_packet(sigmapsf="faint"),
        ztf_packet(magpsf=[1]),
    ],
)
def test_a_poison_packet_is_skipped_and_reported(poison):
    with pytest.warns(
        DataQualityWarning, match=r"1 damaged packets or blocks \(first source\[1\]"
    ) as seen:
        X = read_alerts([ztf_packet(), poison, ztf_packet("ZTF20b", 2)])
    assert len(seen) == 1 and X.index.tolist() == ["ZTF20a", "ZTF20b"]
    assert X.attrs["read"]["skipped"] == 1 and len(X.attrs["read"]["skipped_packets"]) == 1


def test_damaged_cutouts_are_missing_and_counted():
    good = stamp(np.ones((2, 2), dtype=np.float32))
    cutouts = {"cutoutScience": good[:40], "cutoutTemplate": good}
    with pytest.warns(DataQualityWarning, match="1 damaged cutouts"):
        X = read_alerts([ztf_packet() | cutouts])
    assert np.isnan(X["image"].iloc[0][0]).all() and (X["image"].iloc[0][1] == 1).all()
    assert "image" not in read_alerts([ztf_packet() | cutouts], images=False)


def test_packets_are_not_modified():
    packets = ztf_stream(1)
    before = repr(packets)
    read_alerts(packets)
    assert repr(packets) == before


def test_fastavro_is_named_if_it_is_missing(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "fastavro", None)
    with pytest.raises(ImportError, match=r"sklearn-sn\[alerts\]"):
        read_alerts(FILES / "ztf_alert.avro")
    assert len(read_alerts([ztf_packet()])) == 1


def test_the_order_of_bands_does_not_depend_on_that_of_packets():
    packets = [
        ztf_packet(candid=candid, jd=2459000.5 + candid, previous=[ztf_point(2458990.5, fid, 18.0)])
        for candid, fid in [(1, 2), (2, 1)]
    ]
    assert_same(read_alerts(packets), read_alerts(packets[::-1]))


def test_the_report_names_what_was_read_and_what_was_not():
    read = read_alerts([ztf_packet(rb=0.5, seeratio=1.0)]).attrs["read"]
    assert read["reader"] == "read_alerts" and list(read["surveys"]) == ["ztf"]
    ztf = read["surveys"]["ztf"]
    assert ztf["not_used"] == ["seeratio"] and ztf["detections"]["sign"] == ["isdiffpos"]
    assert json.loads(json.dumps(read)) == read


def test_an_object_of_limits_alone_has_an_empty_light_curve():
    packets = [ztf_packet(mag=None), ztf_packet("ZTF20b", 2)]
    X = read_alerts(packets)
    assert as_ragged(X["light_curve"]).lengths.tolist() == [0, 1]
    assert X["nnondet"].tolist() == [1, 0] and np.isnan(X["age"].iloc[0])
    assert as_ragged(read_alerts(packets[:1])["light_curve"]).lengths.tolist() == [0]


def test_a_bare_record_of_rubin_is_enough():
    source = {"diaSourceId": 1, "diaObjectId": 2, "psfFlux": 1e3, "midpointMjdTai": 61000.0}
    X = read_alerts([{"diaSource": source | {"band": "g"}}])
    assert points(X, 2)["flux"].tolist() == pytest.approx([1.0])
