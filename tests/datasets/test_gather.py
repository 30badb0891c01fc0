"""Points and pixels of several tables are gathered by object."""

import numpy as np
import pandas as pd
import pytest
from astropy.table import Column

from sklearn_sn.data import DataQualityWarning
from sklearn_sn.datasets import read_tables
from sklearn_sn.datasets._gather import (
    gather_light_curves,
    gather_spectra_of,
    merge_objects,
    rows_of,
)
from sklearn_sn.datasets._long_numbers import LongTable
from sklearn_sn.datasets._points import PointOptions
from sklearn_sn.datasets._read_log import ReadLog


def table(parameter, objects, codes, **columns):
    columns = {name: np.asanyarray(values) for name, values in columns.items()}
    names = {name: name for name in columns}
    return LongTable(parameter, columns, names, objects, np.array(codes))


def test_rows_of_objects():
    log = ReadLog()
    points = table("light_curves", ["b", "x", "a"], [0, 1, 2, -1, 0])
    assert rows_of(points, pd.Index(["a", "b"]), log).tolist() == [1, -1, 0, -1, 1]
    assert log.remarks == [
        "points of 1 objects that are not in objects (first 'x')",
        "1 points without an object",
    ]
    # One file holds the names as numbers, another one as text.
    pixels = table("spectra", ["12", "7"], [0, 1])
    assert rows_of(pixels, pd.Index([7, 12]), ReadLog()).tolist() == [1, 0]


def test_light_curves_of_two_tables():
    log = ReadLog()
    common = {"band": ["ztfg"], "mag_err": [0.1]}
    parts = [
        table("light_curves", ["a"], [0], time=[59002.0], mag=[23.9 - 5], **common),
        table("light_curves", ["b", "a"], [1], time=[59001.0], mag=[23.9 - 2.5], **common),
        # The same exposure as that of the first table
        table("light_curves", ["a"], [0], time=[59002.0], mag=[23.9 - 5], **common),
    ]
    curves = gather_light_curves(parts, pd.Index(["a", "b"]), PointOptions(system="AB"), log)
    assert curves.rows.tolist() == [0, 0]
    assert curves["time"].tolist() == [59001.0, 59002.0]
    assert curves["flux"] == pytest.approx([10.0, 100.0])
    assert log.record["counts"] == {"same_exposure": 1}
    assert [entry["scale"] for entry in log.record["tables"]] == ["magnitudes"] * 3


def test_spectra_of_two_tables():
    first = table("spectra", ["a"], [0, 0], wavelength=[4000.0, 5000.0], flux=[1.0, 2.0])
    second = table("spectra", ["b"], [0], wavelength=[6000.0], flux=[3.0], flux_err=[0.5])
    spectra = gather_spectra_of([first, second], pd.Index(["b", "a"]), ReadLog())
    assert spectra.rows.tolist() == [0, 1, 1]
    assert spectra["wavelength"].tolist() == [6000.0, 4000.0, 5000.0]
    assert spectra["flux_err"] == pytest.approx([0.5, np.nan, np.nan], nan_ok=True)
    wrong = Column([1.0], unit="kg")
    with pytest.raises(ValueError, match="spectra, column 'flux': "):
        gather_spectra_of(
            [table("spectra", ["a"], [0], wavelength=[4000.0], flux=wrong)],
            pd.Index(["a"]),
            ReadLog(),
        )


def test_merged_objects_keep_the_first_value():
    frames = [
        pd.DataFrame({"redshift": [np.nan, 0.2]}, index=["a", "b"]),
        pd.DataFrame({"redshift": [0.1, 0.3], "ra": [5.0, 6.0]}, index=["a", "b"]),
    ]
    merged = merge_objects(frames, "sn")
    assert merged.index.name == "sn"
    assert merged.to_dict("list") == {"redshift": [0.1, 0.2], "ra": [5.0, 6.0]}


def test_unused_errors_are_named():
    table = pd.DataFrame({"object_id": ["a"], "mjd": [59000.0], "band": ["ztfg"], "mag": [18.0]})
    curve = read_tables(None, table.assign(err=0.1))["light_curve"].iloc[0]
    assert curve["flux_err"].iloc[0] == pytest.approx(curve["flux"].iloc[0] * 0.0921, rel=1e-3)
    with pytest.warns(DataQualityWarning, match=r"its 'err' may be .*\{'mag_err': 'err'\}"):
        read_tables(None, table.assign(err=0.1, flux=3.0))
    with pytest.warns(DataQualityWarning, match="'mag_err' from it, as 1.086 / snr"):
        read_tables(None, table.assign(snr=10.0))


@pytest.mark.parametrize(
    ("wavelength", "flux", "size", "scale"),
    [
        ("wavelength", "flux", 1.0, 1.0),
        ("wavelength (Angstrom)", "flux (erg/s/cm2/A)", 1.0, 1.0),
        ("Wavelength(nm)", "flux", 10.0, 1.0),
        ("wave [um]", "flux", 1e4, 1.0),
        # 1 mJy at 5000 Å is 1e-26 c / λ² erg/s/cm²/Å.
        ("wavelength", "flux (mJy)", 1.0, 1e-26 * 2.99792458e18 / 5000.0**2),
    ],
)
def test_units_in_the_names_of_pixels(wavelength, flux, size, scale, tmp_path):
    table = pd.DataFrame({wavelength: np.array([5000.0, 5000.5]) / size, flux: [2.0, 3.0]})
    error = flux.replace("flux", "flux_err")
    table[error] = 0.5
    path = tmp_path / "x.csv"
    table.to_csv(path, index=False)
    for X in (
        read_tables(spectra=table.assign(object_id="x")),
        read_tables(spectra=path),
    ):
        spectrum = X["spectrum"].iloc[0]
        assert spectrum["wavelength"].to_numpy() == pytest.approx([5000.0, 5000.5])
        assert spectrum["flux"].to_numpy() == pytest.approx(np.array([2.0, 3.0]) * scale, rel=1e-3)
        assert spectrum["flux_err"].to_numpy() == pytest.approx(0.5 * scale, rel=1e-3)
