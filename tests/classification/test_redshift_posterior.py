"""How posteriors of spectra combine, and what they say of redshift."""

import numpy as np
import pytest

from sklearn_sn.classification._redshift_posterior import PosteriorSum, redshift_moments

ROWS = np.array([0, 0, 0, 2, 3, 3, 3, 3, 7])


def combined(how, cuts):
    logits = np.random.default_rng(0).normal(0, 3, (9, 5)).astype(np.float32)
    total, rows, parts = PosteriorSum(how), [], []
    for own, part in zip(np.split(ROWS, cuts), np.split(logits, cuts), strict=True):
        done, posterior = total.add(own, part)
        rows.append(done)
        parts.append(posterior)
    done, posterior = total.rest()
    return logits, np.concatenate([*rows, done]), np.concatenate([*parts, posterior])


@pytest.mark.parametrize("how", ["mean", "geometric"])
@pytest.mark.parametrize("cuts", [[], [2], [3], [1, 5, 6], [0, 4], list(range(1, 9))])
def test_blocks_do_not_matter(how, cuts):
    logits, rows, posterior = combined(how, cuts)
    assert rows.tolist() == [0, 2, 3, 7]
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    for row, answer in zip(rows, posterior, strict=True):
        own = p[row == ROWS]
        expected = own.mean(axis=0) if how == "mean" else np.exp(np.log(own).mean(axis=0))
        np.testing.assert_allclose(answer, expected / expected.sum(), rtol=1e-5)


def test_of_no_spectra():
    total = PosteriorSum("mean")
    rows, posterior = total.add(np.empty(0, dtype=int), np.empty((0, 5)))
    assert len(rows) == 0 and posterior.shape == (0, 5)
    assert len(total.rest()[0]) == 0


def test_moments_are_finer_than_the_grid():
    grid = np.expm1(0.002 * np.arange(300))
    true = np.linspace(0.05, 0.6, 40)
    away = (np.log1p(grid) - np.log1p(true)[:, None]) / 0.0025
    posterior = np.exp(-0.5 * away**2)
    redshift, std = redshift_moments(grid, posterior / posterior.sum(axis=1, keepdims=True))
    np.testing.assert_allclose(redshift, true, atol=2e-4)
    np.testing.assert_allclose(std, 0.0025 * (1 + true), rtol=0.1)


def test_a_second_peak_makes_the_error_large_and_the_ends_none():
    grid = np.expm1(0.01 * np.arange(50))
    posterior = np.zeros((2, 50))
    posterior[0, [10, 40]] = 0.6, 0.4
    posterior[1, 0] = 1.0
    redshift, std = redshift_moments(grid, posterior)
    np.testing.assert_allclose(redshift, [np.expm1(0.1), 0.0], atol=1e-12)
    # 68.27 % are reached within the bin of the second peak.
    within = 0.3 - 0.005 + 0.01 * (0.6827 - 0.6) / 0.4
    assert std[0] == pytest.approx((1 + redshift[0]) * np.sinh(within), rel=1e-4)
    assert std[1] == pytest.approx(0.01 * 0.6827 / 2, rel=1e-3)


def test_a_small_second_peak_does_not_widen_the_error():
    grid = np.expm1(0.001 * np.arange(500))
    core = np.exp(-0.5 * ((np.arange(500) - 100) / 3.0) ** 2)
    far = np.exp(-0.5 * ((np.arange(500) - 400) / 3.0) ** 2)
    posterior = np.array([core, core + 0.02 * far])
    _, std = redshift_moments(grid, posterior / posterior.sum(axis=1, keepdims=True))
    np.testing.assert_allclose(std / (1 + grid[100]), 0.003, rtol=0.06)
    assert std[1] > std[0]
