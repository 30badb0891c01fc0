"""Cuts of batches into chunks, and their padding."""

from itertools import combinations

import numpy as np
import pytest
import torch

from sklearn_sn.data import Ragged
from sklearn_sn.nets import cheapest_cuts
from sklearn_sn.nets._chunks import ROWS_PER_CHUNK, _cuts_by_points, padded_chunks
from sklearn_sn.preprocessors._flat_batch import FlatBatch


def test_cuts_are_the_cheapest():
    """Beside every way of cutting forty rows at multiples of eight."""
    rng = np.random.default_rng(0)
    for overhead in (0.0, 10.0, 1000.0):
        lengths = np.sort(rng.integers(1, 200, 37))

        def cost(cuts, lengths=lengths, overhead=overhead):
            parts = np.split(lengths, cuts)
            return sum(part[-1] * (overhead + len(part)) for part in parts)

        ways = [list(cuts) for n in range(5) for cuts in combinations((8, 16, 24, 32), n)]
        found = cheapest_cuts(lengths, overhead)
        assert cost(found) == pytest.approx(min(map(cost, ways)))
    assert len(cheapest_cuts(np.arange(1, 6), 1.0)) == 0


def test_lengths_that_differ_little_are_not_cut():
    """The bound that skips the search beside every single cut."""
    for low in range(60, 101, 5):
        lengths = np.linspace(low, 100, 64).astype(int)
        costs = [lengths[c - 1] * (30.0 + c) + 100 * (30.0 + 64 - c) for c in range(8, 64, 8)]
        is_whole = len(cheapest_cuts(lengths, 30.0)) == 0
        assert is_whole == (min(costs) >= 100 * (30.0 + 64))


def test_cuts_by_points_are_the_cheapest():
    """Beside every way of cutting 13 rows at multiples of two."""
    rng = np.random.default_rng(0)
    lengths = np.sort(rng.integers(1, 200, 13))
    ways = [list(cuts) for n in range(7) for cuts in combinations(range(2, 13, 2), n)]
    for fixed in (0.0, 100.0, 1e5):

        def cost(cuts, fixed=fixed):
            return sum(part[-1] * len(part) + fixed for part in np.split(lengths, cuts))

        found = _cuts_by_points(lengths, fixed)
        assert cost(found) == pytest.approx(min(map(cost, ways)))
        assert (len(found) == 0) == (fixed == 1e5)


def test_chunks_cut_by_points_have_few_rows():
    sizes = np.diff([0, *_cuts_by_points(np.full(90, 10), 1e6), 90])
    assert len(sizes) == 3 and sizes.max() <= ROWS_PER_CHUNK


@pytest.mark.parametrize("fixed_points", [None, 100.0])
@pytest.mark.parametrize("overhead", [None, 30.0])
@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_chunks_hold_all_rows(overhead, device, fixed_points):
    lengths = np.random.default_rng(0).integers(1, 200, 100)
    values = np.repeat(np.arange(100.0), lengths)
    batch = Ragged({}, np.concatenate([[0], np.cumsum(lengths)]))
    flat = FlatBatch(batch, {"x": values}, np.arange(100))
    chunks, object_index = padded_chunks(flat, overhead, torch.device(device), fixed_points)
    np.testing.assert_array_equal(np.sort(object_index), np.arange(100))
    rows = np.concatenate([chunk["x"][:, 0] for chunk in chunks])
    np.testing.assert_array_equal(rows, object_index)
    assert (len(chunks) == 1) == (device == "cuda")
