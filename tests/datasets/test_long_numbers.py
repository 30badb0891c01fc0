"""Numbers of long tables, and messages about invalid ones."""

import numpy as np
import pandas as pd
import pytest
from astropy import units as u
from astropy.table import Column, QTable, Table

from sklearn_sn.data import DataQualityWarning, as_ragged, mag_to_flux
from sklearn_sn.datasets import read_tables
from sklearn_sn.datasets._long_numbers import LongTable, in_magnitudes

POINTS = pd.DataFrame(
    {
        "object_id": ["a", "b", "b"],
        "mjd": [59000.0, 59001.0, 59002.0],
        "filter": ["g", "r", "g"],
        "magpsf": [18.0, 19.0, 20.0],
        "sigmapsf": [0.1, 0.1, 0.1],
    }
)


def table(field, values):
    return LongTable(
        "light_curves", {field: values}, {field: "x"}, ["a", "b"], np.arange(len(values)) % 2
    )


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("mjd", ["59000", "2020-01-01", "2020-01-02"], r"'2020-01-01' of object 'b' .*Time\(dates"),
        ("mjd", pd.to_datetime(["2020-01-01"] * 3), r"Dates must be MJD.*Pass Time"),
        ("magpsf", [18.0, "bright", 20.0], "'bright' of object 'b' .*leave unknown values empty"),
        (
            "magpsf",
            ["18", "<19", "20"],
            r"'<19' of object 'b' \(row 1\).*write '>19' or pass dialect='aavso'",
        ),
        ("magpsf", ["18,0", "19,2", "20,1"], r"'18,0' of object 'a' .*decimal=','"),
        ("sigmapsf", ["0.1", "0.2", ">0.1"], r"'>0.1' of object 'b' \(row 2\) is not a number"),
        ("sigmapsf", [b"0.1", b"x", b"0.1"], r"'x' of object 'b' \(row 1\) is not a number"),
    ],
)
@pytest.mark.parametrize("kind", ["frame", "categories", "astropy"])
def test_text_that_is_not_a_number_is_rejected_with_its_place(column, values, message, kind):
    points = POINTS.assign(**{column: values})
    if kind == "categories":
        points[column] = pd.Categorical(points[column])
    if kind == "astropy":
        if isinstance(values, pd.DatetimeIndex):
            values = values.to_numpy()
        points = Table({**POINTS.to_dict("list"), column: values})
    with pytest.raises(ValueError, match=f"^light_curves, column '{column}': .*{message}"):
        read_tables(None, points)


def test_invalid_spectra_are_rejected_with_their_place():
    pixels = pd.DataFrame({"object_id": ["a"] * 2, "wave": [4000.0, 5000.0], "flux": ["1", "<2"]})
    with pytest.raises(ValueError, match=r"^spectra, column 'flux': '<2' of object 'a' \(row 1\)"):
        read_tables(None, None, pixels)
    pixels = QTable({"object_id": ["a"], "wave": [1.0] * u.kg, "flux": [1.0]})
    with pytest.raises(ValueError, match=r"^spectra, column 'wave': Cannot convert kg to Angstrom"):
        read_tables(None, None, pixels)


@pytest.mark.parametrize("suffix", ["csv", "parquet", None])
def test_limits_as_text_are_dropped_with_a_warning(tmp_path, suffix):
    points = POINTS.assign(magpsf=["18.0", "> 19.2", ">20"], sigmapsf=["0.1", "", None])
    given = points
    if suffix:
        given = tmp_path / f"points.{suffix}"
        points.to_csv(given, index=False) if suffix == "csv" else points.to_parquet(given)
    with pytest.warns(DataQualityWarning) as caught:
        X = read_tables(None, given)
    assert len(caught) == 1
    message = str(caught[0].message)
    assert "2 upper limits of 1 objects, written as text in column 'magpsf'" in message
    assert "(first 'b')" in message and caught[0].filename == __file__
    curves = as_ragged(X["light_curve"])
    assert curves.lengths.tolist() == [1, 0]
    assert curves["flux"] == pytest.approx(mag_to_flux([18.0]))


def test_limits_of_fluxes():
    points = POINTS.drop(columns=["magpsf", "sigmapsf"]).assign(flux=[1.5, "<2.5", "≤ 3"])
    with pytest.warns(DataQualityWarning, match="2 upper limits of 1 objects.* column 'flux'"):
        X = read_tables(None, points)
    assert as_ragged(X["light_curve"])["flux"].tolist() == [1.5]


def test_a_kept_limit_with_a_flux_does_not_warn():
    points = POINTS.assign(magpsf=["18.0", ">19.2", ">19.5"], flux=[1.0, 2.0, 3.0])
    X = read_tables(None, points, upper_limits="keep")
    assert as_ragged(X["light_curve"])["flux"].tolist() == [1.0, 2.0, 3.0]


def test_text_of_numbers_and_of_missing_ones():
    values = pd.Series(["1.5", " 2 ", "", "NaN", None, "n/a", "-1e3"], dtype=object)
    expected = [1.5, 2.0, np.nan, np.nan, np.nan, np.nan, -1000.0]
    np.testing.assert_array_equal(table("flux", values).numbers("flux", "uJy"), expected)
    assert not table("flux", values).numbers_and_limits("flux", "uJy")[1].any()
    np.testing.assert_array_equal(table("mag", pd.Categorical(values)).numbers("mag"), expected)
    mixed = table("flux", pd.Series([1.0, pd.NA, 3], dtype=object)).numbers("flux")
    np.testing.assert_array_equal(mixed, [1.0, np.nan, 3.0])


def test_text_with_a_unit():
    column = Column(["1.5", "<2", ""], unit=u.mJy)
    numbers, limits = table("flux", column).numbers_and_limits("flux", "uJy")
    np.testing.assert_array_equal(numbers, [1500.0, np.nan, np.nan])
    assert limits.tolist() == [False, True, False]


def test_units_of_magnitudes():
    for unit, scale, system in ((None, 1, None), (u.mag, 1, None), (u.ABmag, 1, "AB")):
        mag, _, found = in_magnitudes(table("mag", Column([18.5], unit=unit)), "mag")
        assert mag.tolist() == [18.5 * scale] and found == system
    error = table("mag_err", Column([50.0], unit=u.Unit("mmag")))
    assert in_magnitudes(error, "mag_err")[0] == pytest.approx([0.05])
    for unit in (u.STmag, u.Jy, "vegamag"):
        with pytest.raises(ValueError, match=r"^light_curves, column 'x'"):
            in_magnitudes(table("mag", Column([18.5], unit=unit)), "mag")
