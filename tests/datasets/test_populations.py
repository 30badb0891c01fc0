"""Populations of the exploding classes are consistent."""

import numpy as np
import pytest

from sklearn_sn.datasets._photosphere import reference_curve
from sklearn_sn.datasets._populations import POPULATIONS
from sklearn_sn.datasets._rates import RATES
from sklearn_sn.datasets._seds import REST_BANDS, SED_MODELS

each = pytest.mark.parametrize("name", list(POPULATIONS))


@each
def test_decline_starts_at_the_peak_and_is_monotonic(name):
    population = POPULATIONS[name]
    assert len(population.days) == len(population.decline)
    assert population.days[0] == 0 and population.decline[0] == 0
    assert np.all(np.diff(population.days) > 0)
    assert np.all(np.diff(population.decline) >= 0)


@each
def test_scatters_are_positive_and_times_in_range(name):
    population = POPULATIONS[name]
    assert population.band in REST_BANDS
    assert -22.5 < population.peak_mag < -16.0
    assert 0 < population.peak_scatter < 1.5
    assert 9.0 < population.rise < 40.0 and population.duration >= 60.0
    for field in ("rise_scatter", "colour_scatter", "velocity_scatter", "line_scatter"):
        assert 0.0 < getattr(population, field) < 0.6, field
    assert population.stretch_scatter >= 0.0 and population.host_reddening > 0.0
    assert 1.5 <= population.r_v <= 4.0


def test_every_class_has_a_spectral_model_and_a_rate():
    assert set(POPULATIONS) <= set(SED_MODELS)
    assert set(POPULATIONS) == set(RATES)


def test_order_of_brightness():
    mag = {name: population.peak_mag for name, population in POPULATIONS.items()}
    assert mag["SLSN-I"] < mag["SN Ia"] < mag["SN IIn"] < mag["SN II"]
    assert mag["SN Ia"] < mag["SN Ia-91bg"] < mag["SN Iax"]


def test_fast_decliners_decline_fast():
    # B-band declines in 15 days: near 1.1 mag for SN Ia and 1.9 for 91bg-likes.
    def decline(name, days):
        population = POPULATIONS[name]
        return np.interp(days, population.days, population.decline)

    assert decline("SN Ia", 15.0) == pytest.approx(1.1, abs=0.05)
    assert decline("SN Ia-91bg", 15.0) == pytest.approx(1.85, abs=0.1)
    assert decline("SLSN-I", 15.0) < 0.5


@pytest.mark.parametrize("name", [n for n in POPULATIONS if n not in ("SN II", "SN IIP", "SN IIb")])
def test_light_curve_passes_through_the_table(name):
    population = POPULATIONS[name]
    days = np.array(population.days, dtype=float)
    objects = {"rise": np.array([population.rise]), "stretch": np.ones(1)}
    flux = reference_curve(name, objects, np.zeros(len(days), dtype=int), days)
    np.testing.assert_allclose(-2.5 * np.log10(flux), population.decline, atol=1e-6)
