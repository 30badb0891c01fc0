import numpy as np
import pytest
from scipy.stats import kstest

from sklearn_sn.datasets._populations import POPULATIONS, draw_objects, reference_curve
from sklearn_sn.datasets._seds import band_samples, mean_flux_density
from sklearn_sn.datasets._simulation import (
    _amplitude,
    _light_curves,
    band_flux,
    distance_modulus,
    draw_candidates,
    draw_spectra,
    draw_triggered,
    observed_flux,
)
from sklearn_sn.datasets._surveys import SURVEYS, draw_visits

CLASSES = list(POPULATIONS)
OPTIONS = {"snr": (10.0, 10.0), "phase": (-5.0, 20.0), "wavelength": (3500.0, 9000.0)}
OPTIONS["n_pixels"] = 200


def _candidates(name, n=50, redshift=(0.03, 0.1), dustless=True):
    objects = draw_candidates(name, SURVEYS["ztf"], redshift, n, np.random.default_rng(0))
    objects["amplitude"] = _amplitude(name, objects)
    if dustless:
        objects["ebv"] = objects["ebv_host"] = np.zeros(n)
    return objects


def test_distance_modulus_is_planck18():
    from astropy.cosmology import Planck18

    redshift = np.array([0.0123, 0.1, 0.77])
    np.testing.assert_allclose(
        distance_modulus(redshift), Planck18.distmod(redshift).value, atol=1e-3
    )


@pytest.mark.parametrize("name", CLASSES)
def test_band_at_peak_gives_the_drawn_absolute_magnitude(name):
    objects = _candidates(name)
    redshift, rows = objects["redshift"], np.arange(50)
    wavelength = band_samples(4400.0, 980.0, 16) * (1 + redshift[:, None])
    flux = mean_flux_density(
        observed_flux(name, objects, rows, np.zeros(50), wavelength), wavelength
    )
    # In the band that is the rest-frame B of the object, the K correction is 2.5 log10(1 + z).
    apparent = 23.9 - 2.5 * np.log10(flux)
    absolute = apparent - distance_modulus(redshift) + 2.5 * np.log10(1 + redshift)
    np.testing.assert_allclose(absolute, objects["peak_abs_mag"], atol=1e-6)


@pytest.mark.parametrize("name", CLASSES)
def test_rest_frame_reference_band_peaks_near_t_peak(name):
    objects = _candidates(name)
    phase = np.arange(-12.0, 12.5, 0.5)
    centre, width = (4400.0, 980.0) if POPULATIONS[name].band == "B" else (5450.0, 890.0)
    rows, phases = np.repeat(np.arange(50), len(phase)), np.tile(phase, 50)
    wavelength = band_samples(centre, width, 16) * (1 + objects["redshift"][rows])[:, None]
    density = observed_flux(name, objects, rows, phases, wavelength)
    flux = mean_flux_density(density, wavelength).reshape(50, -1)
    peak = phase[np.argmax(flux, axis=1)]
    assert np.abs(np.median(peak)) <= 1.0
    assert np.mean(np.abs(peak) < 4.0) > 0.9


@pytest.mark.parametrize("name", CLASSES)
def test_reference_curve_peaks_at_zero_and_starts_at_explosion(name):
    objects = draw_objects(name, 30, np.random.default_rng(1))
    phase = np.linspace(-100.0, 200.0, 601)
    rows = np.repeat(np.arange(30), 601)
    curve = reference_curve(name, objects, rows, np.tile(phase, 30)).reshape(30, 601)
    assert np.all(curve.max(axis=1) == curve[:, 200])
    np.testing.assert_allclose(curve[:, 200], 1.0)
    assert np.all(curve[phase[None] <= -objects["rise"][:, None]] == 0)


def test_twice_as_far_is_fainter_by_distance_and_stretch_alone():
    name, survey = "SN Ia", SURVEYS["lsst"]
    near = _candidates(name)
    rows, phase = np.arange(50), np.zeros(50)
    rest = band_samples(5000.0, 800.0)
    far = near | {"redshift": 2 * near["redshift"]}
    fluxes = [
        mean_flux_density(
            observed_flux(name, objects, rows, phase, rest * (1 + objects["redshift"][:, None])),
            rest * (1 + objects["redshift"][:, None]),
        )
        / (1 + objects["redshift"])
        for objects in (near, far)
    ]
    dimming = distance_modulus(far["redshift"]) - distance_modulus(near["redshift"])
    np.testing.assert_allclose(-2.5 * np.log10(fluxes[1] / fluxes[0]), dimming, atol=1e-9)
    assert np.all(
        band_flux(name, far, rows, phase, np.full(50, 2), survey)
        < band_flux(name, near, rows, phase, np.full(50, 2), survey)
    )


@pytest.mark.parametrize("name", CLASSES)
def test_supernovae_redden_with_time(name):
    objects = _candidates(name)
    rows, survey = np.arange(50), SURVEYS["ztf"]
    colours = []
    for phase in (0.0, 20.0):
        days = phase * objects["stretch"] * (1 + objects["redshift"])
        g, r = (band_flux(name, objects, rows, days, np.full(50, band), survey) for band in (0, 1))
        colours.append(np.median(-2.5 * np.log10(g / r)))
    assert colours[1] > colours[0] + 0.05


def test_red_bands_of_sn_ia_have_a_second_maximum():
    objects = _candidates("SN Ia", n=1)
    objects |= {"stretch": np.ones(1), "colour": np.zeros(1), "redshift": np.full(1, 0.01)}
    phase = np.arange(5.0, 45.0)
    band = np.full(len(phase), 5)
    rows = np.zeros(len(phase), dtype=int)
    flux = band_flux("SN Ia", objects, rows, 1.01 * phase, band, SURVEYS["lsst"])
    late = (phase > 18) & (phase < 38)
    assert flux[late].max() > 1.1 * flux[(phase > 8) & (phase < 18)].min()
    assert 20 < phase[late][np.argmax(flux[late])] < 37


def test_dust_dims_the_blue_more():
    clean = _candidates("SN II")
    dusty = clean | {"ebv_host": np.full(50, 0.3)}
    rows, days = np.arange(50), np.zeros(50)
    losses = [
        -2.5
        * np.log10(
            band_flux("SN II", dusty, rows, days, np.full(50, band), SURVEYS["ztf"])
            / band_flux("SN II", clean, rows, days, np.full(50, band), SURVEYS["ztf"])
        ).mean()
        for band in (0, 1)
    ]
    assert losses[0] > losses[1] + 0.25
    assert losses[1] == pytest.approx(0.3 * 2.3, abs=0.2)


@pytest.mark.parametrize("survey", list(SURVEYS))
def test_photometric_pulls_are_unit_normal(survey):
    objects = _candidates("SN II", n=300, dustless=False)
    curves = _light_curves("SN II", objects, SURVEYS[survey], np.random.default_rng(2))
    pull = (curves["flux"] - curves["true_flux"]) / curves["flux_err"]
    assert curves.n_points > 3000
    assert kstest(pull, "norm").pvalue > 1e-3
    assert (curves["flux"] < 0).any()


def test_spectral_pulls_are_unit_normal_and_snr_is_the_one_asked():
    objects = _candidates("SN Ib/c", n=60)
    drawn = draw_spectra("SN Ib/c", objects, np.arange(60), OPTIONS, np.random.default_rng(3))
    pull = (drawn["flux"] - drawn["calibrated_flux"]) / drawn["flux_err"]
    assert kstest(pull.ravel(), "norm").pvalue > 1e-3
    snr = np.median(drawn["calibrated_flux"] / drawn["flux_err"], axis=1)
    np.testing.assert_allclose(snr, 10.0, rtol=0.35)


def test_spectrum_and_photometry_of_an_object_agree():
    # The noiseless spectrum through ZTF's r equals the photometry of the same instant.
    objects = _candidates("SN Ia", n=20, dustless=False)
    options = OPTIONS | {"n_pixels": 3000}
    rows = np.arange(20)
    drawn = draw_spectra("SN Ia", objects, rows, options, np.random.default_rng(4))
    survey = SURVEYS["ztf"]
    samples = band_samples(survey.wavelengths[1], survey.widths[1], 40)
    days = drawn["time"][:, 0] - objects["t_peak"]
    direct = band_flux("SN Ia", objects, rows, days, np.ones(20, dtype=int), survey)
    for row in range(20):
        flux = np.interp(samples, drawn["wavelength"][row], drawn["true_flux"][row])
        assert mean_flux_density(flux, samples) / 2.99792458e4 == pytest.approx(
            direct[row], rel=0.01
        )


def test_trigger_holds_and_baseline_is_kept():
    objects, curves = draw_triggered("SN Ia", "ztf", (0.01, 0.1), 100, 4, np.random.default_rng(5))
    detected = curves["flux"] > 5 * curves["flux_err"]
    assert np.all(curves.reduce("sum", detected.astype(int)) >= 4)
    assert curves.is_sorted("time")
    before = curves["time"] < (objects["t_peak"] - 25 * (1 + objects["redshift"]))[curves.rows]
    assert before.sum() > 20
    assert np.all(curves["true_flux"][before] == 0)


def test_visits_avoid_what_lies_outside_the_window():
    start, end = np.full(200, -40.0), np.full(200, 100.0)
    rows, time, band = draw_visits(SURVEYS["lsst"], start, end, np.random.default_rng(6))
    assert time.min() >= -40 and time.max() <= 100
    assert set(band) == set(range(6))
    assert np.all(np.diff(rows) >= 0)
