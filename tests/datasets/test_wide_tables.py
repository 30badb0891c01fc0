"""Light curves with one column per band."""

import pandas as pd
import pytest

from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import read_tables
from sklearn_sn.datasets._wide_tables import one_row_per_point

MJD = [59000.1, 59003.1, 59009.1]
WIDE = {
    "MJD": MJD,
    "g": [17.1, None, 17.5],
    "e_g": [0.02, None, 0.03],
    "r": [17.0, 17.2, 17.3],
    "e_r": 0.03,
}


def read(columns, tmp_path, **parameters):
    path = tmp_path / "SN2020x.csv"
    pd.DataFrame(columns).to_csv(path, index=False)
    X = read_tables(path, **parameters)
    return X, as_ragged(X["light_curve"])


@pytest.mark.parametrize("pattern", ["{}", "{}_mag", "mag_{}", "{}mag"])
@pytest.mark.parametrize("error", ["e_{}", "{}_err", "d{}", "sigma_{}"])
def test_equal_to_one_row_per_point(pattern, error, tmp_path):
    columns = {"MJD": MJD}
    for band in "gr":
        name = pattern.format(band)
        columns |= {name: WIDE[band], error.format(name): WIDE[f"e_{band}"]}
    X, curves = read(columns, tmp_path)
    long = {"mjd": [MJD[0], MJD[0], MJD[1], MJD[2], MJD[2]], "filter": list("grrgr")}
    long |= {"mag": [17.1, 17.0, 17.2, 17.5, 17.3], "magerr": [0.02, 0.03, 0.03, 0.03, 0.03]}
    expected = read(long, tmp_path)[1]
    assert X.index.tolist() == ["SN2020x"] and list(curves["band"]) == list(expected["band"])
    for name in ("time", "flux", "flux_err"):
        assert curves[name] == pytest.approx(expected[name])


def test_fluxes_and_several_objects(tmp_path):
    columns = {"object_id": ["a", "a", "b"], "mjd": MJD, "flux_B": [10.0, -2.0, 5.0]}
    columns |= {"flux_B_err": 1.0, "flux_V": 3.0, "flux_V_err": 0.5, "mag_V": 22.7}
    X, curves = read({**columns, "mag_V_err": 0.1}, tmp_path)
    assert X.index.tolist() == ["a", "b"] and curves.lengths.tolist() == [4, 2]
    assert sorted(curves["flux"]) == [-2.0, 3.0, 3.0, 3.0, 5.0, 10.0]
    assert set(curves["band"]) == {"bessellB", "bessellV"}


def test_limits_as_text_are_no_points(tmp_path):
    columns = {**WIDE, "g": [">18.0", "--", "17.5"], "e_g": ["", "", "0.03"]}
    with pytest.warns(UserWarning, match="1 upper limits of 1 objects"):
        _, curves = read(columns, tmp_path)
    assert list(curves["band"]) == ["sdssr", "sdssr", "sdssg", "sdssr"]


def test_values_that_are_no_magnitudes(tmp_path):
    with pytest.raises(ValueError, match=r"'r': 1520 is no magnitude.*'mag_r' or 'flux_r'"):
        read({**WIDE, "r": [17.0, 1520.0, 17.3]}, tmp_path)


@pytest.mark.parametrize(
    "columns",
    [
        {name: WIDE[name] for name in ("MJD", "g", "e_g")},  # one band may be something else
        {name: WIDE[name] for name in ("g", "e_g", "r", "e_r")},  # no time
        {**WIDE, "object_id": ["a", "b", "c"]},  # properties of objects
        {**WIDE, "filter": "g", "mag": 17.0},  # a column of bands
        {"MJD": MJD, "x": 1.0, "x_err": 0.1, "g": 17.0},  # one band has an error
        {**WIDE, "mag": 17.0},  # one band, and positions or redshifts in columns named as bands
    ],
)
def test_other_tables_are_unchanged(columns):
    table = pd.DataFrame(columns, index=range(3))
    assert one_row_per_point(table) is table


def test_properties_of_objects_that_are_named_by_the_index():
    objects = pd.DataFrame(WIDE, index=pd.Index(["a", "b", "c"], name="object_id"))
    assert one_row_per_point(objects) is objects
    assert read_tables(objects).columns.tolist() == list(WIDE)
    points = one_row_per_point(objects.set_axis(pd.Index(["a", "a", "b"], name="object_id")))
    assert sorted(points["object_id"]) == ["a", "a", "a", "b", "b"]


@pytest.mark.parametrize("zero_points", [{"zp": 25.0}, {"zp_g": 25.0, "r_zp": 25.0}])
def test_other_columns_count(zero_points, tmp_path):
    columns = {"mjd": MJD, "flux_g": 10.0, "flux_g_err": 1.0, "flux_r": 10.0, "flux_r_err": 1.0}
    _, curves = read({**columns, **zero_points}, tmp_path)
    assert curves["flux"] == pytest.approx(10.0 * 10 ** (-0.4 * (25.0 - 23.9)), rel=1e-4)


def test_band_with_magnitudes_beside_one_with_fluxes(tmp_path):
    columns = {"mjd": MJD, "mag_g": 18.9, "mag_g_err": 0.1, "flux_r": 50.0, "flux_r_err": 1.0}
    _, curves = read(columns, tmp_path)
    assert dict(zip(curves["band"], curves["flux"], strict=True)) == pytest.approx(
        {"sdssg": 100.0, "sdssr": 50.0}, rel=1e-4
    )


@pytest.mark.parametrize("fill", [99.0, 99.99, -999.0])
def test_fill_values_are_no_points(fill, tmp_path):
    with pytest.warns(UserWarning, match="2 "):
        _, curves = read({**WIDE, "g": [17.1, fill, fill], "e_g": 0.1}, tmp_path)
    assert list(curves["band"]).count("sdssg") == 1


def test_unusual_names_of_columns():
    repeated = pd.DataFrame([[1.0] * 6], columns=["mjd", "g", "e_g", "r", "e_r", "g"])
    assert one_row_per_point(repeated) is repeated
    numbers = pd.DataFrame({"mjd": MJD, 1: 18.0, "1_err": 0.1, 2: 18.0, "2_err": 0.1})
    assert one_row_per_point(numbers)["band"].tolist() == ["1"] * 3 + ["2"] * 3


@pytest.mark.parametrize(
    "error", ["eB", "e_B", "B_err", "Berr", "dB", "errB", "err_B", "sigB", "B_e", "BErr", "B_unc"]
)
def test_names_of_errors(error):
    columns = {"mjd": [59000.0], "B": 18.0, error: 0.1, "V": 17.9, error.replace("B", "V"): 0.2}
    points = one_row_per_point(pd.DataFrame(columns))
    assert points["band"].tolist() == ["B", "V"] and points["mag_err"].tolist() == [0.1, 0.2]


def test_errors_of_bands_that_differ_in_case():
    columns = {"mjd": [59000.0], "r": 18.0, "e_r": 0.1, "R": 17.9, "e_R": 0.2}
    points = one_row_per_point(pd.DataFrame(columns))
    assert points["band"].tolist() == ["r", "R"] and points["mag_err"].tolist() == [0.1, 0.2]
