from dataclasses import replace

import numpy as np
import pytest
from astropy.cosmology import Planck18
from scipy.stats import kstest

from sklearn_sn.data._ragged import Ragged
from sklearn_sn.datasets._candidates import draw_candidates, scale_to_magnitude
from sklearn_sn.datasets._passbands import band_samples, mean_flux_density, top_hat
from sklearn_sn.datasets._photosphere import Photosphere
from sklearn_sn.datasets._populations import POPULATIONS
from sklearn_sn.datasets._seds import REST_BANDS
from sklearn_sn.datasets._simulation import (
    band_flux,
    draw_light_curves,
    draw_triggered,
    observed_flux,
    triggered,
)
from sklearn_sn.datasets._spectrographs import Spectrograph
from sklearn_sn.datasets._spectroscopy import draw_spectra
from sklearn_sn.datasets._survey_table import SURVEY_TABLE
from sklearn_sn.datasets._surveys import get_survey

CLASSES = list(POPULATIONS)
ZTF = get_survey("ztf")


def candidates(name, n=50, redshift=(0.03, 0.1), dustless=True):
    objects = draw_candidates(Photosphere(name), ZTF, redshift, n, np.random.default_rng(0))
    scale_to_magnitude(Photosphere(name), objects)
    if dustless:
        objects["ebv"] = objects["ebv_host"] = np.zeros(n)
    return objects


def moved(objects, redshift):
    """The same objects at another redshift."""
    modulus = Planck18.distmod(redshift).value
    return objects | {"redshift": redshift, "distance_modulus": modulus}


@pytest.mark.parametrize("name", CLASSES)
def test_band_at_peak_gives_the_drawn_absolute_magnitude(name):
    objects = candidates(name)
    redshift, rows = objects["redshift"], np.arange(50)
    wavelength = REST_BANDS["B"] * (1 + redshift[:, None])
    flux = mean_flux_density(
        observed_flux(Photosphere(name), objects, rows, np.zeros(50), wavelength), wavelength
    )
    # In the band that is the rest-frame B of the object, the K correction is 2.5 log10(1 + z).
    apparent = 23.9 - 2.5 * np.log10(flux)
    absolute = apparent - objects["distance_modulus"] + 2.5 * np.log10(1 + redshift)
    np.testing.assert_allclose(absolute, objects["peak_abs_mag"], atol=1e-6)


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("phase", [-4.0, 15.0])
def test_k_correction_is_that_of_an_independent_computation(name, phase):
    """m_R = M_Q + μ + K_QR with K of Hogg et al. (2002, arXiv:astro-ph/0210394, eq. 8)."""
    sed, survey = Photosphere(name), get_survey("lsst")
    near = candidates(name, n=6)
    redshift = np.array([0.02, 0.08, 0.15, 0.25, 0.35, 0.45])
    far = moved(near, redshift)
    rest_band, seen_band = 2, 3
    days = phase * (1 + redshift)
    seen = band_flux(sed, far, np.arange(6), days, np.full(6, seen_band), survey)
    apparent = 23.9 - 2.5 * np.log10(seen)
    # The spectrum at 10 pc, at rest, on a fine grid; everything below is plain integration.
    here = moved(near, np.full(6, 1e-9)) | {"distance_modulus": np.zeros(6)}
    grid = np.geomspace(4500.0, 9500.0, 6000)
    phases = np.full(6, phase)
    luminosity = observed_flux(sed, here, np.arange(6), phases, np.tile(grid, (6, 1)))

    def integral(values, curve, wavelength):
        keep = (wavelength >= curve[0][0]) & (wavelength <= curve[0][-1])
        w = wavelength[keep]
        above = np.trapezoid(values[keep] * w, w)
        return above / np.trapezoid(1.0 / w, w)

    for row, z in enumerate(redshift):
        curve_q, curve_r = (survey.curve(survey.bands[b]) for b in (rest_band, seen_band))
        absolute = 23.9 - 2.5 * np.log10(integral(luminosity[row], curve_q, grid))
        # f_λ(λ) dλ = L(λ / (1 + z)) / (1 + z) dλ, both in units of flux at 10 pc.
        shifted = luminosity[row] / (1 + z)
        ratio = integral(shifted, curve_r, grid * (1 + z))
        k_correction = -2.5 * np.log10(ratio / integral(luminosity[row], curve_q, grid))
        expected = absolute + Planck18.distmod(z).value + k_correction
        # Lines of SN IIn are narrower than the samples of a band.
        assert apparent[row] == pytest.approx(expected, abs=0.05 if name == "SN IIn" else 0.015)


@pytest.mark.parametrize("name", [*CLASSES])
@pytest.mark.parametrize("survey", ["ztf-gri", "lsst", "followup"])
def test_bands_integrate_as_a_fine_grid_does(name, survey):
    sed, survey = Photosphere(name), get_survey(survey)
    objects = candidates(name, n=8)
    rows = np.arange(8)
    for band, label in enumerate(survey.bands):
        flux = band_flux(sed, objects, rows, np.full(8, 12.0), np.full(8, band), survey)
        low, high = survey.curve(label)[0][[0, -1]]
        fine = np.tile(low + (high - low) * (np.arange(3000) + 0.5) / 3000, (8, 1))
        phase = 12.0 / (1 + objects["redshift"])
        exact = mean_flux_density(observed_flux(sed, objects, rows, phase, fine), fine)
        error = np.abs(2.5 * np.log10(flux / exact))
        # Lines of SN IIn are narrower than the samples of a band.
        assert error.max() < (0.08 if name == "SN IIn" else 0.025)
        assert np.median(error) < 0.015


@pytest.mark.parametrize("name", CLASSES)
def test_rest_frame_reference_band_peaks_near_t_peak(name):
    objects = candidates(name)
    phase = np.arange(-12.0, 12.5, 0.5)
    band = REST_BANDS[POPULATIONS[name].band]
    rows, phases = np.repeat(np.arange(50), len(phase)), np.tile(phase, 50)
    wavelength = band * (1 + objects["redshift"][rows])[:, None]
    density = observed_flux(Photosphere(name), objects, rows, phases, wavelength)
    flux = mean_flux_density(density, wavelength).reshape(50, -1)
    peak = phase[np.argmax(flux, axis=1)]
    assert np.abs(np.median(peak)) <= 1.0
    assert np.mean(np.abs(peak) < 4.0) > 0.9


def test_twice_as_far_is_fainter_by_distance_and_stretch_alone():
    sed = Photosphere("SN Ia")
    near = candidates("SN Ia")
    rows, phase = np.arange(50), np.zeros(50)
    rest = band_samples(top_hat(5000.0, 800.0))
    far = moved(near, 2 * near["redshift"])
    fluxes = []
    for objects in (near, far):
        wavelength = rest * (1 + objects["redshift"][:, None])
        flux = observed_flux(sed, objects, rows, phase, wavelength)
        fluxes.append(mean_flux_density(flux, wavelength) / (1 + objects["redshift"]))
    dimming = far["distance_modulus"] - near["distance_modulus"]
    np.testing.assert_allclose(-2.5 * np.log10(fluxes[1] / fluxes[0]), dimming, atol=1e-6)


@pytest.mark.parametrize("name", [name for name in CLASSES if name != "TDE"])
def test_supernovae_redden_with_time(name):
    objects, sed = candidates(name), Photosphere(name)
    rows = np.arange(50)
    colours = []
    for phase in (0.0, 20.0):
        days = phase * objects["stretch"] * (1 + objects["redshift"])
        g, r = (band_flux(sed, objects, rows, days, np.full(50, band), ZTF) for band in (0, 1))
        colours.append(np.median(-2.5 * np.log10(g / r)))
    assert colours[1] > colours[0] + 0.05


def test_red_bands_of_sn_ia_have_a_second_maximum():
    objects = moved(candidates("SN Ia", n=1), np.full(1, 0.01))
    objects |= {"stretch": np.ones(1), "colour": np.zeros(1)}
    phase = np.arange(5.0, 45.0)
    band = np.full(len(phase), 5)
    rows = np.zeros(len(phase), dtype=int)
    flux = band_flux(Photosphere("SN Ia"), objects, rows, 1.01 * phase, band, get_survey("lsst"))
    late = (phase > 18) & (phase < 38)
    assert flux[late].max() > 1.1 * flux[(phase > 8) & (phase < 18)].min()
    assert 20 < phase[late][np.argmax(flux[late])] < 37


def test_dust_dims_the_blue_more():
    clean, sed = candidates("SN II"), Photosphere("SN II")
    dusty = clean | {"ebv_host": np.full(50, 0.3)}
    rows, days = np.arange(50), np.zeros(50)
    losses = []
    for band in (0, 1):
        fluxes = [
            band_flux(sed, objects, rows, days, np.full(50, band), ZTF)
            for objects in (dusty, clean)
        ]
        losses.append(-2.5 * np.log10(fluxes[0] / fluxes[1]).mean())
    assert losses[0] > losses[1] + 0.25
    assert losses[1] == pytest.approx(0.3 * 2.3, abs=0.2)


@pytest.mark.parametrize("redshift", [(0.03, 0.1), (0.003, 0.008)])
@pytest.mark.parametrize("survey", list(SURVEY_TABLE))
def test_photometric_pulls_are_unit_normal(survey, redshift):
    objects = candidates("SN II", n=300, dustless=False, redshift=redshift)
    # Offsets of zero points are beyond the errors: the noise is tested without them.
    survey = replace(get_survey(survey), calibration=0.0)
    curves = draw_light_curves(Photosphere("SN II"), objects, survey, np.random.default_rng(2))
    pull = (curves["flux"] - curves["true_flux"]) / curves["flux_err"]
    assert curves.n_points > 3000
    assert kstest(pull, "norm").pvalue > 1e-3
    assert pull.std() == pytest.approx(1.0, abs=0.04)
    assert (curves["flux"] < 0).any()


def test_saturated_points_are_lost():
    objects = candidates("SN Ia", n=100)
    for saturation in (16.0, (17.0, 60.0)):
        survey = replace(ZTF, saturation=saturation)
        curves = draw_light_curves(Photosphere("SN Ia"), objects, survey, np.random.default_rng(0))
        magnitude = 23.9 - 2.5 * np.log10(np.maximum(curves["true_flux"], 1e-9))
        magnitude[curves["true_flux"] == 0] = 99.0
        limit = np.asarray(survey.saturation)[curves["band"]]
        assert np.all(magnitude >= limit)
    assert not np.any((curves["band"] == 1) & (curves["true_flux"] > 0))


def _curves(points):
    """A light curve per list of (time, band, flux); errors of 1."""
    rows = np.repeat(np.arange(len(points)), [len(p) for p in points])
    time, band, flux = np.array([point for p in points for point in p], dtype=float).T
    fields = {"time": time, "band": band.astype(int), "flux": flux, "flux_err": np.ones(len(flux))}
    return Ragged.from_groups(rows, len(points), fields)


def test_trigger_rule_counts_detections_bands_and_nights():
    curves = _curves(
        [
            [(0.4, 0, 9), (0.5, 0, 9), (0.6, 0, 9)],
            [(0.4, 0, 9), (1.4, 0, 9), (5.4, 0, 9)],
            [(0.4, 0, 9), (0.5, 1, 9), (5.4, 1, 4.9)],
            [(0.4, 0, 9), (1.5, 1, 9), (5.4, 1, 9)],
            [(0.4, 0, 4), (1.5, 1, -9), (5.4, 1, 4)],
        ]
    )
    assert triggered(ZTF, curves, 0).tolist() == [True, True, True, True, False]
    assert triggered(ZTF, curves, 3).tolist() == [True, True, False, True, False]
    rule = replace(ZTF, min_bands=2)
    assert triggered(rule, curves, 0).tolist() == [False, False, True, True, False]
    rule = replace(ZTF, min_nights=2)
    assert triggered(rule, curves, 0).tolist() == [False, True, False, True, False]
    rule = replace(ZTF, detection_snr=3.0, min_detections=2)
    assert triggered(rule, curves, 0).tolist() == [True] * 5


def test_trigger_holds_and_baseline_is_kept():
    sed, rng = Photosphere("SN Ia"), np.random.default_rng(5)
    objects, curves, n_drawn = draw_triggered(sed, ZTF, (0.01, 0.1), 100, 4, rng)
    detected = curves["flux"] > 5 * curves["flux_err"]
    assert np.all(curves.reduce("sum", detected.astype(int)) >= 4)
    assert curves.is_sorted("time")
    before = curves["time"] < (objects["t_peak"] - 25 * (1 + objects["redshift"]))[curves.rows]
    assert before.sum() > 20
    assert np.all(curves["true_flux"][before] == 0)
    assert n_drawn >= 1.0


@pytest.mark.parametrize("baseline", [0.0, 15.0, 100.0])
def test_baseline_is_kept_before_the_first_detection(baseline):
    survey = replace(
        *(ZTF,), baseline=baseline, season=365.25, cadences=1.0, lost=0.0, moon_gap=0.0,
        clouds=(1e6, 0.0),
    )  # fmt: skip
    rng = np.random.default_rng(0)
    _, curves, _ = draw_triggered(Photosphere("SN Ia"), survey, (0.03, 0.06), 40, 4, rng)
    detected = curves["flux"] > 5 * curves["flux_err"]
    first = curves.filter(detected).reduce("min", "time")
    before = first - curves.reduce("min", "time")
    assert before.max() <= baseline
    assert before.min() > baseline - 3.0


def test_samples_are_flux_limited():
    # A survey two magnitudes deeper sees 2 mag fainter objects, at equal redshifts.
    sed = Photosphere("SN II")
    faint = []
    for depth in (19.0, 21.0):
        survey = replace(ZTF, depths=depth)
        objects, _, _ = draw_triggered(sed, survey, (0.03, 0.05), 80, 4, np.random.default_rng(0))
        faint.append(np.quantile(objects["peak_abs_mag"], 0.8))
    assert faint[1] > faint[0] + 0.5


def test_spectrum_and_photometry_of_an_object_agree():
    # The noiseless spectrum through ZTF's r equals the photometry of the same instant.
    objects, sed = candidates("SN Ia", n=20, dustless=False), Photosphere("SN Ia")
    rows = np.arange(20)
    device = Spectrograph("fine", (3500.0, 9000.0), 2000.0, 3000)
    drawn = draw_spectra(sed, objects, rows, device, (-5.0, 20.0), np.random.default_rng(4))
    samples = band_samples(ZTF.curve("ztfr"), 40)
    days = drawn["time"][:, 0] - objects["t_peak"]
    direct = band_flux(sed, objects, rows, days, np.ones(20, dtype=int), ZTF)
    for row in range(20):
        flux = np.interp(samples, drawn["wavelength"][row], drawn["true_flux"][row])
        assert mean_flux_density(flux, samples) / 2.99792458e4 == pytest.approx(
            direct[row], rel=0.01
        )


def test_surveys_with_a_peak_limit_follow_bright_objects_only():
    survey = replace(ZTF, peak_limit=(17.0, 0.0))
    objects, _, drawn = draw_triggered(
        Photosphere("SN Ia"), survey, (0.005, 0.1), 100, 1, np.random.default_rng(0)
    )
    peak = objects["peak_abs_mag"] + objects["distance_modulus"]
    peak += 3.1 * objects["ebv"] + 2.0 * objects["ebv_host"]
    assert peak.max() < 17.0
    # Most of a volume lies at its edge: objects near the limit dominate.
    assert np.median(peak) > 15.8
    assert drawn > 5


def test_follow_up_stops_after_a_time_of_its_own():
    objects = candidates("SN II", n=400)
    for stop in ((30.0, 0.0), (30.0, 0.5)):
        survey = replace(ZTF, stop=stop, cadences=1.0, lost=0.0, moon_gap=0.0, clouds=(1e6, 0.01))
        survey = replace(survey, season=365.25)
        curves = draw_light_curves(Photosphere("SN II"), objects, survey, np.random.default_rng(0))
        last = curves.reduce("max", "time") - objects["t_peak"]
        assert stop[1] or np.nanmax(last) <= 30.0
        assert np.nanmedian(last) == pytest.approx(30.0, abs=3.0)
    assert np.nanstd(np.log(last[last > 1.0])) > 0.3


def test_zero_points_differ_between_bands_and_objects():
    objects = candidates("SN Ia", n=400, redshift=(0.01, 0.012))
    survey = replace(ZTF, calibration=0.2, depths=30.0, systematic=0.0, saturation=-np.inf)
    curves = draw_light_curves(Photosphere("SN Ia"), objects, survey, np.random.default_rng(0))
    offset = -2.5 * np.log10(np.clip(curves["flux"] / curves["true_flux"].clip(1.0), 1e-3, None))
    bright = curves["true_flux"] > 100.0
    means = [
        curves.filter(bright & (curves["band"] == band)).reduce(
            "mean", offset[bright & (curves["band"] == band)]
        )
        for band in (0, 1)
    ]
    good = np.isfinite(means[0]) & np.isfinite(means[1])
    assert np.std(means[0][good]) == pytest.approx(0.2, rel=0.15)
    assert abs(np.corrcoef(means[0][good], means[1][good])[0, 1]) < 0.2
    # All points of a band share one offset.
    rest = offset[bright] - means[0][curves.rows[bright]]
    assert np.std(rest[curves["band"][bright] == 0]) < 0.02
