"""Scaled spectra: standardised, over the continuum, without spikes."""

import numpy as np
import pytest

from sklearn_sn.preprocessors._spectrum_scaling import continuum_divided, despiked, standardized

COVERED = np.ones((3, 100), dtype=bool)
COVERED[1, :40] = False


def spectra():
    bins = np.linspace(0.0, 1.0, 100)
    flux = np.stack([2.0 + np.sin(9 * bins), 5.0 - 3.0 * bins, np.full(100, 7.0)])
    return np.where(COVERED, flux, np.nan), np.full((3, 100), 0.1)


def test_standardised_over_the_covered_bins():
    flux, error = spectra()
    values, noise = standardized(flux, error, COVERED)
    for i in (0, 1):
        own = values[i, COVERED[i]]
        assert own.mean() == pytest.approx(0.0, abs=1e-12) and own.std() == pytest.approx(1.0)
    assert not values[~COVERED].any()
    assert not values[2].any()  # a constant spectrum
    np.testing.assert_allclose(noise[0], 0.1 / flux[0].std())
    # Neither level nor scale matters.
    again, _ = standardized(1e-16 * flux + 3e-15, error, COVERED)
    np.testing.assert_allclose(again, values, atol=1e-8)


def test_the_continuum_divides_out():
    bins = np.linspace(0.0, 1.0, 100)
    smooth = np.stack([3.0 + bins, 9.0 - 2.0 * bins, np.full(100, 7.0)])
    values, noise = continuum_divided(smooth, 0.01 * smooth, COVERED)
    np.testing.assert_allclose(values, 0.0, atol=1e-6)
    np.testing.assert_allclose(noise[COVERED], 0.04, rtol=1e-6)
    line = smooth * (1.0 - 0.3 * np.exp(-0.5 * ((bins - 0.6) / 0.01) ** 2))
    values, _ = continuum_divided(line, 0.01 * smooth, COVERED)
    assert values.argmin(axis=1).tolist() == [59, 59, 59]
    assert (values.min(axis=1) < -0.8).all()
    assert not values[~COVERED].any()


def test_spikes_are_clipped_and_absurd_ones_masked():
    flux = np.random.default_rng(0).normal(size=(2, 200))
    covered = np.ones((2, 200), dtype=bool)
    spiked = flux.copy()
    spiked[0, 10], spiked[0, 20] = 40.0, 1e6
    found, left = despiked(spiked, covered)
    assert left[0, 10] and not left[0, 20] and left.sum() == 399
    assert 10.0 < found[0, 10] < 20.0
    rest = np.delete(np.arange(200), [10, 20])
    np.testing.assert_array_equal(found[:, rest], flux[:, rest])


def test_no_spectra_and_constant_ones_pass():
    empty = np.empty((0, 5)), np.empty((0, 5), dtype=bool)
    assert all(len(part) == 0 for part in despiked(*empty))
    flux, covered = np.full((1, 50), 3.0), np.ones((1, 50), dtype=bool)
    found, left = despiked(flux, covered)
    np.testing.assert_array_equal(found, flux)
    assert left.all()


@pytest.mark.parametrize("factor", [1e150, 1e200, 1e300])
def test_very_large_fluxes_do_not_overflow(factor):
    flux = np.array([[1.0, 2.0, 4.0, 3.0], [5.0, 5.0, 6.0, 0.0]])
    covered = np.array([[True] * 4, [True, True, True, False]])
    error = np.full_like(flux, 0.1)
    expected, expected_error = standardized(flux, error, covered)
    found, found_error = standardized(factor * flux, factor * error, covered)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found_error, expected_error, rtol=1e-12)
