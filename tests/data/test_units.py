"""Magnitudes to µJy and back, and values with units."""

import numpy as np
import pandas as pd
import pytest
from astropy import units as u
from astropy.table import Column, MaskedColumn, QTable
from astropy.time import Time
from astropy.utils.masked import Masked

from sklearn_sn.data._bands import register_band, temporary_bands
from sklearn_sn.data._units import flux_to_mag, mag_to_flux, to_unit


def test_ab_agrees_with_astropy():
    mag = np.linspace(10, 25, 7)
    expected = u.Magnitude(mag, u.ABmag).to_value(u.uJy)
    np.testing.assert_allclose(mag_to_flux(mag), expected, rtol=1e-4)
    assert mag_to_flux(23.9) == pytest.approx(1.0)


@pytest.mark.parametrize("system", ["AB", "Vega", "native"])
def test_round_trip_with_errors(system):
    mag, mag_err = np.array([15.0, 20.0, 23.0]), np.array([0.01, 0.1, np.nan])
    band = ["V", "UVW1", "ztfg"]
    flux, flux_err = mag_to_flux(mag, mag_err, band=band, system=system)
    back, back_err = flux_to_mag(flux, flux_err, band=band, system=system)
    np.testing.assert_allclose(back, mag)
    np.testing.assert_allclose(back_err, mag_err)


def test_error_is_the_derivative():
    step = 1e-6
    flux, flux_err = mag_to_flux([18.0], [step])
    assert flux_err[0] == pytest.approx((flux - mag_to_flux([18.0 + step]))[0], rel=1e-5)


def test_vega_offset_and_native():
    mag = np.full(3, 20.0)
    band = pd.Categorical(["J", "ztfr", "UVW2"])
    ab = mag_to_flux(mag)
    ratio = 10 ** (-0.4 * np.array([0.91, 0.182, 1.73]))
    np.testing.assert_allclose(mag_to_flux(mag, band=band, system="Vega") / ab, ratio)
    native = mag_to_flux(mag, band=band, system="native") / ab
    np.testing.assert_allclose(native, np.where([True, False, True], ratio, 1.0))
    mixed = mag_to_flux(mag, band="J", system=["AB", "vega", "Native"]) / ab
    np.testing.assert_allclose(mixed, [1.0, ratio[0], ratio[0]])


def test_known_zero_points():
    # V = 0: 3636 Jy (Bessell, Castelli & Plez 1998). J = 0: 1594 Jy (Cohen et al. 2003).
    zero = mag_to_flux([0.0, 0.0], band=["V", "J"], system="Vega") / 1e6
    np.testing.assert_allclose(zero, [3636.0, 1594.0], rtol=0.03)


def test_flux_without_magnitude_is_nan():
    mag, mag_err = flux_to_mag([10.0, 0.0, -1.0, np.nan], [1.0, 1.0, 1.0, 1.0])
    assert np.isfinite(mag).tolist() == [True, False, False, False] == np.isfinite(mag_err).tolist()
    assert mag_err[0] == pytest.approx(0.10857362)


def test_masked_and_extreme_values_do_not_warn():
    mag = np.ma.MaskedArray([20.0, 99.0], mask=[False, True])
    assert np.isnan(mag_to_flux(mag)).tolist() == [False, True]
    assert mag_to_flux([-999.0, np.nan])[0] == np.inf
    assert mag_to_flux(pd.Series([20, None], dtype="Int64"))[0] == mag_to_flux(20)


def test_input_is_not_changed():
    mag, mag_err = np.array([20.0, 21.0]), np.array([0.1, 0.2])
    flux, flux_err = mag_to_flux(mag, mag_err, band="V", system="Vega")
    flux_to_mag(flux, flux_err)
    assert mag.tolist() == [20.0, 21.0] and mag_err.tolist() == [0.1, 0.2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"system": "Vega"}, "pass band="),
        ({"system": "ST"}, "'AB', 'Vega' or 'native'"),
        ({"system": [None, "AB"]}, "'AB', 'Vega' or 'native'"),
        ({"system": "Vega", "band": ["V", "clear"]}, "unknown for the band 'clear'"),
        ({"system": "native", "band": ["V", None]}, "'a missing one'"),
        ({"system": "Vega", "band": ["V", "noveg"]}, "unknown for the band 'noveg'"),
        ({"system": "Vega", "band": ["V", "B", "R"]}, r"band has shape \(3,\).*\(2,\)"),
        ({"system": ["AB", "Vega", "AB"], "band": "V"}, r"system has shape \(3,\)"),
        ({"system": "Vega", "band": "v"}, "ambiguous"),
        ({"mag_err": [0.1, 0.1, 0.1]}, r"mag_err has shape \(3,\)"),
    ],
)
def test_refused(arguments, message):
    with temporary_bands():
        register_band("noveg", 5000.0)
        with pytest.raises(ValueError, match=message):
            mag_to_flux([20.0, 21.0], **arguments)


def test_unknown_band_is_no_obstacle_to_ab():
    np.testing.assert_allclose(mag_to_flux([23.9, 23.9], band=["clear", None]), 1.0)
    with temporary_bands():
        register_band("noveg", 5000.0)
        assert mag_to_flux([23.9], band=["noveg"], system="native")[0] == pytest.approx(1.0)


def test_quantities_in_and_out_of_magnitudes():
    assert flux_to_mag([1.0] * u.mJy)[0] == pytest.approx(16.4)
    assert mag_to_flux([23.9] * u.mag)[0] == pytest.approx(1.0)
    assert mag_to_flux(u.Magnitude([23.9], u.ABmag))[0] == pytest.approx(1.0)
    with pytest.raises(ValueError, match="system='AB'"):
        mag_to_flux(u.Magnitude([23.9], u.ABmag), band="V", system="Vega")
    with pytest.raises(ValueError, match="needs the wavelength"):
        flux_to_mag([1e-16] * u.Unit("erg s-1 cm-2 AA-1"))


@pytest.mark.parametrize(
    "values",
    [
        [500.0] * u.nm,
        [0.5] * u.um,
        [599584.916] * u.GHz,
        [2.479684] * u.eV,
        [20000.0] * u.cm**-1,
        Column([500.0], unit="nm"),
        MaskedColumn([500.0], unit="nm"),
        QTable({"wavelength": [500.0] * u.nm})["wavelength"],
        [500.0 * u.nm],
    ],
)
def test_wavelengths(values):
    found = to_unit(values, "Angstrom")
    assert type(found) is np.ndarray
    np.testing.assert_allclose(found, [5000.0], rtol=1e-6)


def test_flux_densities():
    np.testing.assert_allclose(to_unit([2.0] * u.nJy, "uJy"), 2e-3)
    np.testing.assert_allclose(to_unit([1e-29] * u.Unit("erg s-1 cm-2 Hz-1"), "uJy"), 1.0)
    np.testing.assert_allclose(to_unit(u.Magnitude([23.9], u.ABmag), "uJy"), 1.0, rtol=1e-4)


def test_masked_values_become_nan():
    column = MaskedColumn([500.0, 1.0], unit="nm", mask=[False, True])
    for values in (column, Masked([500.0, 1.0] * u.nm, mask=[False, True])):
        np.testing.assert_allclose(to_unit(values, "Angstrom"), [5000.0, np.nan])
    integers = np.ma.MaskedArray([1, 2], mask=[False, True])
    np.testing.assert_array_equal(to_unit(integers, "d"), [1.0, np.nan])
    nullable = pd.Series([1.0, None], dtype="Float64")
    np.testing.assert_array_equal(to_unit(nullable, "d"), [1.0, np.nan])


def test_bare_values_are_unchanged():
    values = np.array([1.0, 2.0], dtype=np.float32)
    assert to_unit(values, "Angstrom") is values
    assert to_unit([1, 2], "d").dtype == np.float64
    assert to_unit(pd.Series(values), "d").dtype == np.float32


def test_time_becomes_mjd():
    np.testing.assert_allclose(
        to_unit(Time([59000.5, 59001.5], format="mjd"), "d"), [59000.5, 59001.5]
    )
    np.testing.assert_allclose(to_unit([24.0] * u.h, "d"), 1.0)
    with pytest.raises(ValueError, match="Time cannot be converted"):
        to_unit(Time([59000.5], format="mjd"), "uJy")


@pytest.mark.parametrize(
    ("values", "unit", "message"),
    [
        ([1.0] * u.s, "Angstrom", "Cannot convert s to Angstrom"),
        ([20.0] * u.mag, "uJy", "mag_to_flux"),
        ([1.0] * u.dimensionless_unscaled, "uJy", "Cannot convert a number"),
        ([1.0] * u.Unit("erg s-1 cm-2 AA-1"), "uJy", "needs the wavelength"),
        (np.array(["2020-01-01"], dtype="datetime64[ns]"), "d", "MJD"),
        (pd.Series(pd.to_datetime(["2020-01-01"])), "d", "MJD"),
        (["x"], "d", "must be numbers"),
    ],
)
def test_refused_units(values, unit, message):
    with pytest.raises(ValueError, match=message):
        to_unit(values, unit)
