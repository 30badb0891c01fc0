from dataclasses import replace

import numpy as np
import pytest

from sklearn_sn.datasets import _detectable, _simulation
from sklearn_sn.datasets._candidates import draw_candidates, scale_to_magnitude, take_objects
from sklearn_sn.datasets._detectable import MARGIN, detectable, estimate_flux, needs_estimate
from sklearn_sn.datasets._photosphere import Photosphere
from sklearn_sn.datasets._populations import POPULATIONS
from sklearn_sn.datasets._simulation import band_flux, draw_light_curves, draw_triggered, triggered
from sklearn_sn.datasets._survey_table import SURVEY_TABLE
from sklearn_sn.datasets._surveys import Survey, get_survey
from sklearn_sn.datasets._variables import ActiveNucleus
from sklearn_sn.datasets._visits import flux_errors


def candidates(name, survey, redshift, n):
    sed = Photosphere(name)
    objects = draw_candidates(sed, survey, redshift, n, np.random.default_rng(1))
    scale_to_magnitude(sed, objects)
    return sed, objects


@pytest.mark.parametrize("redshift", [(0.003, 0.15), (0.2, 1.0)])
@pytest.mark.parametrize("name", [name for name in POPULATIONS if name != "SN IIn"])
def test_true_fluxes_are_below_the_estimate_with_its_margin(name, redshift):
    for survey in map(get_survey, SURVEY_TABLE):
        sed, objects = candidates(name, survey, redshift, 60)
        rng = np.random.default_rng(2)
        rows, band = np.repeat(np.arange(60), 40), rng.integers(len(survey.bands), size=2400)
        start = -objects["rise"][rows]
        phase = start + (sed.duration - start) * rng.random(2400)
        points = (rows, phase * (1 + objects["redshift"][rows]), band, survey)
        ratio = band_flux(sed, objects, *points) / estimate_flux(sed, objects, *points, band_flux)
        assert np.nanmax(ratio) < 1.0 + 0.6 * (MARGIN - 1.0)
        assert np.nanmedian(ratio) == pytest.approx(1.0, abs=0.03)


def test_estimates_are_dark_before_the_explosion():
    survey = get_survey("ztf")
    sed, objects = candidates("SN II", survey, (0.01, 0.1), 5)
    points = (np.arange(5), np.full(5, -60.0), np.zeros(5, dtype=int), survey)
    assert np.all(estimate_flux(sed, objects, *points, band_flux) == 0)


@pytest.mark.parametrize("snr", [3.0, 5.0])
def test_detections_are_detectable(snr):
    survey = replace(get_survey("ztf"), detection_snr=snr)
    rng = np.random.default_rng(0)
    truth, limit = np.exp(rng.normal(3.0, 2.0, 20000)), np.exp(rng.normal(3.0, 0.3, 20000))
    noise = rng.standard_normal(20000)
    error = flux_errors(survey, truth, limit)
    detected = truth + error * noise > snr * error
    for factor in (1.01 / MARGIN, 1.0):
        possible = detectable(survey, factor * truth, limit, noise)
        assert np.all(possible[detected])
        assert possible.mean() < detected.mean() + 0.2


def test_estimates_are_for_many_visits_to_photospheres():
    survey = get_survey("ztf")
    assert needs_estimate(Photosphere("SN Ia"), survey, 10, 1000)
    assert not needs_estimate(Photosphere("SN Ia"), survey, 10, 100)
    assert not needs_estimate(Photosphere("SN IIn"), survey, 10, 1000)
    assert not needs_estimate(ActiveNucleus(), survey, 10, 1000)


def test_bands_with_a_leak_are_not_estimated():
    # Most of the flux of a red supernova in UVW2 is the light that leaks in above 3000 Å.
    wavelength = [1600.0, 1900.0, 2100.0, 2500.0, 3000.0, 3500.0, 5000.0, 6000.0]
    leaking = (np.array(wavelength), np.array([0, 1, 1, 0.25, 0.03, 0.02, 0.01, 0]))
    survey = Survey("uvot", ("uvotuvw2",), 20.0, 1.0, curves={"uvotuvw2": leaking})
    assert not needs_estimate(Photosphere("SN Ia"), survey, 10, 10000)
    assert needs_estimate(Photosphere("SN Ia"), replace(survey, curves=None), 10, 10000)


@pytest.mark.parametrize("survey", list(SURVEY_TABLE))
@pytest.mark.parametrize("name", ["SN Ia", "SN IIn", "SN II"])
def test_samples_are_those_of_all_fluxes(name, survey, monkeypatch):
    arguments = (Photosphere(name), get_survey(survey), (0.01, 0.08), 40, 4)
    monkeypatch.setattr(_detectable, "_GAIN", 0.0)
    fast, fast_curves, n_fast = draw_triggered(*arguments, np.random.default_rng(3))
    monkeypatch.setattr(_detectable, "_GAIN", np.inf)
    slow, slow_curves, n_slow = draw_triggered(*arguments, np.random.default_rng(3))
    assert n_fast == n_slow
    for key, values in slow.items():
        np.testing.assert_array_equal(fast[key], values)
    np.testing.assert_array_equal(fast_curves.lengths, slow_curves.lengths)
    for key in ("time", "band", "flux", "flux_err", "true_flux", "limit"):
        np.testing.assert_allclose(fast_curves[key], slow_curves[key], rtol=1e-12)


def test_samples_are_those_of_the_trigger_and_a_cut_in_time():
    survey, n = get_survey("ztf"), 200
    sed, objects = candidates("SN Ia", survey, (0.03, 0.12), n)
    curves = draw_light_curves(sed, objects, survey, np.random.default_rng(4))
    good = np.flatnonzero(triggered(survey, curves, 4))
    assert 20 < len(good) < n
    found, kept, n_good = _simulation._draw_detected(
        sed, objects, survey, 4, 10, np.random.default_rng(4)
    )
    assert n_good == len(good)
    np.testing.assert_array_equal(found, good[:10])
    curves = curves.take(good[:10])
    detections = curves.filter(curves["flux"] > survey.detection_snr * curves["flux_err"])
    first, last = (detections.reduce(kind, "time")[curves.rows] for kind in ("min", "max"))
    inside = (curves["time"] >= first - survey.baseline) & (curves["time"] <= last + 15.0)
    curves = curves.filter(inside)
    np.testing.assert_array_equal(kept["time"], curves["time"])
    np.testing.assert_allclose(kept["flux"], curves["flux"], rtol=1e-12)
    peaks = take_objects(objects, found)["t_peak"][kept.rows]
    assert np.all(np.abs(kept["time"] - peaks) < 300)
