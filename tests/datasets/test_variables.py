import numpy as np
import pytest

from sklearn_sn.datasets._candidates import draw_candidates, scale_to_magnitude
from sklearn_sn.datasets._simulation import (
    band_flux,
    draw_light_curves,
)
from sklearn_sn.datasets._surveys import get_survey
from sklearn_sn.datasets._variables import ActiveNucleus, DwarfNova, _damped_walk

LSST = get_survey("lsst")


def _objects(sed, n=100):
    objects = draw_candidates(sed, LSST, (0.05, 0.3), n, np.random.default_rng(0))
    scale_to_magnitude(sed, objects)
    return objects


def test_walks_are_damped_random_walks():
    sigma, tau = np.full(800, 0.2), np.full(800, 60.0)
    walk = _damped_walk(sigma, tau, np.random.default_rng(0))
    # Away from the peak that aligns the walks.
    early = walk[:, :150]
    assert early.std() == pytest.approx(0.2, rel=0.1)
    for lag in (5, 15, 40):  # steps of two days
        difference = early[:, lag:] - early[:, :-lag]
        expected = 2 * 0.2**2 * (1 - np.exp(-2.0 * lag / 60.0))
        assert (difference**2).mean() == pytest.approx(expected, rel=0.12)


def test_nuclei_vary_more_in_the_blue_and_around_their_mean():
    sed = ActiveNucleus()
    objects = _objects(sed)
    rows = np.repeat(np.arange(100), 50)
    days = np.tile(np.linspace(-200, 200, 50), 100)
    fluxes = [
        band_flux(sed, objects, rows, days, np.full(5000, b), LSST).reshape(100, 50) for b in (1, 4)
    ]
    assert (fluxes[0] < 0).any() and (fluxes[0] > 0).any()
    # One walk drives all bands.
    correlation = [np.corrcoef(g, z)[0, 1] for g, z in zip(*fluxes, strict=True)]
    assert min(correlation) > 0.99
    phases = np.tile(np.linspace(-200, 200, 50), 100)
    flux = sed.flux(objects, rows, phases, np.tile([4000.0, 8000.0], (5000, 1)))
    magnitude = -2.5 * np.log10(flux).reshape(100, 50, 2)
    blue, red = magnitude.std(axis=1).T
    assert np.median(blue / red) > 1.2
    # Equation 7 of MacLeod et al. (2010): some tenths of a magnitude.
    assert 0.1 < np.median(objects["walk_sigma"]) < 0.6


def test_difference_fluxes_of_nuclei_have_mean_zero():
    sed = ActiveNucleus()
    objects = _objects(sed, 1500)
    objects |= {"walk_sigma": np.full(1500, 0.5), "walk_tau": np.full(1500, 40.0)}
    rng = np.random.default_rng(0)
    objects["walk"] = _damped_walk(objects["walk_sigma"], objects["walk_tau"], rng)
    rows = np.arange(1500)
    # Far from the peak that aligns the walks.
    phase = rng.uniform(-580.0, -400.0, 1500)
    for wavelength in (4000.0, 7000.0):
        args = (objects, rows, phase, np.full((1500, 1), wavelength))
        relative = sed.flux(*args, difference=True) / (
            sed.flux(*args) - sed.flux(*args, difference=True)
        )
        # For a scatter of 0.5 mag, the mean flux is 0.11 above the flux at the mean magnitude.
        assert abs(np.mean(relative)) < 0.04


def test_spectra_of_nuclei_have_broad_lines_of_the_equivalent_width():
    sed = ActiveNucleus()
    objects = _objects(sed, 1)
    objects["walk"] = np.zeros_like(objects["walk"])
    objects |= {key: np.ones(1) for key in objects if key.startswith("strength_")}
    wavelength = np.linspace(4750.0, 4980.0, 4000)[None]
    args = (np.zeros(1, dtype=int), np.zeros(1), wavelength)
    flux = sed.flux(objects, *args)[0]
    without = sed.flux(objects | {"strength_broad": np.zeros(1)}, *args)[0]
    width = np.trapezoid(flux / without - 1.0, wavelength[0])
    assert width == pytest.approx(46.0, rel=0.15)  # Hβ of Vanden Berk et al. (2001)


def test_dwarf_novae_are_galactic_and_erupt_again():
    sed = DwarfNova()
    objects = _objects(sed)
    assert np.all(objects["redshift"] == 0.0)
    np.testing.assert_allclose(objects["distance_modulus"], 5 * np.log10(objects["distance"]) - 5)
    rows = np.arange(100)
    assert np.all(sed.magnitude(objects, rows, np.zeros(100)) == 0)
    again = sed.magnitude(objects, rows, objects["recurrence"])
    np.testing.assert_allclose(again, 0.0, atol=1e-6)
    between = sed.magnitude(objects, rows, -0.45 * objects["recurrence"])
    assert np.median(between) > 2.0
    # The magnitude at maximum is the one drawn, in the band B of the rest frame.
    assert 3.0 < np.median(objects["peak_abs_mag"]) < 6.0


def test_dwarf_novae_show_emission_in_quiescence():
    sed = DwarfNova()
    objects = _objects(sed, 40)
    rows = np.arange(40)
    wavelength = np.tile([6400.0, 6563.0], (40, 1))
    ratios = []
    for phase in (np.zeros(40), -0.45 * objects["recurrence"]):
        flux = sed.flux(objects, rows, phase, wavelength)
        ratios.append(np.median(flux[:, 1] / flux[:, 0]))
    assert ratios[1] > 1.5 * ratios[0] > 1.0


@pytest.mark.parametrize("sed", [ActiveNucleus(), DwarfNova()], ids=["AGN", "CV"])
def test_light_curves_begin_before_the_peak(sed):
    objects = _objects(sed)
    curves = draw_light_curves(sed, objects, LSST, np.random.default_rng(1))
    assert np.isfinite(curves["flux"]).all()
    assert (curves["time"] < objects["t_peak"][curves.rows] - 10).any()
