"""Units as headers write them."""

import pytest
from astropy import units as u

from sklearn_sn.datasets._spectrum_units import parse_unit

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
