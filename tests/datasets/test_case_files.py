"""Files as surveys and archives publish them are read by their path alone."""

import json
import warnings
from pathlib import Path

import numpy as np
import pytest

from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import read_tables

FOLDER = Path(__file__).parent / "files"
# test_alerts.py checks packets, of which read_tables returns forced photometry too.
VALUES = {p.name.removesuffix(".json"): p for p in FOLDER.glob("*.*.json") if ".avro" not in p.name}
# Bands that the notes describe in words.
BANDS = {
    "MEGACAMPSF::i": "megacami",
    "MEGACAMPSF::g": "megacamg",
    "i of SURVEY SNLS (MegaCam; not in the registry; sdssi is an approximation to be said)": (
        "megacami"
    ),
    "B (CSP natural; about bessellB)": "bessellB",
}
ARGUMENTS = {"snpy.txt": {"time_offset": 2453000}}
WARNINGS = {
    "two_line_table.txt": "unknown or ambiguous bands",
    "snid_template.lnw": "the continuum is divided out",
}


def read(name, **parameters):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        X = read_tables(FOLDER / name, **parameters)
    return X, [str(warning.message) for warning in caught]


def check_point(curves, i, wanted):
    assert curves["time"][i] == pytest.approx(wanted["time"], abs=1e-6)
    assert curves["band"][i] == BANDS.get(wanted["band"], wanted["band"])
    assert curves["flux"][i] == pytest.approx(wanted["flux_uJy"], rel=1e-6)
    if wanted.get("flux_err_uJy") is None:
        assert np.isnan(curves["flux_err"][i])
    else:
        assert curves["flux_err"][i] == pytest.approx(wanted["flux_err_uJy"], rel=1e-6)


@pytest.mark.parametrize("name", sorted(VALUES))
def test_a_file_gives_the_values_beside_it(name):
    values = json.loads(VALUES[name].read_text())
    X, messages = read(name, **ARGUMENTS.get(name, {}))
    assert len(messages) == (name in WARNINGS)
    assert all(WARNINGS[name] in message for message in messages)
    wanted = values["objects"]
    if isinstance(wanted, int):
        assert len(X) == wanted
    else:
        assert [str(one) for one in X.index] == [str(one) for one in wanted]
    for column, entries in values.get("metadata", {}).items():
        for given, entry in zip(X[column], np.atleast_1d(np.array(entries, object)), strict=True):
            if entry is None:
                assert given is None or np.isnan(given)
            else:
                assert given == (
                    entry if isinstance(entry, str) else pytest.approx(entry, abs=1e-6)
                )
    if "n_points" in values:
        curves = as_ragged(X["light_curve"])
        assert curves.n_points == values["n_points"]
        if "n_points_by_object" in values:
            assert curves.lengths.tolist() == values["n_points_by_object"]
        for key, i in (("first", 0), ("second", 1), ("last", -1)):
            if key in values:
                check_point(curves, i, values[key])


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("atlas_forced.txt", "n_points_with_err_0"),
        ("ztf_forced.txt", "n_points_with_quality_cut"),
        ("ztf_dr.csv", "n_points_good"),
        ("fink_rest.csv", "n_points_valid"),
    ],
)
def test_the_quality_cut_of_a_survey_drops_its_bad_points(name, key):
    values = json.loads(VALUES[name].read_text())
    X, messages = read(name, quality_cut=True)
    assert as_ragged(X["light_curve"]).n_points == values[key] and not messages
    bad = values["n_points"] - values[key]
    assert read(name)[0].attrs["read"]["counts"]["bad_quality"] == bad


def test_limits_with_fluxes_may_be_kept():
    values = json.loads(VALUES["asassn.csv"].read_text())
    X, _ = read("asassn.csv", upper_limits="keep")
    assert as_ragged(X["light_curve"]).n_points == values["n_points_with_fluxes_of_limits"]


@pytest.mark.parametrize("name", ["fink_rest.csv", "lasair_ztf.json", "two_line_table.txt"])
def test_limits_are_counted(name):
    values = json.loads(VALUES[name].read_text())
    counts = read(name)[0].attrs["read"]["counts"]
    assert counts["upper_limits"] == values["n_upper_limits"]
    assert counts.get("unknown_band", 0) == values.get("n_unknown_band", 0)


def test_times_without_an_origin_are_rejected_with_the_argument():
    with pytest.raises(ValueError, match=r"915\.6 is no MJD .*time_offset=2453000"):
        read_tables(FOLDER / "snpy.txt")


def test_the_record_names_columns_scale_and_what_is_not_used(capsys):
    X = read_tables(FOLDER / "dp1_forced.csv", verbose=1)
    (table,) = X.attrs["read"]["tables"]
    assert table["dialect"] == "rubin-forced" and table["survey_of_letters"] == "lsst"
    assert table["columns"]["flux"] == "psfDiffFlux" and table["scale"] == "zero point 31.4"
    assert {"psfFlux", "psfFluxErr"} <= set(table["not_used"])
    assert "psfDiffFlux" in capsys.readouterr().out
    json.dumps(X.attrs)  # so that a table can be written with its record
