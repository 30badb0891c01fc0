"""The AB magnitude of Vega and the pivot wavelength of a curve."""

import numpy as np
import pytest

from sklearn_sn.data._band_table import BANDS
from sklearn_sn.data._vega import pivot_wavelength, vega_ab_offset


def flat(low, high):
    return np.array([low, high]), np.ones(2)


def test_pivot_of_a_flat_band():
    # sqrt(∫ λ dλ / ∫ dλ / λ)
    expected = np.sqrt(0.5 * (6000.0**2 - 5000.0**2) / np.log(1.2))
    assert pivot_wavelength(*flat(5000.0, 6000.0)) == pytest.approx(expected, rel=1e-6)


def test_pivot_ignores_scale_and_empty_wings():
    wave = np.array([4000.0, 5000.0, 5001.0, 5999.0, 6000.0, 20000.0])
    curve = np.array([0.0, 0.0, 0.3, 0.3, 0.0, 0.0])
    assert pivot_wavelength(wave, curve) == pytest.approx(
        pivot_wavelength(*flat(5000.5, 5999.5)), rel=1e-5
    )


def test_offsets_agree_with_the_table():
    # Flat bands of 15 % at the pivots of built-in bands redwards of the Balmer jump.
    rows = [row for row in BANDS if row[3] > 5200 and row[1] not in ("gaia", "bessell")]
    assert len(rows) > 50
    for name, _, _, wavelength, offset, *_ in rows:
        found = vega_ab_offset(*flat(wavelength / 1.075, wavelength * 1.075))
        assert found == pytest.approx(offset, abs=0.06), name


def test_photons_are_counted():
    # Two boxes with equal response per photon: f_nu is weighted by T dλ / λ.
    one, two = vega_ab_offset(*flat(5000.0, 5500.0)), vega_ab_offset(*flat(9000.0, 9500.0))
    wave = np.array([5000.0, 5500.0, 5500.01, 8999.99, 9000.0, 9500.0])
    both = vega_ab_offset(wave, np.array([1.0, 1.0, 0.0, 0.0, 1.0, 1.0]))
    weights = np.log([5500 / 5000, 9500 / 9000])
    flux = np.average(10 ** (-0.4 * np.array([one, two])), weights=weights)
    assert both == pytest.approx(-2.5 * np.log10(flux), abs=1e-3)


def test_offset_is_unknown_outside_the_spectrum():
    assert np.isnan(vega_ab_offset(*flat(900.0, 1100.0)))
    assert np.isnan(vega_ab_offset(*flat(2e5, 4e5)))
