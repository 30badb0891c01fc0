"""Wavelengths in air and in vacuum."""

import numpy as np

from sklearn_sn.datasets._air_wavelengths import air_to_vacuum, vacuum_to_air

# Vacuum and air wavelengths of lines, NIST Atomic Spectra Database.
LINES = {
    "H alpha": (6564.614, 6562.801),
    "H beta": (4862.683, 4861.325),
    "Ca K": (3934.777, 3933.663),
}


def test_lines():
    vacuum, air = np.array(list(LINES.values())).T
    np.testing.assert_allclose(vacuum_to_air(vacuum), air, atol=0.01)
    np.testing.assert_allclose(air_to_vacuum(air), vacuum, atol=0.01)


def test_the_conversions_are_inverse():
    wavelength = np.linspace(2001.0, 30000.0, 1000)
    np.testing.assert_allclose(air_to_vacuum(vacuum_to_air(wavelength)), wavelength, atol=1e-6)


def test_the_ultraviolet_is_left():
    assert vacuum_to_air(np.array([1500.0])) == 1500
    assert air_to_vacuum(np.array([1500.0])) == 1500
