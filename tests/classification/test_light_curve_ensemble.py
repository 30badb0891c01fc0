"""The mean of networks and of boosting on features."""

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from sklearn_sn.classification import LightCurveClassifier, LightCurveEnsembleClassifier
from sklearn_sn.data import DataQualityWarning
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.persistence import load_model, save_model

X, Y = make_supernovae(
    160, classes=("SN Ia", "SN II"), modalities=["light_curve"], surveys="ztf", random_state=0
)
ZEROS = make_pipeline(FunctionTransformer(np.nan_to_num), GaussianNB())
TRAIN, TEST = slice(0, 110), slice(110, 160)


@pytest.fixture(scope="module")
def fitted():
    network = LightCurveClassifier(encoder="deep_sets", max_epochs=3, random_state=0)
    model = LightCurveEnsembleClassifier(n_networks=2, network=network, random_state=0)
    return model.fit(X[TRAIN], Y[TRAIN])


def test_separates_classes(fitted):
    assert fitted.score(X[TEST], Y[TEST]) > 0.85


def test_probabilities_are_the_mean_of_boosting_and_networks(fitted):
    first, second = (network.predict_proba(X[TEST]) for network in fitted.networks_)
    assert not np.array_equal(first, second)
    alone = LightCurveEnsembleClassifier(n_networks=0, random_state=0).fit(X[TRAIN], Y[TRAIN])
    expected = (alone.predict_proba(X[TEST]) + (first + second) / 2) / 2
    np.testing.assert_allclose(fitted.predict_proba(X[TEST]), expected, atol=1e-7)


def test_a_prediction_does_not_depend_on_other_objects(fitted):
    whole = fitted.predict_proba(X[TEST])
    np.testing.assert_allclose(fitted.predict_proba(X[112:113]), whole[2:3], atol=1e-6)


def test_an_object_without_light_curve_gets_the_frequencies(fitted):
    empty = X[:3].assign(light_curve=X["light_curve"][:3].where([True, False, True]))
    with pytest.warns(DataQualityWarning):
        proba = fitted.predict_proba(empty)
    np.testing.assert_array_equal(proba[1], fitted.class_prior_)
    assert proba[0].max() > fitted.class_prior_.max()


def test_a_light_curve_without_usable_point_is_missing(fitted):
    curves = [curve.copy() for curve in X["light_curve"][:4]]
    curves[0]["flux"], curves[1]["time"], curves[2]["band"] = np.nan, np.nan, "unheard-of"
    with pytest.warns(DataQualityWarning):
        proba = fitted.predict_proba(pd.DataFrame({"light_curve": curves}, index=X.index[:4]))
    np.testing.assert_array_equal(proba[:3], np.tile(fitted.class_prior_, (3, 1)))
    np.testing.assert_allclose(proba[3:], fitted.predict_proba(X[3:4]), atol=1e-6)


def test_networks_train_without_the_objects_that_have_no_usable_point():
    network = LightCurveClassifier(encoder="deep_sets", max_epochs=1, random_state=0)
    model = LightCurveEnsembleClassifier(network=network, boosting=ZEROS, random_state=0)
    curves = X["light_curve"][:30].where(np.arange(30) != 4)
    with pytest.warns(DataQualityWarning):
        model.fit(pd.DataFrame({"light_curve": curves}), Y[:30])
    (of_all,) = model.networks_
    kept = np.delete(np.arange(30), 4)
    (of_kept,) = model.fit(X[:30].iloc[kept], Y[:30][kept]).networks_
    np.testing.assert_array_equal(of_all.predict_proba(X[TEST]), of_kept.predict_proba(X[TEST]))


def test_networks_in_a_pipeline_have_their_own_seeds():
    network = LightCurveClassifier(encoder="deep_sets", max_epochs=1, random_state=0)
    steps = make_pipeline(FunctionTransformer(), network)
    model = LightCurveEnsembleClassifier(n_networks=2, network=steps, boosting=ZEROS)
    model.set_params(random_state=0).fit(X[:30], Y[:30])
    assert len({0, *(each[-1].random_state for each in model.networks_)}) == 3
    one, two = (each.predict_proba(X[TEST]) for each in model.networks_)
    assert not np.array_equal(one, two)


def test_weights_change_the_frequencies():
    model = LightCurveEnsembleClassifier(n_networks=0, random_state=0)
    weight = np.where(Y[TRAIN] == "SN Ia", 3.0, 1.0)
    prior = model.fit(X[TRAIN], Y[TRAIN], weight).class_prior_
    share = np.average(Y[TRAIN] == "SN Ia", weights=weight)
    np.testing.assert_allclose(prior, [1 - share, share])


def test_boosting_can_be_any_classifier():
    model = LightCurveEnsembleClassifier(n_networks=0, boosting=ZEROS)
    assert model.fit(X[TRAIN], Y[TRAIN]).predict(X[TEST]).shape == (50,)


def test_is_saved(fitted, tmp_path):
    save_model(fitted, tmp_path / "ensemble.snmodel")
    loaded = load_model(tmp_path / "ensemble.snmodel")
    np.testing.assert_array_equal(loaded.predict_proba(X[TEST]), fitted.predict_proba(X[TEST]))


def test_wrong_use_is_named():
    model = LightCurveEnsembleClassifier(n_networks=0)
    with pytest.raises(NotFittedError):
        model.predict(X)
    with pytest.raises(ValueError, match="one class only"):
        model.fit(X, np.full(len(X), "SN Ia"))
    with pytest.raises(ValueError, match="The 'n_networks' parameter"):
        model.set_params(n_networks=-1).fit(X, Y)
