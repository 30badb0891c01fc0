"""Averages over the modalities that an object has."""

import numpy as np
import pytest

from sklearn_sn.classification._fusion_weights import (
    averaged,
    given_weights,
    learned_weights,
    stacked_features,
    with_fewer_modalities,
)

PRIOR = np.array([0.25, 0.75])
NAN = [np.nan, np.nan]


def test_average_equals_the_loop_over_objects():
    rng = np.random.default_rng(0)
    proba = rng.dirichlet([1.0, 1.0], (3, 50))
    proba[rng.random((3, 50)) < 0.4] = np.nan
    weights = np.array([0.5, 0.2, 0.3])
    expected = []
    for i in range(50):
        has = [m for m in range(3) if np.isfinite(proba[m, i, 0])]
        fused = sum(weights[m] * proba[m, i] for m in has) if has else PRIOR
        expected.append(fused / np.sum(fused))
    np.testing.assert_allclose(averaged(proba, weights, PRIOR), expected)


def test_a_modality_of_weight_zero_alone_gives_the_prior():
    proba = np.array([[[0.9, 0.1]], [NAN]])
    assert averaged(proba, np.array([0.0, 1.0]), PRIOR).tolist() == [PRIOR.tolist()]


def test_given_weights_add_up_and_skip_dropped_members():
    pairs = [("a", 1), ("b", "drop"), ("c", 2)]
    assert given_weights([1, 5, 3], pairs).tolist() == [0.25, 0.75]
    for bad in ([1, 2], [-1, 1, 1], [0, 1, 0], [np.nan, 1, 1]):
        with pytest.raises(ValueError, match="'weights' parameter of LateFusionClassifier"):
            given_weights(bad, pairs)


def test_learned_weights_prefer_the_member_that_is_right():
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 2, 400)
    right = np.where(codes[:, None] == [0, 1], 0.85, 0.15)
    proba = np.stack([rng.dirichlet([1.0, 1.0], 400), right])
    weights = learned_weights(proba, codes, None)
    assert weights.sum() == pytest.approx(1) and weights[1] > 0.9

    # A grid finds no lower loss.
    def loss(share):
        mixed = (1 - share) * proba[0] + share * proba[1]
        return -np.log(mixed[np.arange(400), codes]).mean()

    assert loss(weights[1]) <= min(loss(share) for share in np.linspace(0.01, 0.99, 50)) + 1e-4


def test_learned_weights_use_object_weights_and_objects_with_two_modalities():
    codes = np.array([0, 0, 0])
    proba = np.array([[[0.9, 0.1], [0.1, 0.9], NAN], [[0.1, 0.9], [0.9, 0.1], [0.5, 0.5]]])
    assert learned_weights(proba, codes, np.array([1.0, 0.0, 5.0]))[0] > 0.9
    assert learned_weights(proba, codes, np.array([0.0, 1.0, 5.0]))[0] < 0.1
    assert learned_weights(proba[:, 2:], codes[2:], None).tolist() == [0.5, 0.5]


def test_stacked_features_are_centred_logs_and_indicators():
    proba = np.array([[[0.8, 0.2]], [NAN]])
    half = np.log(2.0)
    np.testing.assert_allclose(stacked_features(proba), [[half, -half, 0.0, 0.0, 0.0, 1.0]])
    assert np.isfinite(stacked_features(np.array([[[1.0, 0.0]]]))).all()


def test_copies_lack_one_modality_and_keep_one():
    proba = np.array([[[0.8, 0.2], [0.6, 0.4]], [[0.3, 0.7], NAN]])
    copies, rows = with_fewer_modalities(proba)
    assert rows.tolist() == [0, 1, 0, 0]
    assert np.isfinite(copies[:, :, 0]).tolist() == [
        [True, True, False, True],
        [True, False, True, False],
    ]
    assert np.isfinite(proba[:, :, 0]).sum() == 3  # the input is unchanged
