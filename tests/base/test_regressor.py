"""What network regressors share: standardised targets, standard deviations."""

import numpy as np
import pytest
import torch

from sklearn_sn.losses import GaussianLoss, SquaredErrorLoss
from sklearn_sn.regression import LightCurveRegressor
from tests.base.tiny import regressor


def test_targets_are_standardised():
    y = np.array([1.0, 3.0, 8.0])
    task = regressor()._label_task(y, None)
    assert task.targets["targets"].mean() == pytest.approx(0.0, abs=1e-6)
    assert task.targets["targets"].std() == pytest.approx(1.0, rel=1e-6)
    assert task.targets["targets"].dtype == np.float32
    assert task.attributes == {"target_mean_": 4.0, "target_scale_": pytest.approx(y.std())}
    assert task.strata is None


def test_targets_are_standardised_by_weight():
    times = [1, 5, 2]
    y = np.array([1.0, 3.0, 20.0])
    weighted = regressor()._label_task(y, np.array(times, dtype=float)).attributes
    repeated = regressor()._label_task(np.repeat(y, times), None).attributes
    assert weighted == pytest.approx(repeated)


def test_constant_targets_have_a_scale():
    task = regressor()._label_task(np.full(4, 7.0), None)
    assert task.attributes == {"target_mean_": 7.0, "target_scale_": 1.0}
    assert not task.targets["targets"].any()


@pytest.mark.parametrize(
    ("loss", "criterion", "n_outputs"),
    [("squared_error", SquaredErrorLoss, 1), ("gaussian", GaussianLoss, 2)],
)
def test_losses(loss, criterion, n_outputs):
    task = regressor(loss=loss)._label_task(np.arange(4.0), None)
    assert task.net_params == {"criterion": criterion} and task.n_outputs == n_outputs


def test_units_come_back(supernovae):
    """Targets in other units give the same predictions in these units."""
    X, y = supernovae[0], supernovae[0]["redshift"].to_numpy()
    one = regressor().fit(X, y)
    other = regressor().fit(X, 100.0 * y + 7.0)
    np.testing.assert_allclose(other.predict(X), 100.0 * one.predict(X) + 7.0, rtol=1e-4)


def test_a_gaussian_has_standard_deviations(supernovae):
    X, y = supernovae[0], supernovae[0]["redshift"].to_numpy()
    model = regressor(loss="gaussian").fit(X, y)
    mean, std = model.predict(X, return_std=True)
    assert mean.dtype == std.dtype == np.float64 and (std > 0).all()
    np.testing.assert_array_equal(model.predict(X), mean)
    missing = X.assign(light_curve=[None, *X["light_curve"].iloc[1:]])
    with pytest.warns(UserWarning, match="1 objects have no usable light curve"):
        mean, std = model.predict(missing, return_std=True)
    assert mean[0] == pytest.approx(y.mean()) and std[0] == pytest.approx(y.std())


def test_moments_are_those_of_the_outputs():
    model = LightCurveRegressor(loss="gaussian")
    model.target_mean_, model.target_scale_ = 3.0, 2.0
    outputs = np.array([[0.5, 0.0], [0.0, 2.0], [1.0, -99.0], [9.0, 9.0]], dtype=np.float32)
    mean, std = model._moments(outputs, np.array([True, True, True, False]))
    assert mean.tolist() == [4.0, 3.0, 5.0, 3.0]
    assert std == pytest.approx([2.0, 2 * np.e, 2 * np.exp(-5.0), 2.0])


def test_without_a_gaussian_there_is_no_standard_deviation(supernovae):
    X, y = supernovae[0], supernovae[0]["redshift"].to_numpy()
    model = regressor(loss="squared_error", max_epochs=1).fit(X, y)
    with pytest.raises(ValueError, match="return_std needs loss='gaussian'"):
        model.predict(X, return_std=True)


def test_a_second_fit_keeps_the_scale(supernovae):
    X, y = supernovae[0], supernovae[0]["redshift"].to_numpy()
    model = regressor(warm_start=True, max_epochs=1).fit(X, y)
    mean, scale = model.target_mean_, model.target_scale_
    model.fit(X, 2.0 * y)
    assert (model.target_mean_, model.target_scale_) == (mean, scale)


@pytest.mark.parametrize("value", [np.nan, np.inf, None])
def test_numbers_that_are_not_finite(value, supernovae):
    y = supernovae[0]["redshift"].tolist()
    with pytest.raises(ValueError, match="y holds NaN or infinity"):
        regressor().fit(supernovae[0], [value, *y[1:]])


def test_what_is_explained_is_the_number_in_its_unit():
    model = LightCurveRegressor()
    model.target_mean_, model.target_scale_ = 3.0, 2.0
    outputs = torch.tensor([[0.5, 9.0], [-1.0, 9.0]])
    assert model._explained_values(outputs, None).tolist() == [4.0, 1.0]
    assert model._explained_outputs(np.zeros((3, 2)), None).tolist() == [0, 0, 0]
    with pytest.raises(ValueError, match="explain takes no y for a regressor"):
        model._explained_outputs(np.zeros((3, 2)), np.zeros(3))
