"""The convolutional regressor of spectra."""

import numpy as np
import pytest

from sklearn_sn.data import DataQualityWarning, as_ragged
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import SpectraNet
from sklearn_sn.regression import SpectraNetRegressor
from tests.conftest import with_encoder

TINY = {
    "widths": (8, 12),
    "kernels": ((3, 9, 31), (3, 5, 9)),
    "latent_dim": 12,
    "n_bins": 64,
    "max_epochs": 2,
    "batch_size": 16,
    "random_state": 0,
}


def make(**params):
    return with_encoder(SpectraNetRegressor, SpectraNet, **{**TINY, **params})


def lines(n=200, seed=0):
    """Spectra as an array, and where their line is; half of them are noise."""
    rng = np.random.default_rng(seed)
    y = rng.uniform(20, 60, n)
    noise = np.where(rng.random(n) < 0.5, 0.02, 5.0)
    line = np.exp(-0.5 * ((np.arange(80) - y[:, None]) / 4.0) ** 2)
    return line + noise[:, None] * rng.normal(size=(n, 80)), y, noise


def test_errors_are_larger_where_the_spectrum_says_less():
    X, y, _ = lines()
    params = {"max_epochs": 40, "lr": 0.01, "latent_dim": 32, "augmentation": False}
    model = make(**params).fit(X, y)
    X, y, noise = lines(seed=1)
    mean, std = model.predict(X, return_std=True)
    np.testing.assert_array_equal(mean, model.predict(X))
    quiet = noise < 0.1
    error = np.abs(mean - y)
    assert error[quiet].mean() < 3.0
    assert np.median(std[~quiet]) > 2.0 * np.median(std[quiet])


def test_without_a_width_there_is_no_error():
    X, y, _ = lines(40)
    model = make(loss="squared_error").fit(X, y)
    with pytest.raises(ValueError, match="return_std needs loss='gaussian'"):
        model.predict(X, return_std=True)
    assert as_ragged(model.predict_per_spectrum(X)).fields.keys() == {"time", "mean"}


@pytest.mark.parametrize("combine", ["mean", "geometric"])
def test_spectra_of_one_object_are_combined(combine):
    X, _ = make_supernovae(40, modalities=["spectrum"], n_spectra=(1, 4), random_state=0)
    model = make(combine=combine).fit(X, X["redshift"])
    X = X.assign(spectrum=[None, *X["spectrum"].iloc[1:]])
    missing = "1 objects have no usable spectrum"
    with pytest.warns(DataQualityWarning, match=missing):
        mean, std = model.predict(X, return_std=True)
    with pytest.warns(DataQualityWarning, match=missing):
        flat = as_ragged(model.predict_per_spectrum(X))
    assert (mean[0], std[0]) == (model.target_mean_, model.target_scale_)
    assert flat.lengths[0] == 0 and flat.lengths.max() > 2
    for row in range(1, 40):
        own = slice(flat.offsets[row], flat.offsets[row + 1])
        each, width = flat["mean"][own], flat["std"][own]
        if combine == "mean":
            expected = each.mean()
            spread = np.sqrt((width**2 + each**2).mean() - expected**2)
        else:
            expected = np.average(each, weights=width**-2)
            spread = (width**-2).mean() ** -0.5
        np.testing.assert_allclose([mean[row], std[row]], [expected, spread], rtol=1e-5)


def test_shifts_of_the_grid_are_off_by_default():
    X, y, _ = lines(20)
    model = make(max_epochs=1).fit(X, y)
    assert model.preprocessor_.max_shift == model.encoder_.max_shift == 0.0
    assert model.encoder_.dropout == 0.0
    assert make(max_epochs=1, max_shift=0.1).fit(X, y).preprocessor_.max_shift == 0.1


@pytest.mark.parametrize("y", [[], [1.0, np.nan]])
def test_numbers_must_be_finite_and_some(y):
    X = np.ones((len(y), 10))
    with pytest.raises(ValueError, match="y "):
        make().fit(X, y)
