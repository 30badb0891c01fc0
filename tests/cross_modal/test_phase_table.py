"""Means and quantiles by phase."""

import numpy as np

from sklearn_sn.cross_modal._phase_table import PhaseTable


def test_lines_between_the_centres_of_bins():
    phase = np.array([-4.0, -4.0, 0.0, 0.0, 10.0, 10.0])
    bins = PhaseTable([-2.0, 5.0]).fit(phase)
    np.testing.assert_array_equal(bins.centres_, [-4.0, 0.0, 10.0])
    table = np.array([[0.0], [4.0], [14.0]])
    np.testing.assert_allclose(
        bins.between(table, np.array([-9.0, -2.0, 5.0, 99.0]))[:, 0], [0.0, 2.0, 9.0, 14.0]
    )
    # Bins without a spectrum are dropped; one bin suffices.
    assert len(PhaseTable([-2.0, 5.0, 50.0]).fit(phase).centres_) == 3
    one = PhaseTable(1).fit(phase)
    np.testing.assert_array_equal(one.between(np.array([[7.0]]), phase)[:, 0], 7.0)
    assert len(PhaseTable(4).fit(np.zeros(9)).centres_) == 1


def test_gaps_take_what_is_known_elsewhere():
    rng = np.random.default_rng(0)
    phase = np.repeat([0.0, 20.0], 50)
    flux = rng.normal(size=(100, 4)) + np.repeat([0.0, 5.0], 50)[:, None]
    flux[:50, 1] = np.nan
    flux[:, 3] = np.nan
    bins = PhaseTable([10.0]).fit(phase)
    mean, std = bins.moments(flux, phase)
    np.testing.assert_allclose(mean[:, 0], [flux[:50, 0].mean(), flux[50:, 0].mean()])
    assert mean[0, 1] == mean[1, 1] == flux[50:, 1].mean()
    assert np.isfinite(mean).all() and np.isfinite(std).all()
    quantiles = bins.quantiles(flux - 2.5, phase)
    assert np.isfinite(quantiles).all() and (np.diff(quantiles, axis=2) >= 0).all()


def test_quantiles_cover_new_values():
    rng = np.random.default_rng(1)
    inside = []
    for _ in range(300):
        bins = PhaseTable(1).fit(np.zeros(30))
        table = bins.quantiles(rng.normal(size=(30, 1)), np.zeros(30))
        low, high = (bins.at_level(table, level)[0, 0] for level in (0.1, 0.9))
        new = rng.normal(size=100)
        inside.append(np.mean((low <= new) & (new <= high)))
    assert abs(np.mean(inside) - 0.8) < 0.01
