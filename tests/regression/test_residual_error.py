"""Standard deviations from out-of-fold residuals, for any regressor."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression
from sklearn.tree import DecisionTreeRegressor

from sklearn_sn.persistence import load_model, save_model
from sklearn_sn.regression import ResidualErrorRegressor

RNG = np.random.default_rng(0)


def line(n):
    """Return a line whose scatter is a tenth of its height."""
    X = RNG.uniform(1.0, 5.0, (n, 1))
    return X, X[:, 0] + RNG.normal(scale=0.1 * X[:, 0])


X, Y = line(3000)
X_NEW, Y_NEW = line(4000)


def test_errors_grow_with_the_prediction_and_cover_the_truth():
    model = ResidualErrorRegressor(LinearRegression(), random_state=0).fit(X, Y)
    mean, std = model.predict(X_NEW, return_std=True)
    np.testing.assert_array_equal(mean, model.predict(X_NEW))
    np.testing.assert_allclose(std, 0.1 * X_NEW[:, 0], rtol=0.3)
    pull = np.abs(Y_NEW - mean) / std
    assert abs(np.mean(pull < 1) - 0.683) < 0.03


def test_residuals_are_out_of_fold():
    # An unlimited tree has no residuals on its training objects.
    model = ResidualErrorRegressor(DecisionTreeRegressor(random_state=0), random_state=0)
    assert model.fit(X, Y).std_.min() > 0.05
    twice = model.fit(np.repeat(X, 2, axis=0), np.repeat(Y, 2)).std_.max()
    groups = np.repeat(np.arange(len(X)), 2)
    apart = model.fit(np.repeat(X, 2, axis=0), np.repeat(Y, 2), groups=groups).std_
    assert apart.min() > 0.05
    assert apart.max() > twice


def test_given_predictions_replace_the_folds():
    given = np.full(len(Y), np.nan)
    given[:1000] = Y[:1000] + 2.0
    model = ResidualErrorRegressor(LinearRegression()).fit(X, Y, oof_predictions=given)
    np.testing.assert_allclose(model.std_, 2.0)
    with pytest.raises(ValueError, match="'oof_predictions' must hold one number per object"):
        model.fit(X, Y, oof_predictions=given[:5])


def test_wrong_use_is_named():
    model = ResidualErrorRegressor(LinearRegression())
    with pytest.raises(NotFittedError):
        model.predict(X)
    with pytest.raises(ValueError, match="3000 objects but y has 3 numbers"):
        model.fit(X, Y[:3])
    with pytest.raises(ValueError, match="The 'n_bins' parameter of ResidualErrorRegressor"):
        model.set_params(n_bins=0).fit(X, Y)


def test_is_saved(tmp_path):
    model = ResidualErrorRegressor(LinearRegression(), random_state=0).fit(X, Y)
    save_model(model, tmp_path / "z.snmodel")
    loaded = load_model(tmp_path / "z.snmodel")
    for a, b in zip(loaded.predict(X, True), model.predict(X, True), strict=True):
        np.testing.assert_array_equal(a, b)
