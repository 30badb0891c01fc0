"""The text of points has the columns and quirks of real files."""

import csv

import numpy as np
import pytest

from sklearn_sn.datasets._survey_formats import (
    ObjectPoints,
    alerce_tables,
    atlas_text,
    snana_text,
    ztf_forced_text,
)
from tests.datasets.test_case_files import FOLDER


def points(letters="gr", **plain):
    """Return a negative detection, a faint positive point and a bright one."""
    return ObjectPoints(
        "SN 2099a",
        time=np.array([59000.25, 59001.25, 59003.5]),
        letter=np.array([letters[0], letters[1], letters[1]]),
        flux=np.array([-80.4, 3.2, 1000.0]),
        flux_err=np.array([8.0, 10.4, 10.0]),
        plain={"ra": 31.5, "dec": -12.25, **plain},
    )


def test_atlas_has_the_columns_of_a_real_file_and_negative_magnitudes():
    names, *rows = atlas_text(points("oc")).splitlines()
    assert names.split() == (FOLDER / "atlas_forced.txt").read_text().splitlines()[0].split()
    first, second, third = (row.split() for row in rows)
    assert {len(row) for row in (first, second, third)} == {len(names.split())}
    assert first[:6] == ["59000.250000", "-19.137", "0.108", "-80", "8", "o"]
    assert second[3:6] == ["3", "10", "c"]
    assert float(third[1]) == pytest.approx(16.4, abs=1e-3)


def test_an_error_of_atlas_is_never_rounded_to_zero():
    tiny = points("oc")
    tiny.flux_err[:] = 0.2
    assert all(row.split()[4] == "1" for row in atlas_text(tiny).splitlines()[1:])


def test_ztf_has_the_columns_of_a_real_file_a_repeated_exposure_and_one_without_flux():
    lines = ztf_forced_text(points()).splitlines()
    names = next(line for line in lines if line.startswith(" index"))
    assert names in (FOLDER / "ztf_forced.txt").read_text().splitlines()
    rows = [line.split() for line in lines[lines.index(names) + 1 :] if not line.startswith("#")]
    table = [dict(zip(names.replace(",", "").split(), row, strict=True)) for row in rows]
    assert [row["index"] for row in table] == ["0", "1", "2", "3", "4"]
    assert table[0]["jd"] == table[1]["jd"] == "2459000.7500000"
    assert table[0]["filter"] == "ZTF_g" and table[0]["zpdiff"] == "26.32"
    assert float(table[0]["forcediffimflux"]) == pytest.approx(-80.4 * 10 ** (0.4 * (26.32 - 23.9)))
    assert table[4]["forcediffimflux"] == "null" and table[4]["procstatus"] == "61"
    assert "# Requested input Dec. = -12.250000 degrees" in lines


def test_alerce_has_signs_limits_and_magnitudes_that_are_not_to_be_used():
    tables = {
        name: list(csv.DictReader(text.splitlines()))
        for name, text in alerce_tables([points()]).items()
    }
    first, second = tables["detections.csv"]
    real = (FOLDER / "alerce_detections.csv").read_text().splitlines()[0]
    assert list(first) == real.split(",")
    assert first["isdiffpos"] == "-1" and second["isdiffpos"] == "1"
    assert first["dubious"] == "true" and first["oid"] == "SN 2099a"
    assert float(first["magpsf"]) == pytest.approx(23.9 - 2.5 * np.log10(80.4), abs=1e-6)
    (limit,) = tables["non_detections.csv"]
    assert limit["fid"] == "2"
    assert float(limit["diffmaglim"]) == pytest.approx(23.9 - 2.5 * np.log10(52.0), abs=1e-6)
    faded = points()
    faded.flux[0] = -1000.0  # more than the reference has
    row = next(csv.DictReader(alerce_tables([faded])["detections.csv"].splitlines()))
    assert float(row["magpsf_corr"]) == float(row["sigmapsf_corr"]) == 100.0


def test_a_table_of_alerce_without_rows_is_not_written():
    bright = points()
    bright.flux_err[:] = 0.1
    assert list(alerce_tables([bright])) == ["detections.csv"]


def test_snana_has_fluxcal_and_magnitudes_of_128():
    lines = snana_text(points(redshift=0.05, ebv=0.02)).splitlines()
    assert {"SURVEY: FOUNDATION", "SNID: SN 2099a", "FILTERS: gr", "NOBS: 3"} <= set(lines)
    assert "REDSHIFT_HELIO: 0.050000 +- 0.0005" in lines and lines[-1] == "END:"
    names = next(line for line in lines if line.startswith("VARLIST")).split()[1:]
    rows = [
        dict(zip(names, line.split()[1:], strict=True)) for line in lines if line.startswith("OBS:")
    ]
    assert [row["MAG"] for row in rows] == ["128.000", "22.637", "16.400"]
    assert float(rows[0]["FLUXCAL"]) == pytest.approx(-80.4 * 10**1.44, abs=1e-3)
    assert not any(line.startswith("REDSHIFT") for line in snana_text(points()).splitlines())
