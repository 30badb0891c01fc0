"""Units as headers write them."""

import io

import numpy as np
import pytest
from astropy import units as u

from sklearn_sn.datasets import read_spectra
from sklearn_sn.datasets._spectrum_units import named_unit, parse_unit

FLUX = u.Unit("erg s-1 cm-2 AA-1")


PER_WAVELENGTH = """
erg/cm2/s/A|erg/s/cm2/A|erg cm^-2 s^-1 A^-1|ergs/sec/cm^2/Å|ERG/CM2/S/A|FLAM|erg/(s cm2 Angstrom)
|erg.s-1.cm-2.A-1|[erg/s/cm²/Å]|erg/cm**2/s/angstrom"""


@pytest.mark.parametrize("text", PER_WAVELENGTH.replace("\n", "").split("|"))
def test_flux_per_wavelength(text):
    assert parse_unit(text).to(FLUX) == pytest.approx(1)


@pytest.mark.parametrize(
    "text", ["1E-17 erg/cm^2/s/Ang", "10**-17 erg/(s cm2 Angstrom)", "10^(-17) erg/s/cm2/A"]
)
def test_scales(text):
    assert parse_unit(text).to(FLUX) == pytest.approx(1e-17)


@pytest.mark.parametrize(
    "text, unit", [("A", u.AA), ("angstroms", u.AA), ("nm", u.nm), ("micron", u.um), ("mJy", u.mJy)]
)
def test_other_units(text, unit):
    assert parse_unit(text) == unit


@pytest.mark.parametrize("text", ["", "counts", "ADU", "kg", "erg", "1e999 A", "A" * 100, "MJY"])
def test_what_is_no_unit_of_spectra(text):
    assert parse_unit(text) is None


@pytest.mark.parametrize(
    ("name", "factor"),
    [
        *(("wavelength_nm", 10.0), ("wave_um", 1e4), ("lambda_nm", 10.0), ("wl_angstrom", 1.0)),
        *(("lam_A", 1.0), ("wavelength_micron", 1e4), ("wave_nanometers", 10.0)),
    ],
)
def test_units_in_names_of_wavelengths(name, factor):
    rows = "".join(f"{(4000.0 + i) / factor!r},1.0\n" for i in range(5))
    X = read_spectra(io.StringIO(f"{name},flux\n{rows}"), object_id="a")
    expected = 4000.0 + np.arange(5)
    np.testing.assert_allclose(X["spectrum"].iloc[0]["wavelength"], expected)


@pytest.mark.parametrize(
    "header", ["wavelength,flux_mJy,flux_err_uJy", "wavelength,flux_mJy,flux_uJy_err"]
)
def test_errors_in_another_unit_than_the_flux(header):
    rows = "".join(f"{4000 + i},1.0,10\n" for i in range(5))
    spectrum = read_spectra(io.StringIO(f"{header}\n{rows}"), object_id="a")["spectrum"].iloc[0]
    np.testing.assert_allclose(spectrum["flux_err"] / spectrum["flux"], 0.01)


def test_a_unit_of_the_errors_alone_warns():
    rows = "".join(f"{4000 + i},1.0,0.1\n" for i in range(5))
    file = io.StringIO(f"wavelength,flux,flux_err_uJy\n{rows}")
    with pytest.warns(UserWarning, match="have a unit and the fluxes have none"):
        read_spectra(file, object_id="a")


def test_names_without_a_unit():
    assert named_unit("flux_err") is None and named_unit(None) is None and named_unit("nm") is None
