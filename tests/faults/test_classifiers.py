"""Bad light curves before classifiers: always an answer, finite, and the same for the same."""

import warnings

import numpy as np
import pytest

from sklearn_sn.classification import LightCurveClassifier
from sklearn_sn.data import DataQualityWarning, as_ragged
from sklearn_sn.encoders import GRU, EventTransformer, Informer
from tests.faults.catalogue import cases, curve, table
from tests.faults.test_light_curves import CASES


@pytest.fixture(scope="module", params=[True, False])
def classifier(request, supernovae):
    encoder = GRU(d_model=16, latent_dim=12, amplitude=request.param)
    model = LightCurveClassifier(
        encoder=encoder, optimizer="adam", weight_decay=0.0, max_epochs=2, random_state=0
    )
    return model.fit(*supernovae)


def answers(model, cell):
    """Probabilities, latent and history of a bad light curve between two good ones."""
    X = table(curve(), cell, curve())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataQualityWarning)
        return model.predict_proba(X), model.transform(X), model.predict_proba_history(X)


EVENT_ENCODERS = (
    EventTransformer(d_model=16, n_heads=2, n_layers=1, d_feedforward=16),
    EventTransformer(d_model=16, n_heads=2, n_layers=1, band_encoding="embedding", log_times=True),
    Informer(d_model=16, n_heads=2, n_layers=2, d_feedforward=16, amplitude=False),
)


@pytest.fixture(scope="module", params=EVENT_ENCODERS, ids=str)
def event_classifier(request, supernovae):
    return LightCurveClassifier(encoder=request.param, max_epochs=1, random_state=0).fit(
        *supernovae
    )


@cases(*CASES)
def test_case_for_encoders_of_events(case, event_classifier):
    def outputs(cell):
        X = table(curve(), cell, curve())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DataQualityWarning)
            return event_classifier.predict_proba(X), event_classifier.transform(X)

    proba, latent = outputs(case.cell)
    assert np.isfinite(latent).all()
    np.testing.assert_allclose(proba.sum(axis=1), 1.0)
    good, _ = outputs(curve())
    np.testing.assert_allclose(proba[[0, 2]], good[[0, 2]], atol=1e-6)
    if case.nothing:
        np.testing.assert_array_equal(proba[1], event_classifier.class_prior_)
        np.testing.assert_array_equal(latent[1], event_classifier.missing_embedding_)
    if case.same_as is not None:
        for given, expected in zip((proba, latent), outputs(case.same_as), strict=True):
            np.testing.assert_array_equal(given, expected)


def test_102_alert_by_alert_equals_the_prefix_at_once(event_classifier):
    """Each alert holds one more point: one by one, or all in one table."""
    alerts = table(*(curve(slice(n)) for n in range(1, 13)))
    at_once = event_classifier.predict_proba(alerts)
    one_by_one = [event_classifier.predict_proba(alerts.iloc[[i]])[0] for i in range(12)]
    np.testing.assert_allclose(one_by_one, at_once, atol=2e-6)
    out_of_order = event_classifier.predict_proba(alerts.iloc[::-1])[::-1]
    np.testing.assert_allclose(out_of_order, at_once, atol=2e-6)
    assert np.abs(np.diff(at_once, axis=0)).max() > 1e-4


@cases(*CASES)
def test_case(case, classifier):
    proba, latent, history = answers(classifier, case.cell)
    flat = as_ragged(history)
    assert np.isfinite(latent).all()
    assert all(np.isfinite(values).all() for values in flat.fields.values())
    np.testing.assert_allclose(proba.sum(axis=1), 1.0)
    good, latent_of_good, _ = answers(classifier, curve())
    np.testing.assert_allclose(proba[[0, 2]], good[[0, 2]], atol=1e-6)
    np.testing.assert_allclose(latent[[0, 2]], latent_of_good[[0, 2]], atol=1e-6)
    assert (flat.lengths[1] == 0) == case.nothing
    if case.nothing:
        np.testing.assert_array_equal(proba[1], classifier.class_prior_)
        np.testing.assert_array_equal(latent[1], classifier.missing_embedding_)
    if case.same_as is not None:
        same, latent_of_same, _ = answers(classifier, case.same_as)
        np.testing.assert_array_equal(proba, same)
        np.testing.assert_array_equal(latent, latent_of_same)


def test_24_one_long_curve_does_not_pad_the_others(classifier):
    time = 59000.0 + np.arange(10_000) / 20
    long = curve(
        time=time,
        band=np.tile(["ztfg", "ztfr"], 5_000),
        flux=1.0 + 0 * time,
        flux_err=1.0 + 0 * time,
    )
    X = table(*[curve()] * 400, long)
    assert np.isfinite(classifier.predict_proba(X)).all()
    assert as_ragged(classifier.predict_proba_history(X)).lengths[-1] == 10_000
