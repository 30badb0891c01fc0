"""Augmentation of rare classes."""

import numpy as np
import pytest

from sklearn_sn.data import Ragged
from sklearn_sn.preprocessors import LightCurveEventPreprocessor, LightCurvePreprocessor
from sklearn_sn.preprocessors._fainter_copies import MAX_DIMMING, with_fainter_copies


@pytest.fixture
def batch():
    """Forty bright light curves of twenty points."""
    points = np.zeros((800, 4), dtype=np.float32)
    points[:, 0] = np.tile(np.arange(20.0), 40) + 5.0
    points[:, 1], points[:, 2] = 1.0, 1e-4
    return points, np.zeros(800, dtype=np.int64), Ragged({}, np.arange(41) * 20)


def test_strength_zero_changes_nothing(batch):
    points, bands, rows = with_fainter_copies(*batch, np.zeros(40), np.random.default_rng(0))
    np.testing.assert_array_equal(points, batch[0])
    assert len(bands) == 800 and len(rows) == 40


def test_copies_are_fainter_slower_noisier_and_sparser(batch):
    before = batch[0].copy()
    points, bands, rows = with_fainter_copies(*batch, np.ones(40), np.random.default_rng(0))
    np.testing.assert_array_equal(batch[0], before)
    assert len(points) == len(bands) == rows.n_points
    assert (rows.lengths >= 3).all() and 500 < len(points) < 700
    dimming = -2.5 * np.log10(rows.reduce("mean", points[:, 1]))
    assert (dimming > -0.01).all() and (dimming < MAX_DIMMING + 0.01).all()
    assert dimming.std() > 0.2
    # Flux falls with the square of the distance, and time is stretched by 1 + z.
    distance = 10.0 ** (0.2 * dimming)
    expected = (1 + 0.06 * distance) / 1.06
    last = rows.reduce("last", points[:, 0])
    assert (last <= 5.0 + 19.0 * expected + 1e-2).all()
    full = last > 5.0 + 19.0 * expected - 0.1
    assert full.sum() > 20
    errors = rows.reduce("mean", points[:, 2]) / 1e-4
    assert (errors >= 1.0 - 1e-5).all() and (errors <= 1.5).all() and errors.std() > 0.1
    noise = points[:, 1] - rows.reduce("mean", points[:, 1])[rows.rows]
    assert 0.5e-4 < noise.std() < 1.2e-4


def test_a_fraction_of_the_objects_is_changed(batch):
    strength = np.repeat([0.0, 0.5], 20)
    rng = np.random.default_rng(0)
    points, _, rows = with_fainter_copies(*batch, strength, rng)
    changed = rows.reduce("mean", points[:, 1]) < 0.999
    assert not changed[:20].any() and 4 <= changed[20:].sum() <= 16


def test_few_points_are_kept():
    points = np.ones((3, 4), dtype=np.float32)
    for seed in range(20):
        _, _, rows = with_fainter_copies(
            points, np.zeros(3, int), Ragged({}, [0, 2, 3]), np.ones(2), np.random.default_rng(seed)
        )
        np.testing.assert_array_equal(rows.lengths, [2, 1])


@pytest.mark.parametrize("cls", [LightCurvePreprocessor, LightCurveEventPreprocessor])
def test_the_strength_of_objects_reaches_the_points(cls, table):
    import dataclasses

    preprocessor = cls(noise=False).fit(table)
    prepared = preprocessor.prepare(table)
    strong = dataclasses.replace(prepared, strength=np.ones(len(table)))
    weak = dataclasses.replace(prepared, strength=np.zeros(len(table)))
    rows = np.arange(len(table))

    def mean_flux(prepared):
        values = [
            preprocessor.draw(prepared, rows, np.random.default_rng(i)).points[:, 1].mean()
            for i in range(5)
        ]
        return np.mean(values)

    assert mean_flux(strong) < 0.9 * mean_flux(weak)


@pytest.mark.parametrize("seed", range(4))
def test_sparse_copies_keep_the_points_of_largest_key(seed, monkeypatch):
    """Beside a loop over light curves of up to five points, of which half are thinned by half."""
    monkeypatch.setattr("sklearn_sn.preprocessors._fainter_copies.MAX_THINNING", 1.0)
    lengths = np.random.default_rng(seed).integers(0, 6, 100)
    rows = Ragged({}, np.concatenate([[0], np.cumsum(lengths)]))
    n, n_points = len(rows), rows.n_points
    points = np.ones((n_points, 4), dtype=np.float32)
    points[:, 3] = np.arange(n_points)  # which points are left
    bands = np.arange(n_points)
    strength = np.full(n, 0.5)
    out, codes, left = with_fainter_copies(
        points, bands, rows, strength, np.random.default_rng(seed)
    )
    rng = np.random.default_rng(seed)  # the same numbers, in the same order
    chosen = rng.random(n) < strength
    rng.uniform(0.0, MAX_DIMMING, n), rng.uniform(1.0, 1.5, n), rng.standard_normal(n_points)
    fraction, key = np.where(chosen, rng.uniform(0.0, 1.0, n), 0.0), rng.random(n_points)
    expected = []
    for row in range(n):
        number = np.arange(rows.offsets[row], rows.offsets[row + 1])
        largest = number[np.argsort(key[number])][-3:]
        expected += sorted({*number[key[number] >= fraction[row]], *largest})
    assert 0.5 * n_points < len(expected) < n_points
    np.testing.assert_array_equal(out[:, 3], expected)
    np.testing.assert_array_equal(codes, expected)
    assert left.n_points == len(expected)
