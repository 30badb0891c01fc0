"""Combiners of the probabilities of several modalities."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from sklearn_sn.classification._fusion_combiner import (
    AverageCombiner,
    fit_stacked,
    modality_contributions,
)

PRIOR = np.array([0.5, 0.3, 0.2])


def simulated(n=600, seed=0):
    """Return probabilities of two members, of which the second exchanges the classes 0 and 1."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 3, n)
    right = rng.dirichlet([1.0] * 3, n) + 1.5 * (codes[:, None] == [0, 1, 2])
    wrong = (rng.dirichlet([1.0] * 3, n) + 1.5 * (codes[:, None] == [0, 1, 2]))[:, [1, 0, 2]]
    proba = np.stack([right, wrong])
    proba /= proba.sum(axis=2, keepdims=True)
    proba[1, rng.random(n) < 0.3] = np.nan
    proba[0, (rng.random(n) < 0.3) & np.isfinite(proba[1, :, 0])] = np.nan
    return proba, codes


def test_stacking_corrects_a_member_that_confuses_classes_also_without_the_other():
    proba, codes = simulated()
    test, true = simulated(seed=1)
    average = AverageCombiner(np.array([0.5, 0.5]), PRIOR)
    stacked = fit_stacked(None, proba, codes, None, PRIOR)
    right = [np.mean(c.combine(test).argmax(axis=1) == true) for c in (average, stacked)]
    assert right[1] > right[0] + 0.1
    alone = np.isnan(test[0, :, 0])
    assert np.mean(stacked.combine(test)[alone].argmax(axis=1) == true[alone]) > 0.8


def test_stacked_predicts_each_pattern_of_missing_modalities_after_complete_training():
    proba, codes = simulated()
    whole = np.isfinite(proba[:, :, 0]).all(axis=0)
    stacked = fit_stacked(None, proba[:, whole], codes[whole], None, PRIOR)
    test, true = simulated(seed=1)
    for member in (0, 1):
        alone = test.copy()
        alone[1 - member] = np.nan
        has = np.isfinite(alone[member, :, 0])
        assert np.mean(stacked.combine(alone)[has].argmax(axis=1) == true[has]) > 0.75


def test_an_object_without_modality_gets_the_prior():
    proba, codes = simulated(60)
    proba[:, 3] = np.nan
    for combiner in (
        AverageCombiner(np.ones(2), PRIOR),
        fit_stacked(None, proba, codes, None, PRIOR),
    ):
        np.testing.assert_allclose(combiner.combine(proba)[3], PRIOR)
        assert np.isfinite(combiner.combine(proba)).all()


def test_a_class_that_stacking_never_saw_has_probability_zero():
    proba, codes = simulated(200)
    proba[:, codes == 1] = np.nan
    stacked = fit_stacked(LogisticRegression(C=0.1), proba, codes, None, PRIOR)
    used = codes != 1
    result = stacked.combine(proba[:, used])
    assert (result[:, 1] == 0).all() and np.allclose(result.sum(axis=1), 1)


def test_weights_repeat_objects():
    proba, codes = simulated(200)
    times = np.where(codes == 2, 3, 1)
    weighted = fit_stacked(None, proba, codes, times.astype(float), PRIOR).combine(proba)
    rows = np.repeat(np.arange(200), times)
    repeated = fit_stacked(None, proba[:, rows], codes[rows], None, PRIOR).combine(proba)
    np.testing.assert_allclose(weighted, repeated, atol=1e-3)
    assert (
        np.abs(weighted - fit_stacked(None, proba, codes, None, PRIOR).combine(proba)).max() > 0.01
    )


def test_contributions_are_changes_of_log_probability():
    proba = np.array([[[0.8, 0.1, 0.1], [0.2, 0.4, 0.4]], [[0.4, 0.5, 0.1], [np.nan] * 3]])
    combiner = AverageCombiner(np.array([0.5, 0.5]), PRIOR)
    values = modality_contributions(combiner, proba, np.array([0, 1]))
    expected = [[np.log(0.6 / 0.4), np.log(0.6 / 0.8)], [np.log(0.4 / 0.3), np.nan]]
    assert values == pytest.approx(np.array(expected), nan_ok=True)
