"""Temperature scaling of probabilities."""

import numpy as np
from sklearn.metrics import log_loss

from sklearn_sn.classification._temperature import apply_temperature, fit_temperature

RNG = np.random.default_rng(0)


def softmax(logits):
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


def drawn(n=4000):
    """Return true probabilities and classes drawn from them."""
    proba = softmax(RNG.normal(scale=2.0, size=(n, 3)))
    codes = (RNG.random((n, 1)) > proba.cumsum(axis=1)).sum(axis=1)
    return proba, np.minimum(codes, 2)


def test_finds_the_temperature_of_overconfident_probabilities():
    proba, codes = drawn()
    sharp = apply_temperature(proba, 0.5)  # twice the logits
    temperature = fit_temperature(sharp, codes)
    assert 1.7 < temperature < 2.3
    mended = apply_temperature(sharp, temperature)
    assert log_loss(codes, mended) < log_loss(codes, sharp)


def test_scaling_is_the_softmax_of_scaled_logits():
    logits = RNG.normal(size=(5, 4))
    np.testing.assert_allclose(
        apply_temperature(softmax(logits), 2.5), softmax(logits / 2.5), rtol=1e-9
    )


def test_a_probability_of_zero_stays_finite():
    scaled = apply_temperature(np.array([[1.0, 0.0], [0.0, 1.0]]), 3.0)
    assert np.isfinite(scaled).all()
    assert 0 < scaled[0, 1] < scaled[0, 0]


def test_objects_of_weight_zero_do_not_count():
    proba, codes = drawn(1000)
    both = np.concatenate([apply_temperature(proba, 0.5), proba[:, ::-1]])
    weight = np.repeat([1.0, 0.0], len(proba))
    alone = fit_temperature(both[: len(proba)], codes)
    assert fit_temperature(both, np.tile(codes, 2), weight) == alone
