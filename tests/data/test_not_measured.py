"""Values that stand for "not measured" are recognised, and others are left alone."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import (
    DataQualityWarning,
    as_ragged,
    check_table,
    is_fill_value,
    is_unmeasured_error,
    is_unmeasured_flux,
    is_unmeasured_mag_err,
    is_unmeasured_magnitude,
    quality_report,
)

N = 8
CURVE = {"time": 59000.0 + np.arange(N), "band": "ztfg", "flux": 10.0 + np.arange(N)}
FILL = [99.0, 99.99, 128.0, -9.0, -99.0, -777.0, -999.0, -9999.0, -99999.0]


def changed(**fields):
    """Return a table of a clean light curve, 'a', and of one with other values, 'b'."""
    curve = {**CURVE, "flux_err": np.ones(N)}
    cells = [pd.DataFrame(curve), pd.DataFrame({**curve, **fields})]
    return pd.DataFrame({"light_curve": cells}, index=["a", "b"])


def put(values, value, at=3):
    values = np.array(values, dtype=float)
    values[at] = value
    return values


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_fill_values_of_both_precisions(dtype):
    assert is_fill_value(np.array(FILL, dtype=dtype)).all()
    others = np.array([0.0, np.nan, np.inf, -8.0, 98.99, 100.0, -100.0, 1e20], dtype=dtype)
    assert not is_fill_value(others).any()


def test_a_fill_value_needs_an_error_that_is_none():
    flux = np.array([-99.0, -99.0, -99.0, -999.0, -999.0])
    error = np.array([5.0, -99.0, 0.0, np.nan, 30.0])
    assert is_unmeasured_flux(flux, error).tolist() == [False, True, True, True, False]
    assert is_unmeasured_flux(flux).tolist() == [False, False, False, True, True]
    assert is_unmeasured_error(np.array([-1.0, -9.0, -999.0, 99.0])).tolist() == [0, 1, 1, 0]


def test_magnitudes_and_their_errors():
    assert is_unmeasured_magnitude(np.array([-6.0, -4.0, 29.0, 31.0, np.nan])).tolist() == [
        *(True, False, False, True, False)
    ]
    assert is_unmeasured_mag_err(np.array([-0.1, 0.0, 8.9, 9.99, 100.0])).tolist() == [
        1,
        0,
        0,
        1,
        1,
    ]


@pytest.mark.parametrize(
    "fields",
    [
        *({"flux": put(CURVE["flux"], v), "flux_err": put(np.ones(N), v)} for v in FILL),
        {"flux": put(CURVE["flux"], 2e9)},
        {"time": put(CURVE["time"], 0.0)},
        {"time": put(CURVE["time"], 99999.0)},
    ],
)
def test_points_that_are_not_measured_are_dropped_and_counted(fields):
    X = changed(**fields)
    with pytest.warns(DataQualityWarning, match="1 in 1 objects, first 'b'") as caught:
        curves = check_table(X).light_curve
    assert len(caught) == 1 and curves.lengths.tolist() == [N, N - 1]
    assert quality_report(X)["light_curve_unmeasured"].tolist() == [0, 1]


def test_times_of_another_origin_are_legal():
    X = changed(time=np.arange(N) - 2.0)
    assert check_table(X).light_curve.lengths.tolist() == [N, N]


def test_errors_that_repeat_the_fluxes_are_unknown():
    X = changed(flux_err=CURVE["flux"])
    with pytest.warns(DataQualityWarning, match="repeat the fluxes"):
        curves = check_table(X).light_curve
    assert np.isnan(curves["flux_err"]).tolist() == [False] * N + [True] * N
    one = changed(flux_err=put(np.ones(N), CURVE["flux"][3]))  # a signal-to-noise ratio of 1
    assert not np.isnan(check_table(one).light_curve["flux_err"]).any()


def spectrum(**fields):
    wavelength = np.linspace(4000.0, 9000.0, 50)
    cell = {"wavelength": wavelength, "flux": 1e-16 * (1 + wavelength / 1e4), **fields}
    return pd.DataFrame({"spectrum": [cell]}, index=["s"])


@pytest.mark.parametrize(("flux", "error"), [(0.0, 0.0), (0.0, np.nan), (-999.0, -999.0)])
def test_masked_pixels_inside_a_spectrum_are_dropped(flux, error):
    clean = spectrum(flux_err=np.full(50, 1e-17))
    cell = {name: values.copy() for name, values in clean["spectrum"].iloc[0].items()}
    cell["flux"][20:30], cell["flux_err"][20:30] = flux, error
    with pytest.warns(DataQualityWarning, match="10 in 1 objects"):
        pixels = check_table(pd.DataFrame({"spectrum": [cell]}, index=["s"])).spectrum
    kept = np.r_[:20, 30:50]
    np.testing.assert_array_equal(pixels["flux"], clean["spectrum"].iloc[0]["flux"][kept])


def test_fill_values_without_errors_are_far_from_the_flux():
    X = spectrum()
    X["spectrum"].iloc[0]["flux"][20] = -999.0
    with pytest.warns(DataQualityWarning, match="masked pixels inside"):
        assert check_table(X).spectrum.n_points == 49
    counts = spectrum(flux=np.linspace(-1500.0, 1500.0, 50))
    counts["spectrum"].iloc[0]["flux"][20] = -999.0
    assert check_table(counts).spectrum.n_points == 50


def test_spectra_in_nm_are_suspected():
    X = spectrum(wavelength=np.linspace(1000.0, 2450.0, 50))
    with pytest.warns(DataQualityWarning, match="look like nm"):
        check_table(X)
    assert quality_report(X)["flag"].tolist() == ["NANOMETRES"]
    check_table(spectrum(wavelength=np.linspace(1150.0, 1700.0, 50)))  # far ultraviolet


@pytest.mark.parametrize("field", ["time", "flux", "flux_err", "band"])
def test_masks_of_astropy_are_missing_values_in_cells(field):
    from astropy.utils.masked import Masked

    mask = np.arange(N) == 2
    cell = {**CURVE, "band": np.array(["ztfg"] * N), "flux_err": np.ones(N)}
    kept = {name: values[~mask] for name, values in cell.items()}
    cell[field] = Masked(cell[field], mask=mask)
    with pytest.warns(DataQualityWarning):
        curves = check_table(pd.DataFrame({"light_curve": [cell]})).light_curve
    for name in ("time", "flux", "flux_err"):
        np.testing.assert_array_equal(curves[name], kept[name])
    assert as_ragged(pd.Series([kept]), kind="light_curve").n_points == curves.n_points
