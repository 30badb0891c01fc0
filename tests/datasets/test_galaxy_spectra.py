"""Spectra through a fibre: light losses and noise."""

import numpy as np
import pytest

from sklearn_sn.datasets._galaxy_photometry import draw_selected
from sklearn_sn.datasets._galaxy_spectra import fibre_fraction, observe_spectra, pixel_edges


@pytest.fixture(scope="module")
def galaxies():
    return next(draw_selected(40, (0.01, 0.6), 19.5, np.random.default_rng(0)))


def test_errors_are_those_of_the_flux(galaxies):
    wavelength = np.linspace(3600.0, 9824.0, 1556)
    flux, error = observe_spectra(galaxies, wavelength, np.random.default_rng(1))
    assert flux.shape == error.shape == (len(galaxies.fluxes), 1556) and flux.dtype == np.float32
    expected = galaxies.seds.mean_flux(pixel_edges(wavelength))
    expected *= fibre_fraction(galaxies.properties)[:, None]
    # Calibration scales the whole spectrum by some percent and tilts it.
    ratio = (flux * expected).sum(axis=1) / (expected**2).sum(axis=1)
    assert np.abs(ratio - 1.0).max() < 0.15
    residual = (flux - ratio[:, None] * expected) / error
    assert 0.95 < residual.std() < 1.1


def test_noise_averages_down_in_wider_pixels(galaxies):
    errors = [
        np.median(observe_spectra(galaxies, grid, np.random.default_rng(1))[1])
        for grid in (np.linspace(3600.0, 9824.0, n) for n in (7781, 1946))
    ]
    assert errors[0] / errors[1] == pytest.approx(2.0, rel=0.15)


def test_the_sky_is_noisy_in_the_blue_and_at_sky_lines(galaxies):
    wavelength = np.linspace(3600.0, 9824.0, 7781)
    error = np.median(observe_spectra(galaxies, wavelength, np.random.default_rng(1))[1], axis=0)
    at = np.interp([3620.0, 5578.9, 5560.0, 6200.0], wavelength, error)
    assert at[0] > 2.0 * at[3] and at[1] > 3.0 * at[2]


def test_large_galaxies_lose_more_light(galaxies):
    fraction = fibre_fraction(galaxies.properties)
    assert ((fraction > 0.0) & (fraction < 0.9)).all()
    larger = galaxies.properties | {"size": 2.0 * galaxies.properties["size"]}
    assert (fibre_fraction(larger) < fraction).all()
