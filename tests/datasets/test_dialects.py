"""Dialects of surveys are recognised by their columns, beyond the files of the cases."""

import io
import json

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import DataQualityWarning, as_ragged
from sklearn_sn.datasets import read_tables
from sklearn_sn.datasets._dialects import DIALECTS, find_dialect

TWO = {"mjd": [59000.0, 59001.0], "ra": 10.0, "dec": -5.0}
RUBIN = {"diaObjectId": 7, "psfFlux": [1e3, -2e3], "psfFluxErr": 50.0}


def read(columns, tmp_path, **parameters):
    path = tmp_path / "points.csv"
    pd.DataFrame(columns).to_csv(path, index=False)
    X = read_tables(path, **parameters)
    return X, as_ragged(X["light_curve"]), X.attrs["read"]["tables"][0]["dialect"]


def test_names_are_unique():
    assert len({dialect.name for dialect in DIALECTS}) == len(DIALECTS)


def test_gaia_dr3(tmp_path):
    columns = {"source_id": 4110000000000000123, "transit_id": [1, 2, 3, 4]}
    columns |= {"band": ["G", "BP", "RP", "G"], "time": [1705.1, 1705.2, 1705.2, 1706.0]}
    columns |= {"mag": [18.1, 18.5, 17.5, 18.0], "flux": [1200.1, 800.0, 900.0, 1300.0]}
    columns |= {"flux_error": 5.0, "flux_over_error": 240.0}
    columns |= {"rejected_by_photometry": [False, False, False, True]}
    X, curves, dialect = read(columns, tmp_path, quality_cut=True)
    assert dialect == "gaia-dr3" and list(X.index) == [4110000000000000123]
    assert curves["time"] == pytest.approx([56902.1, 56902.2, 56902.2])
    assert list(curves["band"]) == ["gaiaG", "gaiaBP", "gaiaRP"]
    columns = {
        "object_id": "a",
        "mjd": columns["time"],
        "filter": ["gaiaG", "gaiaBP", "gaiaRP", "z"],
    }
    table = pd.DataFrame({**columns, "mag": [18.1, 18.5, 17.5, 18.0]}).iloc[:3]
    with pytest.warns(DataQualityWarning, match="no MJD of 1900-2100"):
        same = read_tables(light_curves=table)["light_curve"].iloc[0]
    assert curves["flux"] == pytest.approx(same["flux"].to_numpy())


def test_skyportal(tmp_path):
    columns = {"obj_id": "x", **TWO, "filter": "ztfg", "mag": [None, 21.4], "magerr": [None, 0.1]}
    _, curves, dialect = read({**columns, "magsys": "ab", "limiting_mag": 20.5}, tmp_path)
    assert dialect == "skyportal" and curves["flux"] == pytest.approx([10.0])
    rows = json.loads(pd.DataFrame({**columns, "magsys": "ab"}).to_json(orient="records"))
    (tmp_path / "x.json").write_text(json.dumps({"status": "success", "data": rows}))
    assert as_ragged(read_tables(tmp_path / "x.json")["light_curve"]).n_points == 1
    flux = {"obj_id": "x", **TWO, "filter": "ztfg", "flux": 5.0, "fluxerr": 1.0, "zp": 25.0}
    _, curves, _ = read({**flux, "magsys": "ab"}, tmp_path)
    assert curves["flux"] == pytest.approx(5 * 10 ** (-0.4 * 1.1))


def test_plasticc(tmp_path):
    columns = {"object_id": 615, "mjd": TWO["mjd"], "passband": [2, 5], "flux": -100.0}
    X, curves, dialect = read({**columns, "flux_err": 3.0, "detected_bool": [1, 0]}, tmp_path)
    assert dialect == "plasticc" and list(curves["band"]) == ["lsstr", "lssty"]
    assert curves["flux"] == pytest.approx([-3.6308] * 2, rel=1e-4) and list(X.index) == [615]


def test_antares(tmp_path):
    columns = {"locus_id": "ANT1", "ant_mjd": [59000.0, 59001.0, 59002.0], "ant_survey": [1, 2, 1]}
    columns |= {"ant_passband": ["g", "R", "R"], "ant_mag": [21.4, None, 23.9]}
    columns |= {"ant_magerr": [0.1, None, 0.2], "ant_maglim": 20.5, "ant_ra": 1.0, "ant_dec": 2.0}
    X, curves, dialect = read(columns, tmp_path)
    assert dialect == "antares" and list(curves["band"]) == ["ztfg", "ztfr"]
    assert curves["flux"] == pytest.approx([10.0, 1.0]) and X["ra"].tolist() == [1.0]
    assert list(X.index) == ["ANT1"] and X.attrs["read"]["counts"] == {"upper_limits": 1}


def test_swift_archive(tmp_path):
    path = tmp_path / "SN2011fe_uvotB15.1.dat"
    header = "#Filter MJD[days] Mag MagErr 3SigMagLim 0.98SatLim[mag] Rate[c/s] RateErr[c/s]\n"
    rows = ["UVW2 55800.1 16.50 0.10 20.1 11.1 3.1 0.2", "UVW2 55802.1 NULL NULL 20.1 11.1 0.1 0.2"]
    rows += ["V 55803.2 14.50 0.05 18.1 11.1 30.1 0.2", "B 55804.2 14.40 0.05 18.1 11.1 30.1 0.2"]
    path.write_text(header + "\n".join(rows) + "\n")
    X = read_tables(path)
    assert list(as_ragged(X["light_curve"])["band"]) == ["uvotuvw2", "uvotv", "uvotb"]
    record = X.attrs["read"]
    assert record["tables"][0]["dialect"] == "sousa" and record["counts"] == {"upper_limits": 1}


def test_snana_parquet_of_a_survey(tmp_path):
    path = tmp_path / "phot.parquet"
    columns = {"SNID": 10, "MJD": TWO["mjd"], "BAND": ["LSST-g", "LSST-Y"], "FLUXCAL": 10.0}
    pd.DataFrame({**columns, "FLUXCALERR": 1.0, "PHOTFLAG": 0}).to_parquet(path)
    curves = as_ragged(read_tables(path)["light_curve"])
    assert list(curves["band"]) == ["lsstg", "lssty"]
    assert curves["flux"] == pytest.approx([0.36308] * 2, rel=1e-4)


@pytest.mark.parametrize("prefix", ["", "r:"])
def test_sources_of_rubin(prefix, tmp_path):
    columns = {**RUBIN, "midpointMjdTai": [61000.0, 61001.0], "band": ["g", "y"]}
    _, curves, dialect = read({prefix + name: v for name, v in columns.items()}, tmp_path)
    assert dialect == "rubin" and list(curves["band"]) == ["lsstg", "lssty"]
    assert curves["flux"] == pytest.approx([1.0, -2.0])


def test_alert_and_forced_photometry_of_one_exposure_are_one_point(tmp_path):
    source = {"midpointMjdTai": 61000.1, "band": "g", "psfFlux": 1000.0, "psfFluxErr": 50.0}
    forced = [{**source, "psfFlux": 1001.0}, {**source, "midpointMjdTai": 61003.1}]
    alert = {"diaObjectId": 170011223344556601, "diaSourcesList": [source]}
    alert |= {"diaForcedSourcesList": forced, "diaObject": {"ra": 1.0, "decl": 2.0}}
    (tmp_path / "x.json").write_text(json.dumps(alert))
    X = read_tables(tmp_path / "x.json")
    assert list(X.index) == [170011223344556601] and X[["ra", "dec"]].iloc[0].tolist() == [1, 2]
    assert as_ragged(X["light_curve"]).n_points == 2
    assert X.attrs["read"]["counts"]["same_exposure"] == 1
    (tmp_path / "x.json").write_text(json.dumps([alert, alert]))
    assert as_ragged(read_tables(tmp_path / "x.json")["light_curve"]).n_points == 2


def test_answers_of_alerce(tmp_path):
    detection = {"mjd": 59001.0, "fid": 1, "magpsf": 21.4, "sigmapsf": 0.1, "isdiffpos": -1}
    limit = {"mjd": 59000.0, "fid": 1, "diffmaglim": 20.0}
    answer = {"detections": [detection], "non_detections": [limit]}
    (tmp_path / "ZTF1.json").write_text(json.dumps(answer))
    X = read_tables(tmp_path / "ZTF1.json")
    assert list(X.index) == ["ZTF1"]
    assert as_ragged(X["light_curve"])["flux"] == pytest.approx([-10.0])
    _, curves, dialect = read(
        {"oid": "ZTF1", "mjd": TWO["mjd"], "fid": 1, "diffmaglim": 20.0}, tmp_path
    )
    assert dialect == "alerce-non-detections" and curves.n_points == 0 and len(curves) == 1


def test_sky_patrol_of_asas_sn(tmp_path):
    columns = {"JD": [2458000.5, 2458001.5], "Flux": [1.2, 0.1], "Flux Error": 0.05}
    columns |= {"Mag": [16.2, 99.99], "Mag Error": [0.04, 99.99], "Limit": 17.5, "Filter": "g"}
    _, curves, dialect = read({**columns, "Quality": ["G", "B"], "Camera": "bA"}, tmp_path)
    assert dialect == "asas-sn-v2" and curves["flux"] == pytest.approx([1200.0, 100.0])
    assert set(curves["band"]) == {"asassng"} and curves["flux_err"] == pytest.approx([50.0] * 2)


def test_a_band_that_the_survey_lacks_is_unknown(tmp_path):
    columns = {"MJD": TWO["mjd"], "uJy": 5.0, "duJy": 1.0, "F": ["o", "w"], "m": 20.0, "dm": 0.1}
    with pytest.warns(DataQualityWarning, match="1 points of 1 objects in 1 unknown"):
        _, curves, dialect = read(columns, tmp_path)
    assert dialect == "atlas" and list(curves["band"]) == ["atlaso"]


def test_the_dialect_may_be_named(tmp_path):
    columns = {"object_id": "x", "mjd": TWO["mjd"], "band": ["g", "y"], "flux": 1.0}
    _, curves, dialect = read({**columns, "flux_err": 0.1}, tmp_path, dialect="plasticc")
    assert dialect == "plasticc" and list(curves["band"]) == ["lsstg", "lssty"]
    with pytest.raises(ValueError, match=r"'dialect' parameter .* Did you mean 'atlas'"):
        read(columns, tmp_path, dialect="atlass")


def test_public_objects_of_tns(tmp_path):
    path = tmp_path / "tns_public_objects.csv"
    path.write_text(
        '"2099-10-05 00:00:00"\n"objid","name_prefix","name","ra","declination","redshift","type"\n'
        '"1","SN","2099zzz","206.2","12.5","0.03","SN Ia"\n"2","AT","2099zzy","56.2","-2.5","",""\n'
    )
    X = read_tables(path)
    assert list(X.index) == ["2099zzz", "2099zzy"] and X["dec"].tolist() == [12.5, -2.5]
    assert find_dialect(["a", "b"]) is None


AAVSO = """#TYPE=EXTENDED
#OBSCODE=XYZ
#DELIM={0}
#DATE=JD
#OBSTYPE=CCD
#NAME{0}DATE{0}MAG{0}MERR{0}FILT{0}TRANS{0}MTYPE{0}NOTES
SS CYG{0}2459000.5{0}18.9{0}0.1{0}V{0}NO{0}STD{0}na
SS CYG{0}2459001.5{0}<13.3{0}na{0}V{0}NO{0}STD{0}na
"""


@pytest.mark.parametrize("separator", [",", "|", "\t", ";"])
def test_limits_of_the_aavso_are_fainter_than_their_magnitude(separator):
    X = read_tables(light_curves=io.StringIO(AAVSO.format(separator)))
    curve = X["light_curve"].loc["SS CYG"]
    assert curve["time"].tolist() == [59000.0] and curve["band"].tolist() == ["bessellV"]
    assert X.attrs["read"]["counts"] == {"upper_limits": 1}
    archive = "JD,Magnitude,Uncertainty,HQuncertainty,Band,Observer Code,Star Name\n"
    archive += "2459000.5,18.9,0.1,,V,ABC,SS CYG\n2459001.5,<13.3,,,V,ABC,SS CYG\n"
    X = read_tables(light_curves=io.StringIO(archive))
    assert X["light_curve"].loc["SS CYG"]["time"].tolist() == [59000.0]


def test_sloan_filters_of_the_aavso():
    lines = AAVSO.format(",").splitlines()
    sloan = [lines[6].replace(",V,", f",S{letter},") for letter in "UGRIZ"]
    X = read_tables(light_curves=io.StringIO("\n".join([*lines[:6], *sloan])))
    bands = X["light_curve"].loc["SS CYG"]["band"].tolist()
    assert sorted(bands) == ["sdssg", "sdssi", "sdssr", "sdssu", "sdssz"]


def test_other_tables_with_the_sign_of_the_aavso_raise():
    text = "mjd,band,mag,magerr\n59000,g,18.9,0.1\n59001,g,<18.2,\n"
    with pytest.raises(ValueError, match=r"fainter than 18.2, .* write '>18.2' or pass dialect="):
        read_tables(light_curves=io.StringIO(text), object_id="a")
    X = read_tables(light_curves=io.StringIO(text), object_id="a", dialect="aavso")
    assert X["light_curve"].iloc[0]["time"].tolist() == [59000.0]


def test_gaia_errors_follow_from_the_signal_to_noise_ratio():
    text = "source_id,transit_id,band,time,mag,flux,flux_over_error\n"
    text += "1,1,G,1700.0,18.0,1000,100\n1,1,BP,1700.0,18.0,1000,\n"
    curve = read_tables(light_curves=io.StringIO(text))["light_curve"].iloc[0]
    assert (curve["flux_err"] / curve["flux"])[0] == pytest.approx(0.01)
    assert np.isnan(curve["flux_err"][1])
