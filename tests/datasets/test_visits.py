from dataclasses import replace

import numpy as np
import pytest
from astropy.coordinates import get_body, get_sun
from astropy.time import Time
from astropy.utils import iers
from scipy.stats import kstest

from sklearn_sn.datasets._supernovae import make_supernovae
from sklearn_sn.datasets._surveys import get_survey
from sklearn_sn.datasets._visits import (
    _EQUINOX,
    _YEAR,
    draw_limits,
    draw_peak_dates,
    draw_visits,
    flux_errors,
    moon_illumination,
)


def _errors(survey, flux, band, time):
    return flux_errors(survey, flux, draw_limits(survey, band, time, np.random.default_rng(0)))


SURVEY = replace(get_survey("ztf"), lost=0.0, clouds=(1e4, 0.0), moon_gap=0.0, season=365.25)


def _visits(survey, n=200, span=400.0, seed=0):
    rng = np.random.default_rng(seed)
    ra = rng.uniform(0, 360, n)
    start = np.full(n, 59000.0)
    return (*draw_visits(survey, start, start + span, ra, rng), ra)


def test_visits_are_sorted_and_within_the_window():
    rows, time, band, _ = _visits(get_survey("lsst"))
    assert time.min() >= 59000 and time.max() <= 59400
    assert set(band) == set(range(6))
    assert np.all(np.diff(rows) >= 0)
    assert np.all(np.diff(time)[np.diff(rows) == 0] >= 0)


def test_cadence_is_as_requested():
    _, _, band, _ = _visits(replace(SURVEY, cadences=(3.0, 7.0)))
    counts = np.bincount(band) / 200
    np.testing.assert_allclose(counts, [400 / 3, 400 / 7], rtol=0.03)
    _, _, band, _ = _visits(replace(SURVEY, cadences=(3.0, 7.0), lost=0.4))
    np.testing.assert_allclose(np.bincount(band) / 200, 0.6 * counts, rtol=0.04)


def test_rubin_makes_the_visits_it_reports():
    # Ten years; a share of 0.8 more in one season is less in the next.
    _, _, band, _ = _visits(get_survey("lsst"), n=60, span=3652.0)
    np.testing.assert_allclose(np.bincount(band) / 60, [56, 80, 184, 184, 160, 160], rtol=0.06)


def test_seasons_are_when_the_sun_is_far():
    with iers.conf.set_temp("auto_download", False):
        rows, time, _, ra = _visits(replace(SURVEY, season=180.0))
        sun = get_sun(Time(time[::50], format="mjd")).ra.deg
    apart = np.abs((ra[rows][::50] - sun + 180.0) % 360.0 - 180.0)
    assert apart.min() > 80.0


def test_moon_is_full_when_it_is():
    with iers.conf.set_temp("auto_download", False):
        time = np.linspace(58000.0, 61000.0, 300)
        when = Time(time, format="mjd")
        apart = get_body("moon", when).separation(get_sun(when), origin_mismatch="ignore").rad
    assert np.abs(moon_illumination(time) - 0.5 * (1.0 - np.cos(apart))).max() < 0.2


def test_gaps_at_full_moon_and_in_clouds():
    _, time, band, _ = _visits(replace(SURVEY, moon_gap=(10.0, 0.0)))
    bright = moon_illumination(time) > 0.85
    assert not bright[band == 0].any() and bright[band == 1].any()
    _, clear, _, _ = _visits(SURVEY)
    _, cloudy, _, _ = _visits(replace(SURVEY, clouds=(20.0, 10.0)))
    # A third of the time is cloudy: exp(-10 / 20) of it is not, gaps overlapping.
    assert len(cloudy) / len(clear) == pytest.approx(np.exp(-0.5), abs=0.05)


def test_rolling_gives_every_second_season_to_half_of_the_fields():
    survey = replace(SURVEY, rolling=0.8)
    rows, time, _, ra = _visits(survey, n=400, span=360.0)
    season = np.round((time - _EQUINOX - (ra[rows] / 360 - 0.5) * _YEAR) / _YEAR)
    key, counts = np.unique(rows * 1000 + season, return_counts=True)
    long_enough = counts > 5
    _, plain, _, _ = _visits(SURVEY, n=400, span=360.0)
    assert len(time) == pytest.approx(len(plain), rel=0.1)
    rate = np.sort(counts[long_enough] / np.median(counts))
    assert rate[-1] > 3 * rate[0]
    assert len(key) > 400


def test_follow_up_observes_its_bands_in_the_same_nights():
    survey = get_survey("followup")
    rows, time, band, _ = _visits(survey, n=100, span=60.0)
    sets = {frozenset(survey.bands.index(b) for b in names) for names, _ in survey.band_sets}
    seen = [set(band[rows == row]) for row in range(100)]
    assert all(any(found <= names for names in sets) for found in seen)
    nights = np.array([len(np.unique(np.floor(time[rows == row]))) for row in range(100)])
    counts = np.bincount(rows, minlength=100)[nights > 0] / nights[nights > 0]
    assert np.median(counts) > 2


@pytest.mark.parametrize("dates", [(60000.0, 60030.0), (58200.0, 60600.0)])
@pytest.mark.parametrize("season", [60.0, 240.0, 365.25])
def test_peaks_fall_evenly_into_dates_and_seasons(dates, season):
    survey = replace(get_survey("ztf"), dates=dates, season=season)
    peaks, ra = draw_peak_dates(survey, 3000, np.random.default_rng(1))
    assert peaks.min() >= dates[0] and peaks.max() <= dates[1]
    assert kstest(peaks, "uniform", (dates[0], dates[1] - dates[0])).pvalue > 1e-3
    assert ra.min() >= 0 and ra.max() < 360
    with iers.conf.set_temp("auto_download", False):
        sun = get_sun(Time(peaks, format="mjd")).ra.deg
    # Days from opposition; the true Sun is up to 6 degrees beside the mean one.
    day = ((sun - ra) % 360.0 - 180.0) * 365.25 / 360.0
    if season < 300:
        assert day.min() > -0.5 * season - 47 and day.max() < 0.5 * season + 7
        assert day.min() < -0.5 * season - 33 and day.max() > 0.5 * season - 7
        assert np.median(day) == pytest.approx(-20.0, abs=0.05 * season + 4)


def test_light_curves_of_short_surveys_peak_in_their_dates():
    survey = replace(get_survey("ztf"), dates=(60000.0, 60030.0))
    _, _, truth = make_supernovae(
        40, classes={"SN Ia": 1, "CV": 1}, surveys=survey, modalities=["light_curve"],
        random_state=0, return_truth=True,
    )  # fmt: skip
    assert truth["t_peak"].between(60000.0, 60030.0).all()


def test_errors_are_a_fifth_at_the_depth():
    survey = replace(SURVEY, depth_scatter=0.0, moon_loss=0.0)
    for band in (0, 1):
        flux = np.array([10.0 ** (-0.4 * (survey.depths[band] - 23.9))])
        error = _errors(survey, flux, np.array([band]), np.zeros(1))
        assert flux[0] / error[0] == pytest.approx(5.0, rel=0.01)
    bright = np.array([1e7])
    error = _errors(survey, bright, np.zeros(1, int), np.zeros(1))
    assert error[0] / 1e7 == pytest.approx(survey.systematic, rel=0.02)


def test_moonlight_costs_depth():
    survey = replace(SURVEY, depth_scatter=0.0, moon_loss=1.0)
    full = 51549.76 + 0.5 * 29.530589
    times = np.array([51549.76, full])
    errors = _errors(survey, np.zeros(2), np.zeros(2, int), times)
    assert errors[1] / errors[0] == pytest.approx(10.0**0.4)
