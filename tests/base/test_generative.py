"""Mixtures of experts: samples, means and moments."""

import numpy as np
import pytest

from sklearn_sn.base import laplace_moments, mixture_mean, mixture_samples


@pytest.fixture
def experts():
    """Two experts of three objects; the second object has one, the third none."""
    mean = np.array([[[0.0], [5.0], [0.0]], [[10.0], [0.0], [0.0]]])
    scale = np.array([[[0.1], [0.2], [1.0]], [[0.3], [1.0], [1.0]]])
    present = np.array([[True, True, False], [True, False, False]])
    return mean, scale, present


def test_samples_come_evenly_from_the_experts_that_an_object_has(experts):
    samples = mixture_samples(*experts, 2000, np.random.RandomState(0))[..., 0]
    assert samples.shape == (2000, 3) and samples.dtype == np.float32
    first = samples[:, 0] < 5.0
    assert first.sum() == 1000
    for chosen, mean, scale in (
        (samples[first, 0], 0.0, 0.1),
        (samples[~first, 0], 10.0, 0.3),
        (samples[:, 1], 5.0, 0.2),
        (samples[:, 2], 0.0, 1.0),  # the prior
    ):
        assert chosen.mean() == pytest.approx(mean, abs=6 * scale / np.sqrt(1000))
        assert np.abs(chosen - mean).mean() == pytest.approx(scale, rel=0.1)  # of a Laplace


def test_an_object_has_the_same_samples_whatever_is_beside_it(experts):
    whole = mixture_samples(*experts, 50, np.random.RandomState(3))
    for rows in ([1], [2, 0]):
        part = [array[:, rows] for array in experts]
        np.testing.assert_array_equal(
            mixture_samples(*part, 50, np.random.RandomState(3)), whole[:, rows]
        )


def test_the_order_of_experts_that_are_missing_does_not_matter(experts):
    mean, scale, present = experts
    with_gap = [np.insert(part, 0, prior, axis=0) for part, prior in ((mean, 0), (scale, 1))]
    gap = np.insert(present, 0, False, axis=0)
    np.testing.assert_array_equal(
        mixture_samples(*with_gap, gap, 50, np.random.RandomState(3)),
        mixture_samples(*experts, 50, np.random.RandomState(3)),
    )


def test_the_mean_is_that_of_the_experts_present(experts):
    mean, _, present = experts
    assert mixture_mean(mean, present).tolist() == [[5.0], [5.0], [0.0]]


def test_moments_of_an_equal_mixture():
    rng = np.random.default_rng(0)
    mean, scale = np.array([[0.0], [4.0], [-1.0]]), np.array([[1.0], [0.5], [2.0]])
    centre, std = laplace_moments(mean, scale)
    samples = rng.laplace(mean, scale, size=(3, 200_000)).ravel()
    assert centre[0] == pytest.approx(samples.mean(), abs=0.02)
    assert std[0] == pytest.approx(samples.std(), rel=0.01)
