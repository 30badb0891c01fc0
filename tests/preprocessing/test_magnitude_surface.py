"""Gaussian processes of many objects at once."""

import numpy as np
import pytest
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import Kernel

from sklearn_sn.data import Ragged
from sklearn_sn.preprocessing._feature_points import MagnitudePoints
from sklearn_sn.preprocessing._magnitude_surface import (
    MODEL_WAVELENGTHS,
    PHASE_GRID,
    fit_surfaces,
)


def points(*lengths, seed=0):
    """A parabola in time around day 3, redder with time, in random bands."""
    rng = np.random.default_rng(seed)
    n = sum(lengths)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    time = rng.uniform(-20, 40, n)
    log_wavelength = rng.choice(np.log([4500.0, 5450.0, 7700.0]), n)
    magnitude = 18.0 + 0.002 * (time - 3.0) ** 2
    magnitude += rng.normal(0, 0.03, n)
    fields = {"time": time, "log_wavelength": log_wavelength, "magnitude": magnitude}
    fields["error"] = rng.uniform(0.05, 0.1, n)
    ragged = Ragged.from_groups(rows, len(lengths), fields).sort("time")
    return MagnitudePoints(ragged, np.zeros(len(lengths)))


class Reference(Kernel):
    """The kernel of the module, written out for scikit-learn."""

    hyperparameters = ()
    theta = np.empty(0)
    bounds = np.empty((0, 2))

    def __init__(self, scale):
        self.scale = scale

    def __call__(self, X, Y=None, eval_gradient=False):
        Y = X if Y is None else Y
        gap = np.sqrt(3) * np.abs(X[:, :1] - Y[:, 0]) / self.scale
        colour = np.exp(-0.5 * ((X[:, 1:] - Y[:, 1]) / 0.35) ** 2)
        quick, slow = ((1 + g) * np.exp(-g) for g in (gap, gap / 4))
        return quick * colour + slow * (1 + colour)

    def diag(self, X):
        return np.full(len(X), 3.0)

    def is_stationary(self):
        return True


def test_equals_the_gaussian_processes_of_scikit_learn():
    data = points(14, 9)
    fit = fit_surfaces(data)
    for row in range(2):
        own = data.points.take([row])
        X = np.column_stack([own["time"], own["log_wavelength"]])
        mean = np.median(own["magnitude"]) + 1.0
        models = {
            scale: GaussianProcessRegressor(Reference(scale), alpha=own["error"] ** 2).fit(
                X, own["magnitude"] - mean
            )
            for scale in (8.0, 20.0, 50.0)
        }
        evidence = {s: model.log_marginal_likelihood_value_ for s, model in models.items()}
        best = max(evidence, key=evidence.get)
        assert fit.time_scale[row] == best
        # The constant of the likelihood is left out.
        constant = 0.5 * np.log(2 * np.pi)
        assert fit.evidence[row] == pytest.approx(evidence[best] / len(X) + constant, abs=1e-9)
        colour = np.full(len(PHASE_GRID), np.log(MODEL_WAVELENGTHS["R"]))
        grid = np.column_stack([fit.peak[row] + PHASE_GRID, colour])
        value, deviation = models[best].predict(grid, return_std=True)
        band = 1 + list(MODEL_WAVELENGTHS).index("R")
        np.testing.assert_allclose(fit.magnitude[row, band], mean + value, atol=1e-8)
        np.testing.assert_allclose(fit.error[row, band], deviation, atol=2e-3)


def test_the_maximum_is_found_between_the_points():
    fit = fit_surfaces(points(60, 40))
    np.testing.assert_allclose(fit.peak, 3.0, atol=1.5)
    assert fit.at_start.tolist() == fit.at_end.tolist() == [0.0, 0.0]


def test_a_light_curve_that_only_declines_or_rises_says_so():
    time = np.arange(0.0, 30.0, 3.0)
    both = np.concatenate([17 + 0.05 * time, 20 - 0.05 * time])
    fields = {
        "time": np.tile(time, 2),
        "log_wavelength": np.full(20, np.log(5450.0)),
        "magnitude": both,
        "error": np.full(20, 0.05),
    }
    fit = fit_surfaces(MagnitudePoints(Ragged(fields, [0, 10, 20]), np.zeros(2)))
    assert fit.at_start.tolist() == [1.0, 0.0]
    assert fit.at_end.tolist() == [0.0, 1.0]
    np.testing.assert_allclose(fit.peak, [0.0, 27.0])


def test_neither_other_objects_nor_padding_change_a_fit():
    data = points(5, 60, 1, 0, 8)
    fit = fit_surfaces(data)
    for row in range(5):
        one = MagnitudePoints(data.points.take([row]), data.centre[[row]])
        alone = fit_surfaces(one)
        np.testing.assert_array_equal(alone.magnitude[0], fit.magnitude[row])
        np.testing.assert_array_equal(alone.error[0], fit.error[row])
    assert np.isnan(fit.magnitude[3]).all()
    assert np.isfinite(fit.magnitude[[0, 1, 2, 4]]).all()


def test_uncertainty_grows_away_from_the_points():
    fit = fit_surfaces(points(30))
    error = fit.error[0, 0]
    assert error[PHASE_GRID == 0] < 0.1
    assert error[-1] > 0.5
