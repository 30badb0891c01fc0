"""Class prior of probabilities that were trained with weights."""

import numpy as np
import pytest

from sklearn_sn import (
    AstroMiNNClassifier,
    LightCurveClassifier,
    SpectralRedshiftClassifier,
    SpectraNetClassifier,
    SupConClassifier,
)
from sklearn_sn.base._class_prior import training_log_weights
from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import GRU, SpectralFeatures, SpectrumCNN

CODES = np.array([0, 0, 0, 1])
SMALL = {"max_epochs": 1, "batch_size": 16, "random_state": 0}


def test_log_weights_of_class_weights_and_draws():
    np.testing.assert_array_equal(training_log_weights(CODES, 2), [0, 0])
    weights = training_log_weights(CODES, 2, np.array([2 / 3, 2.0]))
    np.testing.assert_allclose(weights[1] - weights[0], np.log(3))
    both = training_log_weights(CODES, 2, np.array([2 / 3, 2.0]), np.array([1.0, 1.0, 1.0, 3.0]))
    np.testing.assert_allclose(both[1] - both[0], np.log(9))
    # A class of weight 0 is not learned: no prior brings it back.
    np.testing.assert_array_equal(training_log_weights(CODES, 2, np.array([1.0, 0.0])), [0, 0])


def divided(proba, weights):
    out = proba / np.asarray(weights)
    return out / out.sum(axis=1, keepdims=True)


@pytest.fixture(scope="module")
def data():
    X, _ = make_supernovae(40, random_state=0)
    return X, np.where(np.arange(40) % 4, "common", "rare")


@pytest.mark.parametrize(
    ("parameters", "weights"),
    [
        ({"class_weight": "balanced"}, (1, 3)),
        ({"class_weight": {"common": 1.0, "rare": 5.0}}, (1, 5)),
        ({"oversample": 1.0}, (1, 3)),
        ({"oversample": 0.5}, (1, 3**0.5)),
        ({"oversample": 1.0, "class_weight": "balanced"}, (1, 9)),
        ({"batch_balance": "class"}, (1, 3)),
        ({"batch_balance": "both"}, (1, 1)),
        ({"class_weight": "balanced", "loss": "focal"}, (1, 1)),
        ({}, (1, 1)),
    ],
    ids=str,
)
def test_frequencies_divide_by_the_weights(data, parameters, weights):
    X, y = data
    model = LightCurveClassifier(encoder=GRU(d_model=8), prior="weighted", **SMALL, **parameters)
    proba = model.fit(X, y).predict_proba(X)
    model.set_params(prior="auto")
    given = isinstance(parameters.get("class_weight"), dict)
    expected = proba if given else divided(proba, weights)
    np.testing.assert_allclose(model.predict_proba(X), expected, rtol=1e-6)
    model.set_params(prior="frequencies")
    np.testing.assert_allclose(model.predict_proba(X), divided(proba, weights), rtol=1e-6)
    history = as_ragged(model.predict_proba_history(X))
    last = history.offsets[1:] - 1
    np.testing.assert_allclose(history["rare"][last], model.predict_proba(X)[:, 1], rtol=1e-5)


def test_an_object_without_a_light_curve_has_the_frequencies_either_way(data):
    X, y = data
    model = LightCurveClassifier(encoder=GRU(d_model=8), class_weight="balanced", **SMALL)
    model.fit(X, y)
    empty = X.iloc[:1].assign(light_curve=[None])
    for prior in ("frequencies", "weighted"):
        with pytest.warns(UserWarning):
            proba = model.set_params(prior=prior).predict_proba(empty)
        np.testing.assert_allclose(proba, [[0.75, 0.25]])


def test_weights_of_objects_are_part_of_the_frequencies(data):
    X, y = data
    model = SupConClassifier(encoder=GRU(d_model=8), class_weight="balanced", **SMALL)
    model.fit(X, y, sample_weight=np.where(y == "rare", 2.0, 1.0))
    np.testing.assert_allclose(np.ptp(model.class_log_weights_), np.log(3), rtol=1e-6)


@pytest.mark.parametrize("frame", ["observer", "rest"])
def test_spectra(data, frame):
    X, y = data
    encoder = SpectrumCNN(n_bins=128, d_model=8, latent_dim=8)
    model = SpectraNetClassifier(
        encoder=encoder, frame=frame, class_weight="balanced", prior="weighted", **SMALL
    ).fit(X, y)
    one = X.groupby(level=0).head(1)
    per_spectrum = as_ragged(model.predict_proba_per_spectrum(one))
    proba = np.column_stack([per_spectrum["common"], per_spectrum["rare"]])
    model.set_params(prior="frequencies")
    after = as_ragged(model.predict_proba_per_spectrum(one))["rare"]
    np.testing.assert_allclose(after, divided(proba, (1, 3))[:, 1], rtol=1e-5)


def test_models_without_the_attribute_predict_as_they_were_trained(data):
    X, y = data
    model = SupConClassifier(encoder=GRU(d_model=8), class_weight="balanced", **SMALL).fit(X, y)
    expected = model.set_params(prior="weighted").predict_proba(X)
    del model.class_log_weights_
    np.testing.assert_array_equal(model.set_params(prior="frequencies").predict_proba(X), expected)


def test_images_and_metadata(data):
    X, y = data
    y = np.where(y == "rare", "rare", "common")
    table = X[["redshift"]].assign(image=[np.ones((1, 9, 9)) * row for row in range(len(X))])
    table = table.rename(columns={"redshift": "magpsf"})
    parameters = {"expert_width": 8, "image": "cnn", "class_weight": "balanced"}
    model = AstroMiNNClassifier(loss="cross_entropy", prior="weighted", **parameters, **SMALL)
    proba = model.fit(table, y).predict_proba(table)
    model.set_params(prior="auto")
    np.testing.assert_allclose(model.predict_proba(table), divided(proba, (1, 3)), rtol=1e-6)
    focal = AstroMiNNClassifier(prior="frequencies", **parameters, **SMALL).fit(table, y)
    expected = focal.predict_proba(table)
    np.testing.assert_array_equal(focal.set_params(prior="weighted").predict_proba(table), expected)


@pytest.mark.parametrize("combine", ["geometric", "mean"])
def test_class_and_redshift(data, combine):
    X, y = data
    encoder = SpectralFeatures(n_bins=128, widths=(8, 8), kernels=(7, 5))
    model = SpectralRedshiftClassifier(
        encoder=encoder, combine=combine, class_weight="balanced", prior="weighted", **SMALL
    ).fit(X, y)
    one = X.groupby(level=0).head(1)
    proba, (_, posterior) = model.predict_proba(one), model.predict_redshift_proba(one)
    model.set_params(prior="auto")
    np.testing.assert_allclose(model.predict_proba(one), divided(proba, (1, 3)), rtol=1e-4)
    changed = model.predict_redshift_proba(one)[1]
    np.testing.assert_allclose(changed.sum(axis=1), 1.0)
    assert np.abs(changed - posterior).max() > 1e-6  # sums over classes of another prior
    del model.class_log_weights_
    np.testing.assert_array_equal(model.predict_proba(one), proba)
