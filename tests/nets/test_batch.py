"""Batches: plan, chunks, extras."""

from itertools import combinations

import numpy as np
import pytest
import torch

from sklearn_sn.data import check_table
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.nets import (
    BatchLoader,
    LightCurveInput,
    SpectrumInput,
    TableDataset,
    cheapest_cuts,
)
from sklearn_sn.nets._batch import CHUNK


@pytest.fixture(scope="module")
def dataset():
    X, _ = make_supernovae(90, missing_fraction=0.3, random_state=0)
    table = check_table(X)
    inputs = {
        "light_curve": LightCurveInput().fit(table),
        "spectrum": SpectrumInput(wavelength_range=(3500, 9000), n_bins=32).fit(table),
    }
    prepared = {name: source.prepare(table) for name, source in inputs.items()}
    return TableDataset(inputs, prepared, {"classes": np.arange(90)})


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("batch_size", [7, 32, 200])
def test_every_object_comes_once(dataset, training, batch_size):
    loader = BatchLoader(dataset, batch_size, training=training)
    seen = [positions for _, positions in loader]
    assert len(seen) == len(loader)
    np.testing.assert_array_equal(np.sort(np.concatenate(seen)), np.arange(90))
    if training:
        sizes = [len(positions) for positions in seen]
        assert max(sizes) - min(sizes) <= 1


def test_batches_hold_objects_of_like_length(dataset):
    lengths = dataset.lengths
    plan = BatchLoader(dataset, 10).plan()
    spread = np.mean([np.ptp(lengths[batch]) for batch in plan])
    assert spread < 0.4 * np.ptp(lengths)
    order = np.concatenate(plan)
    paired = dataset.paired[order]
    assert paired.any() and not paired.all()
    assert not (~paired[:-1] & paired[1:]).any()  # those with partners come first, together
    for group in (lengths[order[paired]], lengths[order[~paired]]):
        assert (np.diff(group) >= 0).all()


def test_epochs_differ_and_repeat(dataset):
    loader = BatchLoader(dataset, 16, training=True, seed=3)
    first, second = ([p.tolist() for _, p in loader] for _ in range(2))
    again = [p.tolist() for _, p in BatchLoader(dataset, 16, training=True, seed=3)]
    resumed = [p.tolist() for _, p in BatchLoader(dataset, 16, training=True, seed=3, epoch=1)]
    assert first == again != second == resumed


def test_chunks_hold_all_objects_with_little_padding(dataset):
    batch = dataset.gather(np.arange(90), "cpu")
    chunks = batch.tensors["light_curve"]
    assert len(chunks) == -(-90 // CHUNK)
    owners = batch.owners["light_curve"].numpy()
    np.testing.assert_array_equal(np.sort(owners), np.arange(90))
    counts = torch.cat([(~chunk["pad_mask"]).sum(dim=1) for chunk in chunks]).numpy()
    np.testing.assert_array_equal(counts, dataset.lengths[owners])
    tokens = sum(chunk["pad_mask"].numel() for chunk in chunks)
    assert tokens < 0.75 * 90 * dataset.lengths.max()


def test_missing_modalities_are_marked(dataset):
    batch = dataset.gather(np.arange(90), "cpu")
    expected = dataset.prepared["spectrum"].lengths > 0
    assert 0 < expected.sum() < 90
    np.testing.assert_array_equal(batch.present["spectrum"].numpy(), expected)
    none = dataset.gather(np.flatnonzero(~expected), "cpu")
    assert "spectrum" not in none.tensors


def test_subset_takes_extras_along(dataset):
    batch = dataset.subset(np.array([5, 80])).gather(np.array([1, 0]), "cpu")
    assert batch.extras["classes"].tolist() == [80, 5]
    assert len(batch) == 2


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
