"""The regressor of light curves."""

import numpy as np
import pytest
from sklearn.compose import TransformedTargetRegressor
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import cross_val_predict
from sklearn.multioutput import MultiOutputRegressor

from sklearn_sn.data import DataQualityWarning
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import LightCurveTransceiver, LightCurveTransformer
from sklearn_sn.regression import LightCurveRegressor
from tests.conftest import with_encoder


def make(kind=LightCurveTransformer, **params):
    small = {"d_model": 16, "n_layers": 1, "max_epochs": 2, "batch_size": 16, "random_state": 0}
    return with_encoder(LightCurveRegressor, kind, **{**small, **params})


@pytest.mark.parametrize("loss", ["squared_error", "gaussian"])
def test_learns_redshift(loss):
    X, _ = make_supernovae(
        160, classes=["SN Ia"], surveys="ztf", modalities=["light_curve"], random_state=0
    )
    z = X["redshift"].to_numpy()
    answer = cross_val_predict(make(loss=loss, max_epochs=25, lr=3e-3), X, z, cv=2)
    assert np.mean((answer - z) ** 2) < 0.6 * z.var()


def test_a_transceiver_learns_redshift_and_several_numbers():
    X, _, truth = make_supernovae(
        160,
        classes=["SN Ia"],
        surveys="ztf",
        modalities=["light_curve"],
        return_truth=True,
        random_state=0,
    )
    model = make(LightCurveTransceiver, max_epochs=25, lr=3e-3)
    y = truth[["redshift", "distance_modulus"]].to_numpy()
    answer = cross_val_predict(MultiOutputRegressor(model), X, y, cv=2)
    assert (np.mean((answer - y) ** 2, axis=0) < 0.6 * y.var(axis=0)).all()
    fitted = make(LightCurveTransceiver).fit(X, y[:, 0])
    assert type(fitted.net_.module_.encoder).__name__ == "LightCurveTransceiverModule"
    assert not {"band_encoding", "encoder__band_encoding"} & fitted.get_params().keys()


def test_width_follows_the_scatter():
    """Half the objects have targets that scatter ten times as much as the others'."""
    X, y = make_supernovae(
        200, classes=["SN Ia", "SLSN-I"], modalities=["light_curve"], random_state=0
    )
    noise = np.where(y == "SN Ia", 0.1, 1.0)
    target = noise * np.random.default_rng(0).normal(size=200)
    model = make(loss="gaussian", max_epochs=40, lr=3e-3, augmentation=False).fit(X, target)
    mean, std = model.predict(X, return_std=True)
    assert mean.shape == std.shape == (200,) and (std > 0).all()
    assert std[y == "SLSN-I"].mean() > 2 * std[y == "SN Ia"].mean()


def test_scale_of_the_target_is_of_no_concern(supernovae):
    X, _ = supernovae
    z = X["redshift"].to_numpy()
    one, other = make().fit(X, z), make().fit(X, 1e6 * z - 5e4)
    np.testing.assert_allclose(other.predict(X), 1e6 * one.predict(X) - 5e4, rtol=1e-3, atol=10.0)


def test_an_object_without_light_curve_gets_the_mean(supernovae):
    X, _ = supernovae
    z = X["redshift"].to_numpy()
    model = make(loss="gaussian").fit(X, z)
    gap = X.assign(light_curve=[None, *X["light_curve"].iloc[1:]])
    with pytest.warns(DataQualityWarning, match="1 objects have no usable light curve"):
        mean, std = model.predict(gap, return_std=True)
    assert mean[0] == pytest.approx(z.mean()) and std[0] == pytest.approx(z.std())


def test_constant_target(supernovae):
    model = make().fit(supernovae[0], np.full(60, 0.1))
    assert np.isfinite(model.predict(supernovae[0])).all()


def test_weights_move_the_mean(supernovae):
    X, _ = supernovae
    z = X["redshift"].to_numpy()
    model = make().fit(X, z, sample_weight=(z > np.median(z)) * 1.0)
    assert model.target_mean_ == pytest.approx(z[z > np.median(z)].mean())


def test_refusals(supernovae):
    X, _ = supernovae
    z = X["redshift"].to_numpy()
    with pytest.raises(ValueError, match="NaN or infinity"):
        make().fit(X, np.where(np.arange(60) == 3, np.nan, z))
    with pytest.raises(ValueError, match="60 objects but y has 59 numbers"):
        make().fit(X, z[1:])
    with pytest.raises(ValueError, match="at least one non-zero"):
        make().fit(X, z, sample_weight=np.zeros(60))
    with pytest.raises(ValueError, match="return_std needs loss='gaussian'"):
        make().fit(X, z).predict(X, return_std=True)


def test_transformed_target(supernovae):
    X, _ = supernovae
    model = TransformedTargetRegressor(make(), func=np.log1p, inverse_func=np.expm1)
    assert model.fit(X, X["redshift"]).predict(X).shape == (60,)


def test_a_pretrained_encoder_of_another_kind_is_refused(supernovae):
    X, _ = supernovae
    first = make(n_heads=2, max_epochs=1).fit(X, X["redshift"])
    other = LightCurveRegressor(
        max_epochs=1, encoder="transceiver", pretrained=FrozenEstimator(first)
    )
    with pytest.raises(ValueError, match=r"'encoder' parameter is LightCurveTransceiver\(\)"):
        other.fit(X, X["redshift"])
