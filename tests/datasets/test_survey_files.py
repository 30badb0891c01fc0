"""Files that write_survey_files writes give the same light curves by their path alone."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import as_ragged, list_bands
from sklearn_sn.datasets import Survey, make_supernovae, read_tables, write_survey_files

SURVEYS = {"alerce": "ztf", "atlas": "atlas", "snana": "ps1", "ztf-forced": "ztf"}
ROUNDING = {"alerce": 2e-4, "atlas": 0.5, "snana": 1e-5, "ztf-forced": 1e-6}  # µJy
JOINT = Survey(
    "joint",
    ("ztfg", "ztfr", "atlasc", "atlaso", "ps1g", "ps1r"),
    depths=(20.7, 20.6, 19.7, 19.7, 22.0, 22.0),
    cadences=4.0,
    min_detections=8,
)


@pytest.fixture(scope="module")
def X():
    X, y = make_supernovae(
        5, classes=("SN Ia", "SN II"), surveys=[JOINT], modalities=["light_curve"], random_state=0
    )
    return X.assign(type=y)


def wanted_points(X, name, format):
    """Return the points of an object that a format keeps."""
    points = X["light_curve"].loc[name]
    points = points[points["band"].isin(list_bands(SURVEYS[format]))]
    if format == "alerce":
        points = points[points["flux"].abs() >= 5 * points["flux_err"]]
    return points.sort_values("time")


@pytest.mark.parametrize("format", SURVEYS)
def test_files_give_the_fluxes_that_were_written(X, tmp_path, format):
    files = write_survey_files(X, tmp_path, format=format)
    assert len(files) == (2 if format == "alerce" else len(X))
    # Warnings are errors in tests: clean files give none.
    read = read_tables(tmp_path)
    if format == "alerce":  # it does not know objects without a detection
        X = X[[len(wanted_points(X, name, format)) > 0 for name in X.index]]
        assert len(X) < 5
    read = read.loc[X.index]
    assert {table["dialect"] for table in read.attrs["read"]["tables"]} >= {format}
    for name in X.index:
        wanted, points = wanted_points(X, name, format), read["light_curve"].loc[name]
        assert points["band"].tolist() == wanted["band"].tolist()
        assert points["time"].to_numpy() == pytest.approx(wanted["time"].to_numpy(), abs=1e-6)
        for field in ("flux", "flux_err"):
            given, kept = points[field].to_numpy(), wanted[field].to_numpy()
            assert given == pytest.approx(kept, rel=1e-5, abs=ROUNDING[format] + 1e-9)
    if format != "alerce":  # forced photometry
        assert (as_ragged(read["light_curve"])["flux"] < 0).any()
    assert read["ra"].to_numpy() == pytest.approx(X["ra"].to_numpy(), abs=1e-5)
    if format == "snana":
        assert read["redshift"].to_numpy() == pytest.approx(X["redshift"].to_numpy(), abs=1e-6)


@pytest.mark.parametrize("format", SURVEYS)
def test_one_file_is_read_by_its_path(X, tmp_path, format):
    path = write_survey_files(X, tmp_path, format=format)[0]
    read = read_tables(path)
    assert read.index[0] == X.index[0]
    wanted = len(wanted_points(X, X.index[0], format))
    assert as_ragged(read["light_curve"]).lengths[0] == wanted


@pytest.mark.parametrize("format", [*SURVEYS, "tns"])
def test_names_survive(X, tmp_path, format):
    named = X.set_axis(["SN 2099aa", "AT2099.b", "ZTF99aaaaaaa", "747", "Gaia99aaa (1)"])
    files = write_survey_files(named, tmp_path, format=format)
    read = read_tables(tmp_path)
    assert {str(name) for name in read.index} <= set(named.index)
    assert len(read) == (5 if format != "alerce" else len(read)) and len(files) in (1, 2, 5)


def test_quirks_are_counted(X, tmp_path):
    write_survey_files(X, tmp_path / "ztf", format="ztf-forced")
    counts = read_tables(tmp_path / "ztf").attrs["read"]["counts"]
    assert counts["same_exposure"] == len(X)
    write_survey_files(X, tmp_path / "alerce", format="alerce")
    detected = {name: len(wanted_points(X, name, "alerce")) for name in X.index}
    faint = sum(len(wanted_points(X, n, "ztf-forced")) - m for n, m in detected.items() if m)
    assert read_tables(tmp_path / "alerce").attrs["read"]["counts"]["upper_limits"] == faint


def test_tables_of_alerts_and_forced_photometry_join_without_repetition(X, tmp_path):
    for format in ("tns", "ztf-forced", "alerce"):
        write_survey_files(X, tmp_path / format, format=format)
    forced = [tmp_path / "ztf-forced"]
    alone = read_tables(tmp_path / "tns" / "tns.csv", forced)
    both = read_tables(tmp_path / "tns" / "tns.csv", [*forced, tmp_path / "alerce"])
    assert as_ragged(both["light_curve"]).lengths.tolist() == (
        as_ragged(alone["light_curve"]).lengths.tolist()
    )


def test_tns_holds_positions_types_and_redshifts(X, tmp_path):
    changed = X.copy()
    changed.loc[X.index[0], ["redshift", "type"]] = [np.nan, None]
    changed.loc[X.index[1], "dec"] = -0.25
    (path,) = write_survey_files(changed, tmp_path, format="tns")
    read = read_tables(path)
    assert read.index.tolist() == X.index.tolist()
    for column in ("ra", "dec"):
        assert read[column].to_numpy() == pytest.approx(changed[column].to_numpy(), abs=1e-5)
    assert read["redshift"].isna().tolist() == [True] + [False] * (len(X) - 1)
    assert read["type"].tolist()[1:] == X["type"].tolist()[1:] and pd.isna(read["type"].iloc[0])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X: X.drop(columns="ra"), "column 'ra'"),
        (lambda X: pd.concat([X, X.iloc[[2]]]), "'sim-000002' more than once"),
        (lambda X: X.assign(dec=np.nan), "has no dec"),
        (lambda X: X.rename(index={X.index[0]: "a/b"}), "'a/b' cannot name a file"),
        (lambda X: make_supernovae(2, surveys="lsst", random_state=0)[0], "No light curve of X"),
    ],
)
def test_what_cannot_be_written_is_rejected(X, tmp_path, change, message):
    with pytest.raises(ValueError, match=message):
        write_survey_files(change(X), tmp_path / "new", format="atlas")
    assert not (tmp_path / "new").exists()


def test_alerts_without_a_detection_are_rejected(X, tmp_path):
    faint = X[[len(wanted_points(X, name, "alerce")) == 0 for name in X.index]]
    with pytest.raises(ValueError, match="has a detection in the bands"):
        write_survey_files(faint, tmp_path, format="alerce")


def test_light_curves_without_errors_are_rejected(tmp_path):
    points = {"time": [59000.0], "band": ["atlaso"], "flux": [1.0]}
    X = pd.DataFrame({"light_curve": [points], "ra": [1.0], "dec": [2.0]}, index=["SN a"])
    with pytest.raises(ValueError, match=r"'SN a': flux_err at MJD 59000\.0 is unknown"):
        write_survey_files(X, tmp_path, format="atlas")
    assert read_tables(*write_survey_files(X, tmp_path, format="tns")).index.tolist() == ["SN a"]


def test_an_unknown_format_is_rejected(X, tmp_path):
    with pytest.raises(ValueError, match="'format' parameter of write_survey_files"):
        write_survey_files(X, tmp_path, format="ztf")
