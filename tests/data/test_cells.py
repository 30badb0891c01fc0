"""Cells of Python containers: a Series made of a dict, and fields of several units."""

import numpy as np
import pandas as pd
import pytest
from astropy import units as u
from astropy.table import QTable, Table

from sklearn_sn.data import as_ragged, check_table

CURVE = {
    "time": [59000.0, 59001.0],
    "band": ["ztfg", "ztfr"],
    "flux": [100.0, 50.0],
    "flux_err": [2.0, 1.0],
}
SPECTRUM = {"wavelength": [4000.0, 5000.0], "flux": [1.0, 2.0]}


def curve(**changes):
    return as_ragged([{**CURVE, **changes}], kind="light_curve")


def spectrum(**changes):
    return as_ragged([{**SPECTRUM, **changes}], kind="spectrum")


@pytest.mark.parametrize("kind", ["list", "array"])
def test_pandas_makes_a_series_of_a_dict_put_into_a_cell(kind):
    cell = CURVE if kind == "list" else {k: np.array(v) for k, v in CURVE.items()}
    column = pd.Series([None, None], dtype=object)
    column.iloc[0] = cell
    assert isinstance(column.iloc[0], pd.Series)
    ragged = as_ragged(column, kind="light_curve")
    assert ragged.lengths.tolist() == [2, 0]
    assert ragged["flux"].tolist() == CURVE["flux"] and list(ragged["band"]) == CURVE["band"]
    assert check_table(pd.DataFrame({"light_curve": column})).light_curve.n_points == 2


def test_a_series_of_numbers_is_no_cell():
    with pytest.raises(ValueError, match="has a cell of type Series"):
        as_ragged([pd.Series([1.0, 2.0])], kind="light_curve")


def test_a_unit_of_flux_wins_over_the_zero_point():
    flux, flux_err = [100.0, 50.0] * u.uJy, [2.0, 1.0] * u.uJy
    scale = {"zp": [25.0, 25.0], "zpsys": ["vega", "ab"]}
    for container in (dict, Table, QTable):
        cell = container({**CURVE, "flux": flux, "flux_err": flux_err, **scale})
        ragged = as_ragged([cell], kind="light_curve")
        assert ragged["flux"].tolist() == [100.0, 50.0]
        assert ragged["flux_err"].tolist() == [2.0, 1.0]
    # Of two cells, only the one without a unit is scaled.
    ragged = as_ragged([{**CURVE, "flux": flux, **scale}, {**CURVE, **scale}], kind="light_curve")
    assert ragged["flux"][:2].tolist() == [100.0, 50.0]
    assert ragged["flux"][3] == pytest.approx(50.0 * 10 ** (-0.4 * 1.1))
    assert "zero_point" not in ragged and "system" not in ragged


def test_an_error_with_a_unit_beside_a_flux_with_a_zero_point():
    ragged = curve(flux_err=[2000.0, 1000.0] * u.nJy, zp=26.4)
    assert ragged["flux"] == pytest.approx([10.0, 5.0])
    assert ragged["flux_err"] == pytest.approx([2.0, 1.0])


@pytest.mark.parametrize("container", [dict, Table, QTable])
def test_a_bare_error_of_a_light_curve_has_the_unit_of_its_flux(container):
    cell = container({**CURVE, "flux": [100.0, 50.0] * u.mJy, "zp": [25.0, 25.0]})
    ragged = as_ragged([cell, CURVE], kind="light_curve")
    assert ragged["flux"] == pytest.approx([1e5, 5e4, 100.0, 50.0])
    assert ragged["flux_err"] == pytest.approx([2000.0, 1000.0, 2.0, 1.0])


def test_errors_of_magnitudes_are_refused_by_object():
    mag = u.Magnitude([20.0, 21.0], u.ABmag)
    remedy = r"Object 0, field 'flux_err': .*mag_to_flux\(mag, mag_err\)"
    with pytest.raises(ValueError, match=remedy):
        curve(flux=mag)
    for error in ([0.1, 0.1] * u.mag, u.Magnitude([0.1, 0.1], u.ABmag)):
        with pytest.raises(ValueError, match=remedy):
            curve(flux_err=error)
    # Fluxes alone, or with errors that are fluxes, are clear.
    assert curve(flux=mag, flux_err=None)["flux"] == pytest.approx(mag.physical.to_value(u.uJy))
    assert curve(flux=mag, flux_err=[np.nan] * 2)["flux"][0] == pytest.approx(36.3, abs=0.1)
    assert curve(flux=mag, flux_err=[2.0, 1.0] * u.nJy)["flux_err"] == pytest.approx([2e-3, 1e-3])


def test_one_zero_point_for_all_points():
    ragged = curve(zp=26.4, zpsys="ab")
    assert ragged["flux"] == pytest.approx([10.0, 5.0])
    assert ragged["flux_err"] == pytest.approx([0.2, 0.1])
    assert curve(system="Vega")["flux"].tolist() == CURVE["flux"]  # of magnitudes, if of any


def test_units_of_zero_points():
    assert curve(zp=[26.4, 26.4] * u.mag)["flux"] == pytest.approx([10.0, 5.0])
    ab = curve(zp=u.Magnitude([26.4, 26.4], u.ABmag), zpsys=["vega", "vega"])
    assert ab["flux"] == pytest.approx([10.0, 5.0])
    with pytest.raises(ValueError, match=r"Object 0, field 'zp': zero points in mag\(ST\)"):
        curve(zp=u.Magnitude([26.4, 26.4], u.STmag))


@pytest.mark.parametrize("container", [dict, Table, QTable])
def test_spectra_per_frequency_become_per_wavelength(container):
    wavelength = [0.4, 0.5] * u.um
    flux, flux_err = [1.0, 2.0] * u.Jy, [100.0, 200.0] * u.mJy
    cell = container({"wavelength": wavelength, "flux": flux, "flux_err": flux_err})
    ragged = as_ragged([cell], kind="spectrum")
    expected = flux.to_value("erg s-1 cm-2 AA-1", u.spectral_density(wavelength))
    np.testing.assert_allclose(ragged["flux"], expected)
    np.testing.assert_allclose(ragged["flux_err"], 0.1 * expected)


def test_a_bare_error_of_a_spectrum_has_the_unit_of_its_flux():
    ragged = spectrum(flux=[1.0, 2.0] * u.Jy, flux_err=[0.1, 0.2])
    np.testing.assert_allclose(ragged["flux_err"], 0.1 * ragged["flux"])


def test_relative_spectra_stay():
    assert spectrum()["flux"].tolist() == [1.0, 2.0]
    flux = [1.0, 2.0] * u.dimensionless_unscaled
    assert spectrum(flux=flux)["flux"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize("unit", [u.K, u.ABmag, u.count, u.erg / u.s])
def test_other_units_of_spectra_are_refused(unit):
    flux = u.Magnitude([1.0, 2.0], unit) if unit == u.ABmag else [1.0, 2.0] * unit
    with pytest.raises(ValueError, match=r"Object 0, field 'flux': .* no unit of flux density"):
        spectrum(flux=flux)
