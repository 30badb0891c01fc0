"""Light of galaxies: lines and the break at the right wavelength, the right magnitudes."""

import numpy as np
import pytest

from sklearn_sn.datasets._galaxy_population import draw_galaxies
from sklearn_sn.datasets._galaxy_seds import GalaxySeds, resolution_width


def galaxies(n=40, **changes):
    drawn = draw_galaxies(n, (0.01, 0.6), 19.5, np.random.default_rng(1))
    return drawn | {key: np.full(n, value) for key, value in changes.items()}


@pytest.mark.parametrize("redshift", [0.05, 0.2, 0.4])
def test_h_alpha_is_at_its_redshifted_wavelength(redshift):
    forming = galaxies(redshift=redshift, log_sfr=1.5, av=0.2, quiescent=False, line_width=50.0)
    line = 6564.61 * (1.0 + redshift)
    edges = np.arange(line - 30.25, line + 30.0, 0.5)
    flux = GalaxySeds(forming).mean_flux(edges)
    middle = 0.5 * (edges[1:] + edges[:-1])
    near = np.abs(middle - line) < 12.0
    peak = middle[near][flux[:, near].argmax(axis=1)]
    assert np.abs(peak - line).max() <= 0.75
    assert (flux.max(axis=1) > 2.0 * np.median(flux, axis=1)).all()


@pytest.mark.parametrize("redshift", [0.05, 0.4])
def test_the_break_of_old_galaxies_is_at_4000_angstrom(redshift):
    old = galaxies(redshift=redshift, quiescent=True, log_sfr=-3.0, age=9.0)
    sides = np.array([3850.0, 3950.0, 4000.0, 4100.0]) * (1.0 + redshift)
    flux = GalaxySeds(old).mean_flux(sides)
    assert (flux[:, 2] / flux[:, 0]).min() > 1.4
    moved = GalaxySeds(old).mean_flux(sides * 1.1)
    assert (moved[:, 2] / moved[:, 0]).max() < 1.3


def test_band_fluxes_are_those_of_the_spectrum():
    seds = GalaxySeds(galaxies())
    edges = np.arange(3900.0, 10200.5, 1.0)
    middle = 0.5 * (edges[1:] + edges[:-1])
    transmission = np.interp(middle, (5600.0, 5780.0, 7050.0, 7200.0), (0.0, 1.0, 1.0, 0.0))
    # ∫ f_λ λ T dλ / ∫ c T / λ dλ, in units of 3.631e-29 erg/s/cm²/Hz
    total = (seds.mean_flux(edges) * 1e-17 * middle * transmission).sum(axis=1)
    expected = total / (2.99792458e18 * (transmission / middle).sum()) / 3.631e-29
    np.testing.assert_allclose(seds.band_fluxes()[:, 1], expected, rtol=0.01)


def test_integrals_do_not_depend_on_the_pixels():
    seds = GalaxySeds(galaxies(5))
    fine = np.linspace(4000.0, 9000.0, 20001)
    flux = seds.mean_flux(fine).reshape(5, 500, 40).mean(axis=2)
    np.testing.assert_allclose(seds.mean_flux(fine[::40]), flux, rtol=1e-6)


def test_more_massive_galaxies_are_brighter_in_proportion():
    one, ten = (GalaxySeds(galaxies(log_stellar_mass=m, log_sfr=-9.0)) for m in (10.0, 11.0))
    ratio = ten.band_fluxes() / one.band_fluxes()
    assert ratio == pytest.approx(10.0, rel=0.05)


def test_dust_reddens():
    clear, dusty = (GalaxySeds(galaxies(av=av)).band_fluxes() for av in (0.0, 1.0))
    dimming = -2.5 * np.log10(dusty / clear)
    assert (np.diff(dimming, axis=1) < 0).all() and (dimming > 0.3).all()


def test_resolution_is_that_of_desi():
    resolution = 299792.458 / (2.3548 * resolution_width([3600.0, 9800.0]))
    np.testing.assert_allclose(resolution, [2000.0, 5000.0])
