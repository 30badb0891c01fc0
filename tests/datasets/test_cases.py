"""Inputs of public bug reports, restated, are read right."""

import warnings

import numpy as np
import pandas as pd
import pytest
from astropy.table import MaskedColumn, Table
from astropy.utils.masked import Masked
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_sn.data import DataQualityWarning, as_ragged, check_table, mag_to_flux
from sklearn_sn.datasets import read_tables

N = 6
COMMON = {"object_id": "a", "mjd": 59000.0 + np.arange(N), "filter": "ztfg"}


def fluxes(columns, field="flux", **parameters):
    X = read_tables(None, pd.DataFrame(columns), **parameters)
    return as_ragged(X["light_curve"])[field]


@pytest.mark.parametrize("signs", ["ft", "01", (-1, 1), (False, True), (0.0, 1.0)])
@pytest.mark.parametrize("quantity", ["magpsf", "flux"])
def test_isdiffpos_is_the_sign_of_a_difference(signs, quantity):
    sign = [signs[0]] * 4 + [signs[1]] * 2
    flux = fluxes({**COMMON, quantity: 19.0, "isdiffpos": sign})
    assert (flux[:4] < 0).all() and (flux[4:] > 0).all()
    with pytest.raises(ValueError, match="'isdiffpos': 'perhaps' of object 'a'"):
        fluxes({**COMMON, quantity: 19.0, "isdiffpos": "perhaps"})


def test_total_magnitudes_have_no_sign():
    columns = {**COMMON, "magpsf": 19.0, "magpsf_corr": 18.0, "isdiffpos": "f"}
    flux = fluxes(columns, light_curve_columns={"mag": "magpsf_corr"})
    assert flux == pytest.approx(mag_to_flux(18.0))


def test_negative_magnitudes_of_atlas_are_negative_fluxes():
    columns = {
        "object_id": "a",
        "MJD": COMMON["mjd"],
        "m": [18.2, -19.9, 18.4, -24.6, 18.9, -20.3],
        "dm": [0.1, 0.9, 0.1, 60.0, 0.2, 1.1],
        "F": list("ococoo"),
    }
    mapping = {"band": "F", "mag": "m", "mag_err": "dm"}
    flux = fluxes(columns, light_curve_columns=mapping)
    assert (flux > 0).tolist() == [True, False, True, False, True, False]
    assert flux.max() < 200
    other = {**{k: v for k, v in columns.items() if k not in ("m", "dm", "F")}, "mag": columns["m"]}
    with pytest.warns(DataQualityWarning, match=r"3 points of 1 objects .* not measured"):
        assert len(fluxes({**other, "filter": "atlaso"})) == 3


@pytest.mark.parametrize("mag", [99.0, 99.99, 128.0, -999.0, -99.0, -9.0, 30.5])
def test_magnitudes_that_are_not_measured_are_no_points(mag):
    mags = np.array([18.0, 18.1, mag, 18.05, 18.1, mag])
    for dtype in (np.float64, np.float32):
        with pytest.warns(DataQualityWarning, match="2 points of 1 objects") as caught:
            flux = fluxes({**COMMON, "mag": mags.astype(dtype), "magerr": 0.05})
        assert len(flux) == 4 and len(caught) == 1
        assert flux == pytest.approx(mag_to_flux(mags[mags < 19][mags[mags < 19] > 0]), rel=1e-5)


@pytest.mark.parametrize("value", [-999.0, -99.0, -777.0, -9.0, 99.99, -99999.0])
def test_fluxes_that_are_not_measured_are_no_points(value):
    flux, error = np.full(N, 10.0), np.full(N, 1.0)
    flux[2] = error[2] = value
    with pytest.warns(DataQualityWarning, match="1 points of 1 objects"):
        assert fluxes({**COMMON, "flux": flux, "flux_err": error}) == pytest.approx(np.full(5, 10))
    # Beside an error, such a number is a flux.
    error[2] = 40.0
    assert len(fluxes({**COMMON, "flux": flux, "flux_err": error})) == N


def test_errors_that_are_fill_values_are_unknown_by_their_column():
    errors = [0.05, 0.05, -99.0, 0.05, 0.05, 99.99]
    with pytest.warns(DataQualityWarning, match=r"2 values of .* column 'e_mag'.*-99"):
        errors = fluxes({**COMMON, "mag": 18.0, "e_mag": errors}, "flux_err")
    assert np.isnan(errors).tolist() == [False, False, True, False, False, True]


def test_errors_that_repeat_the_values_are_unknown():
    flux = np.arange(1.0, N + 1)
    with pytest.warns(DataQualityWarning, match="repeats the values"):
        assert np.isnan(fluxes({**COMMON, "flux": flux, "flux_err": flux}, "flux_err")).all()


@pytest.mark.parametrize(
    ("name", "zero_point"),
    [
        ("FLUXCAL", 27.5),
        ("psFlux", 27.5),
        ("psfFlux", 31.4),
        ("flux_mJy", 16.4),
        ("flux(nJy)", 31.4),
        ("flux [Jy]", 8.9),
        ("flux_uJy", 23.9),
    ],
)
def test_the_name_of_a_flux_brings_its_scale(name, zero_point):
    scale = 10 ** (-0.4 * (zero_point - 23.9))
    columns = {**COMMON, name: 100.0, "flux_err": 3.0}
    assert fluxes(columns) == pytest.approx(100 * scale)
    assert fluxes(columns, "flux_err") == pytest.approx(3 * scale)


def test_counts_without_zero_points_are_rejected():
    with pytest.raises(ValueError, match="zpdiff"):
        fluxes({**COMMON, "forcediffimflux": 1.0, "forcediffimfluxunc": 1.0})


def test_the_error_is_that_of_the_same_quantity():
    columns = {**COMMON, "flux(mJy)": 1.0, "err": 5, "mag": 18.9, "magerr": 0.1, "flux_err": 0.1}
    assert fluxes(columns, "flux_err") == pytest.approx(100.0)
    # Of magnitudes, an error of fluxes in another column is none.
    columns = {**COMMON, "flux": np.nan, "flux_err": 0.4, "mag": 18.9, "magerr": 0.1}
    assert fluxes(columns, "flux_err") == pytest.approx(mag_to_flux([18.9], [0.1])[1][0])
    columns = {**COMMON, "mag": 18.9, "magerr": 0.5, "mag_corr": 18.0, "e_mag_corr": 0.01}
    error = fluxes(columns, "flux_err", light_curve_columns={"mag": "mag_corr"})
    assert error == pytest.approx(mag_to_flux([18.0], [0.01])[1][0])
    columns.pop("e_mag_corr")
    assert np.isnan(fluxes(columns, "flux_err", light_curve_columns={"mag": "mag_corr"})).all()


def test_detection_flags_mark_limits_of_magnitudes_not_of_fluxes():
    flags = [False, True] * 3
    assert len(fluxes({**COMMON, "mag": 20.0, "magerr": 0.1, "detected": flags})) == 3
    assert len(fluxes({**COMMON, "mag": 20.0, "magerr": 0.1, "nondet": flags})) == 3
    assert len(fluxes({**COMMON, "flux": 20.0, "flux_err": 1.0, "detected": flags})) == N
    limit = [20.0, 21.0] * 3  # of which three repeat the limit and have no error
    columns = {**COMMON, "magpsf": 20.0, "sigmapsf": [np.nan, 0.1] * 3, "diffmaglim": limit}
    assert len(fluxes(columns)) == 3


def test_a_letter_is_never_given_to_another_survey():
    columns = {**COMMON, "filter": list("grogrz"), "flux": 1.0, "survey": "ZTF"}
    with pytest.warns(DataQualityWarning, match=r"2 points of 1 objects in 2 unknown"):
        X = read_tables(None, pd.DataFrame(columns))
    assert set(as_ragged(X["light_curve"])["band"]) == {"ztfg", "ztfr"}


IDS = [170011223344556601, 170011223344556602]


@pytest.mark.parametrize("kind", ["frame", "parquet", "csv", "masked", "arrow"])
@pytest.mark.parametrize("known", [True, False])
def test_large_integers_stay_exact_beside_nulls(kind, known, tmp_path):
    import pyarrow as pa

    ids = pd.array([IDS[0], IDS[1], None, IDS[0], IDS[1]], dtype="Int64")
    points = pd.DataFrame({"diaObjectId": ids, "mjd": 61000.0 + np.arange(5), "band": "lsstr"})
    points = points.assign(flux=1.0, flux_err=1.0)
    if kind in ("parquet", "csv"):
        path = tmp_path / f"points.{kind}"
        points.to_parquet(path) if kind == "parquet" else points.to_csv(path, index=False)
        points = path
    elif kind == "arrow":
        points = pa.Table.from_pandas(points)
    elif kind == "masked":
        mask = [False, False, True, False, False]
        column = MaskedColumn(np.array([*IDS, 0, *IDS]), mask=mask)
        points = Table({**points.drop(columns="diaObjectId"), "diaObjectId": column})
    objects = pd.DataFrame({"diaObjectId": IDS}) if known else None
    with pytest.warns(DataQualityWarning, match="1 points without an object"):
        X = read_tables(objects, points, id_column="diaObjectId")
    assert list(X.index) == IDS and as_ragged(X["light_curve"]).lengths.tolist() == [2, 2]


def test_names_stay_as_they_are_and_rounded_ones_are_rejected(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text(
        "object_id,mjd,band,flux\n007,59000,ztfg,1\nnone,59001,ztfg,2\n7,59002,ztfg,3\n"
    )
    with pytest.warns(DataQualityWarning, match="1 points without an object"):
        assert list(read_tables(path).index) == ["007", "7"]
    points = pd.DataFrame({"object_id": [float(IDS[0]), 1.0]})
    points = points.assign(mjd=59000.0, band="ztfg", flux=1.0)
    with pytest.raises(ValueError, match=r"float above 2\*\*53"):
        read_tables(None, points)
    with pytest.raises(ValueError, match=r"float above 2\*\*53"):
        read_tables(points[["object_id"]])
    assert list(read_tables(None, points.assign(object_id=[3.0, 4.0])).index) == [3, 4]


@pytest.mark.parametrize("masked", [MaskedColumn, lambda v, mask: Masked(np.asarray(v), mask=mask)])
@pytest.mark.parametrize(
    "column", ["object_id", "mjd", "filter", "mag", "magerr", "isdiffpos", "zp"]
)
def test_masked_values_are_missing(column, masked):
    mask = np.arange(N) == 2
    values = {
        **{"object_id": ["a"] * N, "mjd": COMMON["mjd"], "filter": ["ztfg"] * N},
        **{"mag": np.full(N, 18.0), "magerr": np.full(N, 0.1), "isdiffpos": ["t"] * N},
        **{"zp": np.full(N, 25.0), "flux": np.full(N, 5.0)},
    }
    if column != "zp":
        values.pop("zp"), values.pop("flux")
    kept = pd.DataFrame(values)
    kept[column] = kept[column].astype(object).mask(mask, None)
    values[column] = masked(values[column], mask=mask)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataQualityWarning)
        given, expected = read_tables(None, Table(values)), read_tables(None, kept)
        given, expected = check_table(given).light_curve, check_table(expected).light_curve
    for field in ("time", "flux", "flux_err"):
        np.testing.assert_array_equal(given[field], expected[field])


@given(order=st.permutations(range(2 * N)), noise=st.floats(-0.2, 0.2), shift=st.floats(0, 5e-5))
@settings(derandomize=True, max_examples=25, deadline=None)
def test_an_exposure_given_twice_counts_once(order, noise, shift):
    once = pd.DataFrame({**COMMON, "flux": 10.0 + np.arange(N), "flux_err": 1.0})
    again = once.assign(flux=once["flux"] + noise, mjd=once["mjd"] + shift, flux_err=1.1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataQualityWarning)
        both = read_tables(None, pd.concat([once, again]).iloc[order])
        curves = check_table(both).light_curve
    np.testing.assert_array_equal(curves["flux"], once["flux"])


def test_hints_name_what_can_be_done():
    columns = {k: v for k, v in COMMON.items()}
    with pytest.raises(ValueError, match=r"light_curve_columns=\{'flux': \.\.\.\}"):
        read_tables(None, pd.DataFrame(columns))
    with pytest.raises(ValueError, match="to_frame"):
        read_tables(None, pd.Series([1.0]))
    with pytest.raises(ValueError, match=r"to_frame\('light_curve'\)"):
        check_table(pd.Series([1.0]))
    with pytest.raises(ValueError, match="make them cells"):
        check_table([pd.DataFrame({"flux": [1.0]})])
    with pytest.raises(ValueError, match=r"X\.to_pandas\(\)"):
        check_table(Table({"flux": [1.0]}))


def test_one_absurd_flux_is_dropped_and_a_scale_of_its_own_is_not():
    flux = np.full(N, 10.0)
    flux[2] = 1.8e18
    with pytest.warns(DataQualityWarning, match=r"1 points of 1 objects with \|flux\| > 1e9"):
        assert len(fluxes({**COMMON, "flux": flux})) == N - 1
    assert len(fluxes({**COMMON, "flux": np.full(N, 1e12)})) == N
