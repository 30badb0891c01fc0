"""Flux per wavelength from other flux densities."""

import numpy as np
import pytest
from astropy import units as u

from sklearn_sn.data._flux_density import FLUX_UNIT, flux_per_wavelength, is_flux_density

WAVELENGTH = np.array([4000.0, 5000.0, 9000.0])
FLUX = np.array([1.0, -2.0, 3.0])


@pytest.mark.parametrize(
    "unit",
    ["Jy", "erg s-1 cm-2 Hz-1", "W m-2 um-1", "1e-17 erg s-1 cm-2 AA-1", "ph s-1 cm-2 AA-1",
     "ph s-1 cm-2 Hz-1"],
)  # fmt: skip
def test_agrees_with_astropy(unit):
    expected = (FLUX * u.Unit(unit)).to_value(FLUX_UNIT, u.spectral_density(WAVELENGTH * u.AA))
    found = flux_per_wavelength(FLUX, u.Unit(unit), WAVELENGTH)
    np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_relative_fluxes_stay():
    assert flux_per_wavelength(FLUX, None, WAVELENGTH) is FLUX
    assert flux_per_wavelength(FLUX, u.dimensionless_unscaled, WAVELENGTH) is FLUX


@pytest.mark.parametrize("unit", [u.K, u.ABmag, u.mag, u.count, u.erg / u.s / u.cm**2])
def test_other_units_are_refused(unit):
    assert not is_flux_density(unit)
    with pytest.raises(ValueError, match="no unit of flux density; convert"):
        flux_per_wavelength(FLUX, unit, WAVELENGTH)


def test_wrong_wavelengths_are_left_to_the_check():
    found = flux_per_wavelength(FLUX, u.Jy, np.array([0.0, np.nan, 5000.0]))
    assert np.isfinite(found).tolist() == [False, False, True]
