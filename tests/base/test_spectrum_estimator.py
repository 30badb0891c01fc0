"""What estimators of spectra share: grids, frames, several spectra of an object."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError

from sklearn_sn.base import SpectrumPredictions
from sklearn_sn.classification import SpectraNetClassifier
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import SpectrumCNN
from sklearn_sn.nets import WeightAverage
from sklearn_sn.regression import SpectraNetRegressor

ENCODER = SpectrumCNN(d_model=4, n_layers=2, n_bins=48, latent_dim=6)
TINY = {"encoder": ENCODER, "max_epochs": 2, "batch_size": 16, "random_state": 0}


@pytest.fixture(scope="module")
def spectra():
    """Objects with one to three spectra."""
    return make_supernovae(30, modalities=["spectrum"], n_spectra=(1, 3), random_state=0)


@pytest.fixture(scope="module")
def model(spectra):
    return SpectraNetClassifier(**TINY).fit(*spectra)


# Predictions -----------------------------------------------------------------


def test_values_are_averaged_over_the_spectra_on_the_grid():
    predictions = SpectrumPredictions(
        latent=None,
        outputs=None,
        on_grid=np.array([True, False, True, True, False]),
        time=None,
        offsets=np.array([0, 3, 4, 4, 5]),
        index=pd.RangeIndex(4),
    )
    values = np.array([[1.0, 10.0], [99.0, 99.0], [3.0, 30.0], [5.0, 50.0], [99.0, 99.0]])
    expected = [[2.0, 20.0], [5.0, 50.0], [np.nan] * 2, [np.nan] * 2]
    np.testing.assert_array_equal(predictions.per_object(values), expected)
    np.testing.assert_array_equal(predictions.per_object(values[:, 0]), [2.0, 5.0, np.nan, np.nan])


def test_there_is_a_prediction_for_each_spectrum(model, spectra):
    X, _ = spectra
    predictions = model._predict_spectra(X)
    n = predictions.offsets[-1]
    assert n > len(X) and predictions.latent.shape == (n, 6) and predictions.outputs.shape == (n, 5)
    assert predictions.on_grid.shape == predictions.time.shape == (n,)
    assert predictions.index.equals(X.index)
    latent = model.transform(X)
    np.testing.assert_allclose(latent, predictions.per_object(predictions.latent), atol=1e-6)


@pytest.mark.parametrize("block", [4, 7])
def test_blocks_change_nothing(model, spectra, monkeypatch, block):
    whole = model._predict_spectra(spectra[0])
    monkeypatch.setattr("sklearn_sn.preprocessors._spectrum.BLOCK", block)
    parts = model._predict_spectra(spectra[0])
    np.testing.assert_allclose(parts.outputs, whole.outputs, atol=1e-5)
    np.testing.assert_array_equal(parts.on_grid, whole.on_grid)


def test_batches_are_bounded_by_bins(model, monkeypatch):
    assert model._predict_limit == 2**17 // 48
    monkeypatch.setattr("sklearn_sn.base._spectrum_estimator.PREDICT_BINS", 10)
    assert model._predict_limit == 1


def test_an_object_without_a_spectrum(model, spectra):
    X, _ = spectra
    X = X.assign(spectrum=[None, *X["spectrum"].iloc[1:]])
    with pytest.warns(UserWarning, match="1 objects have no usable spectrum"):
        np.testing.assert_array_equal(model.transform(X)[0], model.missing_embedding_)
    with pytest.warns(UserWarning, match="1 objects have no usable spectrum"):
        np.testing.assert_allclose(model.predict_proba(X)[0], model.class_prior_)


def test_spectra_off_the_grid_are_reported(model):
    cell = {"wavelength": [9200.0, 9300.0, 9400.0], "flux": [1.0, 2.0, 3.0]}
    X = pd.DataFrame({"spectrum": [cell]}, index=["far"])
    with pytest.warns(UserWarning, match="cover fewer than three bins of the grid.*'far'"):
        latent = model.transform(X)
    np.testing.assert_array_equal(latent[0], model.missing_embedding_)


def test_before_fit(spectra):
    for call in ("transform", "predict", "explain"):
        with pytest.raises(NotFittedError):
            getattr(SpectraNetClassifier(), call)(spectra[0])


# Training --------------------------------------------------------------------


def test_validation_sees_every_spectrum_and_objects_share_their_weight(model, spectra, monkeypatch):
    plans = []
    other = SpectraNetClassifier(**TINY)
    monkeypatch.setattr(type(other), "_train", lambda self, plan: plans.append(plan))
    monkeypatch.setattr(type(other), "_finish_fit", lambda self: self)
    weight = np.linspace(1.0, 2.0, 30)
    other.fit(*spectra, sample_weight=weight)
    (plan,) = plans
    positions = np.array([3, 20, 7])
    valid = other._evaluated_part(plan.dataset, positions)
    prepared = plan.dataset.prepared["spectrum"]
    assert len(valid) == prepared.lengths[positions].sum() and (valid.lengths == 1).all()
    owner = prepared.object_index[valid.rows]
    np.testing.assert_array_equal(np.unique(owner), np.sort(positions))
    for row in positions:
        total = valid.targets["weight"][valid.rows][owner == row].sum()
        assert total == pytest.approx(weight[row] / weight.mean(), rel=1e-6)
    np.testing.assert_array_equal(
        valid.targets["targets"][valid.rows], plan.dataset.targets["targets"][owner]
    )


@pytest.mark.parametrize("decay", [None, 0.9])
def test_weights_are_averaged_if_asked_for(decay):
    callbacks = SpectraNetClassifier(ema_decay=decay)._extra_callbacks()
    assert len(callbacks) == (decay is not None)
    if callbacks:
        name, callback = callbacks[0]
        assert name == "average" and isinstance(callback, WeightAverage) and callback.decay == decay


# Frames ----------------------------------------------------------------------


def test_at_rest_a_redshift_shifts_the_lines():
    wavelength = np.linspace(3500.0, 9000.0, 400)
    rng = np.random.default_rng(0)
    y = np.repeat(["a", "b"], 10)
    redshift = rng.uniform(0.0, 0.2, 20)
    line = np.where(y == "a", 5000.0, 6000.0) * (1 + redshift)
    flux = 1.0 + np.exp(-0.5 * ((wavelength - line[:, None]) / 80.0) ** 2)
    cells = [{"wavelength": wavelength, "flux": row} for row in flux]
    X = pd.DataFrame({"spectrum": cells, "redshift": redshift})
    model = SpectraNetClassifier(**TINY, frame="rest").fit(X, y)
    prepared = model.preprocessor_.prepare(model._read(X, model.encoder_))
    peaks = model.preprocessor_.wavelength_[prepared.channels[:, 0].argmax(axis=1)]
    np.testing.assert_allclose(peaks, np.where(y == "a", 5000.0, 6000.0), atol=90.0)
    unknown = X.assign(redshift=[np.nan, *redshift[1:]])
    with pytest.warns(UserWarning, match=r"1 objects without a redshift .*\(first 0\)"):
        model.predict(unknown)
    with pytest.raises(ValueError, match=r"(?i)redshift"):
        model.predict(X.drop(columns="redshift"))


def test_an_array_has_no_redshifts():
    with pytest.raises(ValueError, match="'frame' parameter is 'rest', which needs a table"):
        SpectraNetClassifier(**TINY, frame="rest").fit(np.zeros((4, 20)), ["a", "b"] * 2)


# Grids -----------------------------------------------------------------------


def array(n=20, n_bins=30):
    rng = np.random.default_rng(0)
    y = np.repeat(["a", "b"], n // 2)
    return rng.normal(size=(n, n_bins)) + (y == "b")[:, None], y


def test_an_array_sets_the_grid_and_its_bins_are_numbered():
    X, y = array()
    model = SpectraNetClassifier(**TINY).fit(X, y)
    assert model.preprocessor_.n_bins == model.n_features_in_ == 30
    np.testing.assert_array_equal(model.preprocessor_.wavelength_, np.arange(30.0))
    wavelength = np.linspace(4000.0, 7000.0, 30)
    model = SpectraNetClassifier(**TINY, wavelength=wavelength).fit(X, y)
    np.testing.assert_array_equal(model.preprocessor_.wavelength_, wavelength)
    assert model.explain(X)[0] is model.preprocessor_.wavelength_


@pytest.mark.parametrize(
    ("wavelength", "message"),
    [
        (np.linspace(400.0, 700.0, 30), "must be in Å. Got a median of 550"),
        (np.linspace(4000.0, 7000.0, 29), r"must hold the 30 increasing.*shape \(29,\)"),
        (np.linspace(7000.0, 4000.0, 30), "must hold the 30 increasing"),
        (np.full(30, np.nan), "must"),
    ],
)
def test_wavelengths_of_an_array_that_are_none(wavelength, message):
    with pytest.raises(ValueError, match=f"'wavelength' parameter {message}"):
        SpectraNetClassifier(**TINY, wavelength=wavelength).fit(*array())


def test_a_second_fit_has_as_many_bins():
    model = SpectraNetClassifier(**TINY, warm_start=True).fit(*array())
    with pytest.raises(ValueError, match="continues with spectra of 30 bins; X has 31"):
        model.fit(*array(n_bins=31))


def test_a_regressor_never_shifts_a_spectrum(spectra):
    X, _ = spectra
    model = SpectraNetRegressor(**TINY).fit(X, np.linspace(0.0, 1.0, 30))
    assert model.encoder_.max_shift == 0.0 == model.preprocessor_.max_shift


@pytest.mark.parametrize(
    ("channels", "poor"), [(None, False), (("flux",), True), (("flux", "amplitude"), False)]
)
def test_arrays_that_differ_in_level_alone_need_the_amplitude(channels, poor):
    tags = SpectraNetClassifier(encoder=SpectrumCNN(channels=channels)).__sklearn_tags__()
    assert tags.classifier_tags.poor_score is poor


def test_no_spectrum_on_the_grid(spectra):
    X, y = spectra
    model = SpectraNetClassifier(**TINY, wavelength_range=(20000.0, 21000.0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ValueError, match="No spectrum covers three bins of the grid"):
            model.fit(X, y)
