"""Weights of the classes as a function of redshift."""

import numpy as np
import pytest

from sklearn_sn.classification._redshift_weights import (
    LOG_REDSHIFTS,
    at_redshifts,
    redshift_log_weights,
)

NEAR, FAR = 0.03, 1.0


@pytest.fixture
def separate():
    """Two classes of 50 objects, one near and one far."""
    redshift = np.repeat([NEAR, FAR], 50)
    return redshift, np.repeat([0, 1], 50)


def test_classes_of_equal_redshifts_have_no_preference():
    codes = np.array([0, 1])
    same = redshift_log_weights(np.full(2, NEAR), codes, None, 2)
    np.testing.assert_allclose(same, 0.0, atol=1e-12)
    alone = redshift_log_weights(np.array([NEAR]), codes[:1], None, 2)
    np.testing.assert_allclose(alone, 0.0, atol=1e-12)


def test_separate_classes_have_the_known_weights():
    z = np.exp(LOG_REDSHIFTS[[20, 100]])
    weights = redshift_log_weights(z.repeat(50), np.repeat([0, 1], 50), None, 2)
    # At the redshift of class 0: 50 objects of it, and half of 50 expected.
    assert weights[0, 20] == pytest.approx(np.log(51 / 26))
    assert weights[1, 20] == pytest.approx(np.log(1 / 26))
    np.testing.assert_allclose(weights[0, 20], weights[1, 100], rtol=1e-9)


def test_a_class_gains_where_it_is_seen(separate):
    weights = redshift_log_weights(*separate, None, 2)
    assert weights.shape == (2, 128) and weights.dtype == np.float64
    near, far = at_redshifts(weights, np.array([NEAR, FAR]))
    assert near[0] > 0 > near[1] and far[1] > 0 > far[0]


@pytest.mark.parametrize("unknown", [np.nan, 0.0, -0.001])
def test_unknown_redshifts_do_not_count(separate, unknown):
    redshift, codes = separate
    expected = redshift_log_weights(redshift, codes, None, 2)
    more = redshift_log_weights(np.append(redshift, unknown), np.append(codes, 0), None, 2)
    np.testing.assert_array_equal(more, expected)


def test_objects_of_weight_0_do_not_count(separate):
    redshift, codes = separate
    weight = np.append(np.ones(100), 0.0)
    weighted = redshift_log_weights(np.append(redshift, FAR), np.append(codes, 0), weight, 2)
    np.testing.assert_allclose(weighted, redshift_log_weights(redshift, codes, None, 2))


def test_only_ratios_of_weights_matter(separate):
    weight = np.random.default_rng(0).uniform(0.5, 2.0, 100)
    one, thousand = (redshift_log_weights(*separate, c * weight, 2) for c in (1.0, 1e3))
    np.testing.assert_allclose(one, thousand, atol=1e-12)


@pytest.mark.parametrize("weight", [None, [0.0, 0.0]])
def test_nothing_known_gives_no_preference(weight):
    redshift = np.full(2, np.nan if weight is None else FAR)
    weights = redshift_log_weights(redshift, np.array([0, 1]), weight, 2)
    np.testing.assert_array_equal(weights, np.zeros((2, 128)))
    none = redshift_log_weights(np.empty(0), np.empty(0, dtype=int), None, 3)
    np.testing.assert_array_equal(none, np.zeros((3, 128)))


def test_redshifts_beyond_the_grid_count_at_its_ends():
    codes = np.array([0, 1])
    inside = redshift_log_weights(np.array([1e-3, 10.0]), codes, None, 2)
    beyond = redshift_log_weights(np.array([1e-6, 50.0]), codes, None, 2)
    np.testing.assert_array_equal(beyond, inside)
    np.testing.assert_allclose(
        at_redshifts(inside, np.array([1e-6, 50.0])), inside[:, [0, -1]].T, atol=1e-12
    )


def test_interpolation_is_linear_in_the_logarithm():
    slope = np.stack([LOG_REDSHIFTS, -2.0 * LOG_REDSHIFTS])
    redshift = np.array([0.002, 0.05, 0.7, 9.0])
    expected = np.log(redshift)[:, None] * [1.0, -2.0]
    np.testing.assert_allclose(at_redshifts(slope, redshift), expected, rtol=1e-9)


def test_unknown_redshifts_are_interpolated_to_0():
    ones = np.ones((2, 128))
    out = at_redshifts(ones, np.array([np.nan, 0.0, -0.1, 0.5]))
    np.testing.assert_array_equal(out, [[0, 0], [0, 0], [0, 0], [1, 1]])
    assert at_redshifts(ones, np.empty(0)).shape == (0, 2)
