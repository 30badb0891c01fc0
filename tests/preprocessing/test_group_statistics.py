"""Statistics of the points of each group of bands."""

import numpy as np
import pytest

from sklearn_sn.data import Ragged
from sklearn_sn.preprocessing._group_statistics import group_magnitudes, group_statistics

V, R = 5500.0, 6400.0


def points(wavelength, flux, error=1.0, offsets=None):
    n = len(flux)
    fields = {
        "flux": np.asarray(flux, dtype=np.float64),
        "flux_err": np.full(n, error),
        "wavelength": np.asarray(wavelength, dtype=np.float64),
    }
    return Ragged(fields, [0, n] if offsets is None else offsets)


def test_statistics_equal_those_of_numpy():
    rng = np.random.default_rng(0)
    flux = rng.uniform(1, 100, 20)
    phase = np.sort(rng.uniform(-10, 50, 20))
    wavelength = np.where(np.arange(20) % 2, V, R)
    found = {k: v[0] for k, v in group_statistics(points(wavelength, flux), phase).items()}
    own = wavelength == V
    f, t = flux[own] / flux[own].max(), phase[own]
    centre = np.average(t, weights=f)
    expected = {
        "V_mean": f.mean(),
        "V_deviation": f.std(),
        "V_skew": np.mean((f - f.mean()) ** 3) / f.std() ** 3,
        "V_bright_share": np.mean(f > 0.5),
        "V_low": np.quantile(f, 0.1),
        "V_middle": np.median(f),
        "V_brightest_phase": t[np.argmax(f)],
        "V_centre_phase": centre,
        "V_spread_days": np.sqrt(np.average((t - centre) ** 2, weights=f)),
        "V_first_phase": t[0],
        "V_last_phase": t[-1],
        "V_max_snr": flux[own].max(),
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected)
    assert np.isnan(found["B_mean"])


def test_groups_of_different_objects_stay_apart():
    both = points([V] * 5, [1.0, 3.0, 5.0, 5.0, 2.0], offsets=[0, 3, 3, 5])
    found = group_statistics(both, np.arange(5.0))
    np.testing.assert_allclose(found["V_mean"], [0.6, np.nan, 0.7])
    np.testing.assert_allclose(found["V_first_phase"], [0.0, np.nan, 3.0])


def test_one_point_or_no_positive_flux_gives_no_statistics():
    found = group_statistics(points([V, R, R], [5.0, -1.0, -2.0]), np.zeros(3))
    assert all(np.isnan(value).all() for value in found.values())


def test_magnitudes_of_detections():
    found = group_magnitudes(points([V, V, V, V], [100.0, 10.0, 50.0, 2.0]))
    assert found["V_brightest"][0] == pytest.approx(18.9)
    assert found["V_faintest"][0] == pytest.approx(21.4)
    assert found["V_median"][0] == pytest.approx(23.9 - 2.5 * np.log10(50.0))
    assert np.isnan(found["R_median"][0])
