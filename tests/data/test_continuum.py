import numpy as np
import pytest

from sklearn_sn.data._continuum import continuum

X = np.linspace(-1, 1, 300)
METHODS = ["spline", "polynomial"]


def _smooth(n_rows=20, seed=0):
    rng = np.random.default_rng(seed)
    return 3 + rng.uniform(-1, 1, (n_rows, 1)) * X + rng.uniform(-1, 1, (n_rows, 1)) * X**2


@pytest.mark.parametrize("method", METHODS)
def test_smooth_continuum_is_found(method):
    truth = _smooth()
    fit = continuum(truth, np.ones(truth.shape, bool), method=method)
    np.testing.assert_allclose(fit, truth, rtol=0.02)


@pytest.mark.parametrize("method", METHODS)
def test_lines_and_spikes_hardly_move_it(method):
    truth = _smooth()
    rng = np.random.default_rng(1)
    flux = truth + rng.normal(0, 0.05, truth.shape)
    flux += 3 * np.exp(-0.5 * ((X - 0.3) / 0.02) ** 2)
    flux[np.arange(20), rng.integers(0, 300, 20)] *= 1e5
    flux[np.arange(20), rng.integers(0, 300, 20)] *= -1e5
    fit = continuum(flux, np.ones(truth.shape, bool), method=method)
    np.testing.assert_allclose(fit, truth, atol=0.1)


def test_few_knots_keep_broad_features():
    truth = _smooth(5)
    feature = 1 + 0.3 * np.sin(2 * np.pi * X / 0.35)
    ratio = {
        n: truth * feature / continuum(truth * feature, np.ones(truth.shape, bool), n_knots=n)
        for n in (5, 25)
    }
    assert np.ptp(ratio[5][:, 50:-50], axis=1).min() > 0.5
    assert np.ptp(ratio[25][:, 50:-50], axis=1).max() < 0.3


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("scale", [1e-300, 1e-17, 1.0, 1e200])
def test_scale_carries_over(method, scale):
    flux = _smooth()
    covered = np.ones(flux.shape, bool)
    np.testing.assert_allclose(
        continuum(flux * scale, covered, method=method) / scale,
        continuum(flux, covered, method=method),
    )


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", ["zero", "negative", "crossing", "constant", "noise", "one line"])
def test_divided_flux_is_finite_and_bounded(method, kind):
    flux = {
        "zero": np.zeros_like(X),
        "negative": -2 - X,
        "crossing": X,
        "constant": np.full_like(X, 3.0),
        "noise": np.random.default_rng(0).normal(size=300),
        "one line": np.where(np.arange(300) == 100, 1.0, 0.0),
    }[kind][None]
    fit = continuum(flux, np.ones(flux.shape, bool), method=method)
    assert (fit > 0).all()
    assert np.abs(flux / fit).max() < 50 or kind == "one line"
    assert np.isfinite(flux / fit).all()
    if kind == "constant":
        np.testing.assert_allclose(fit, 3.0, rtol=1e-3)


@pytest.mark.parametrize("method", METHODS)
def test_uncovered_bins_are_nan_and_ignored(method):
    flux = _smooth()
    covered = np.ones(flux.shape, bool)
    covered[:, :120] = False
    covered[3] = False
    covered[4, 150:] = False
    other = np.where(covered, flux, np.nan)
    fit = continuum(other, covered, method=method)
    np.testing.assert_array_equal(np.isfinite(fit), covered)
    np.testing.assert_array_equal(
        fit, continuum(np.where(covered, flux, 1e9), covered, method=method)
    )
    np.testing.assert_allclose(fit[covered], flux[covered], rtol=0.02)


@pytest.mark.parametrize("method", METHODS)
def test_a_row_does_not_depend_on_the_others(method, monkeypatch):
    flux = _smooth() + np.random.default_rng(0).normal(0, 0.3, (20, 300))
    covered = np.random.default_rng(1).random(flux.shape) < 0.8
    fit = continuum(flux, covered, method=method)
    for row in range(20):
        one = continuum(flux[[row]], covered[[row]], method=method)
        np.testing.assert_array_equal(one[0], fit[row])
    monkeypatch.setattr("sklearn_sn.data._continuum._BLOCK", 3)
    np.testing.assert_array_equal(continuum(flux, covered, method=method), fit)
    assert continuum(flux[:0], covered[:0], method=method).shape == (0, 300)


def test_unknown_method():
    with pytest.raises(ValueError, match="'spline' or 'polynomial'"):
        continuum(np.ones((1, 9)), np.ones((1, 9), bool), method="loess")
