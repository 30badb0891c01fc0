"""Batches: plan, chunks, targets."""

import numpy as np
import pytest
import torch

from sklearn_sn.data import check_table
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import DataSettings, LightCurveTransformer
from sklearn_sn.nets import (
    BatchLoader,
    Processes,
    TableDataset,
    _batch,
    cheapest_cuts,
)
from sklearn_sn.nets._chunks import ROWS_PER_CHUNK
from sklearn_sn.preprocessors import (
    LightCurvePreprocessor,
    LightCurveSequencePreprocessor,
    SpectrumPreprocessor,
)


@pytest.fixture(scope="module")
def dataset():
    X, _ = make_supernovae(90, missing_fraction=0.3, random_state=0)
    table = check_table(X)
    preprocessors = {
        "light_curve": LightCurvePreprocessor().fit(table),
        "spectrum": SpectrumPreprocessor(wavelength_range=(3500, 9000), n_bins=32).fit(table),
    }
    prepared = {name: part.prepare(table) for name, part in preprocessors.items()}
    return TableDataset(preprocessors, prepared, {"classes": np.arange(90)})


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
    assert len(chunks) == -(-90 // ROWS_PER_CHUNK)
    object_index = batch.object_index["light_curve"].numpy()
    np.testing.assert_array_equal(np.sort(object_index), np.arange(90))
    counts = torch.cat([(~chunk["pad_mask"]).sum(dim=1) for chunk in chunks]).numpy()
    np.testing.assert_array_equal(counts, dataset.lengths[object_index])
    tokens = sum(chunk["pad_mask"].numel() for chunk in chunks)
    assert tokens < 0.75 * 90 * dataset.lengths.max()


def test_chunks_are_cut_by_the_lengths_after_augmentation():
    table = check_table(make_supernovae(256, random_state=0)[0], modalities=["light_curve"])
    part = LightCurvePreprocessor().fit(table)
    prepared = part.prepare(table)
    dataset = TableDataset({"light_curve": part}, {"light_curve": prepared})
    batch = dataset.gather(np.arange(256), "cpu", np.random.default_rng(0))
    chunks = batch.tensors["light_curve"]
    lengths = torch.cat([(~chunk["pad_mask"]).sum(dim=1) for chunk in chunks]).numpy()
    assert len(chunks) >= 256 // ROWS_PER_CHUNK and (np.diff(lengths) >= 0).all()
    places = sum(chunk["pad_mask"].numel() for chunk in chunks)
    # By the lengths before augmentation, half of the places are padding.
    assert places < 1.25 * lengths.sum()
    # The same objects, augmented by the same numbers, in the order of the chunks.
    flat = part.flat_batch(prepared, np.arange(256), np.random.default_rng(0))
    index = batch.object_index["light_curve"].numpy()
    np.testing.assert_array_equal(np.sort(index), np.arange(256))
    i = 0
    for chunk in chunks:
        for values, pad_mask in zip(chunk["values"], chunk["pad_mask"], strict=True):
            start, stop = flat.batch.offsets[index[i] : index[i] + 2]
            np.testing.assert_array_equal(values[~pad_mask], flat.inputs["values"][start:stop])
            i += 1


def test_small_batches_of_training_have_little_padding():
    """A contrastive batch is drawn at random, so that its lengths differ."""
    X, _ = make_supernovae(128, random_state=0)
    table = check_table(X, modalities=["light_curve"])
    part = LightCurvePreprocessor().fit(table)
    dataset = TableDataset({"light_curve": part}, {"light_curve": part.prepare(table)})
    places = points = 0
    for batch, _ in BatchLoader(dataset, 32, training=True):
        for chunk in batch.tensors["light_curve"]:
            places += chunk["pad_mask"].numel()
            points += int((~chunk["pad_mask"]).sum())
    assert places < 1.8 * points  # 3.2 in chunks of one size


def test_chunks_change_no_encoding():
    table = check_table(make_supernovae(60, random_state=0)[0], modalities=["light_curve"])
    encoder = LightCurveTransformer(n_layers=1, dropout=0.0)
    part = encoder.make_preprocessor(DataSettings()).fit(table)
    dataset = TableDataset({"light_curve": part}, {"light_curve": part.prepare(table)})
    torch.manual_seed(0)
    module = encoder.make_module(part)
    encodings = []
    for fixed in (None, 100.0):
        part.chunk_points = fixed
        batch = dataset.gather(np.arange(60), "cpu", np.random.default_rng(0))
        chunks = [module(**chunk) for chunk in batch.tensors["light_curve"]]
        encodings.append(torch.cat(chunks)[batch.object_index["light_curve"].argsort()])
        assert len(chunks) > (2 if fixed else 1)
    torch.testing.assert_close(*encodings)


def test_missing_modalities_are_marked(dataset):
    batch = dataset.gather(np.arange(90), "cpu")
    expected = dataset.prepared["spectrum"].lengths > 0
    assert 0 < expected.sum() < 90
    np.testing.assert_array_equal(batch.present["spectrum"].numpy(), expected)
    none = dataset.gather(np.flatnonzero(~expected), "cpu")
    assert "spectrum" not in none.tensors


def test_subset_takes_targets_along(dataset):
    batch = dataset.subset(np.array([5, 80])).gather(np.array([1, 0]), "cpu")
    assert batch.targets["classes"].tolist() == [80, 5]
    assert len(batch) == 2


def test_a_recurrent_network_gets_chunks_cut_where_padding_costs_least():
    table = check_table(make_supernovae(90, random_state=0)[0], modalities=["light_curve"])
    part = LightCurveSequencePreprocessor().fit(table)
    prepared = part.prepare(table)
    dataset = TableDataset({"light_curve": part}, {"light_curve": prepared})
    batch = dataset.gather(np.arange(90), "cpu")
    cuts = cheapest_cuts(np.sort(dataset.lengths), part.chunk_overhead)
    sizes = [len(chunk["pad_mask"]) for chunk in batch.tensors["light_curve"]]
    assert np.cumsum(sizes)[:-1].tolist() == cuts.tolist()
    assert sum(sizes) == 90


@pytest.mark.parametrize(("share", "n_groups"), [(0.0, {6}), (0.5, {2, 3}), (2.0, {1})])
def test_batches_of_a_group_are_those_gathered_alone(dataset, monkeypatch, share, n_groups):
    n_points = int(share * dataset.n_points.sum())
    monkeypatch.setattr(_batch, "POINTS_PER_GROUP", max(1, n_points))
    loader = BatchLoader(dataset, 16)
    assert len(loader._groups(loader.plan())) in n_groups
    for batch, positions in loader:
        alone = dataset.gather(positions, "cpu")
        assert batch.tensors.keys() == alone.tensors.keys()
        for name, chunks in alone.tensors.items():
            assert torch.equal(batch.object_index[name], alone.object_index[name])
            assert torch.equal(batch.present[name], alone.present[name])
            for one, other in zip(batch.tensors[name], chunks, strict=True):
                assert one.keys() == other.keys()
                assert all(torch.equal(one[key], other[key]) for key in other)


# Devices other than the CPU -------------------------------------------------


@pytest.mark.parametrize("device", ["meta", torch.device("meta")])
@pytest.mark.parametrize("training", [False, True])
def test_batches_of_another_device_are_those_of_the_cpu(dataset, device, training):
    here = BatchLoader(dataset, 16, training=training, seed=5)
    there = BatchLoader(dataset, 16, training=training, seed=5, device=device)
    for _ in range(2):  # epochs
        pairs = list(zip(here, there, strict=True))
        assert len(pairs) == len(there)
        for (one, positions), (other, places) in pairs:
            np.testing.assert_array_equal(positions, places)
            assert other.present.keys() == one.present.keys()
            assert other.targets["classes"].is_meta and other.n_objects == one.n_objects
            for name, chunks in other.tensors.items():
                assert len(chunks) == 1
                assert all(value.is_meta for value in chunks[0].values())
                assert len(other.object_index[name]) == len(one.object_index[name])


def test_an_error_in_the_thread_reaches_the_caller(dataset, monkeypatch):
    def broken(group, device):
        raise OSError("no memory")

    monkeypatch.setattr(dataset, "gather_group", broken)
    with pytest.raises(OSError, match="no memory"):
        list(BatchLoader(dataset, 16, device="meta"))


def test_the_thread_is_one_batch_ahead(dataset, monkeypatch):
    gathered = []
    whole = dataset.gather

    def recorded(positions, device, rng=None):
        gathered.append(len(positions))
        return whole(positions, device, rng)

    monkeypatch.setattr(dataset, "gather", recorded)
    loader = iter(BatchLoader(dataset, 20, training=True, device="meta"))
    next(loader)
    loader.close()  # waits for the thread
    assert len(gathered) == 2


def test_the_thread_sets_the_current_device(dataset, monkeypatch):
    """A new thread of CUDA starts with device 0, whatever the caller's device is."""
    chosen = []
    monkeypatch.setattr(torch.cuda, "set_device", chosen.append)
    monkeypatch.setattr(dataset, "gather_group", lambda group, device: [device] * len(group))
    loader = BatchLoader(dataset, 45, device="cuda:1")
    assert [device for device, _ in loader] == [torch.device("cuda:1")] * 2
    assert chosen == [torch.device("cuda:1")]


def test_an_empty_dataset_has_one_empty_batch(dataset):
    none = dataset.subset(np.empty(0, dtype=int))
    loader = BatchLoader(none, 16)
    assert len(loader) == 1
    ((batch, positions),) = loader
    assert len(batch) == len(positions) == 0 and not batch.tensors


@pytest.mark.parametrize("batch_size", [7, 32])
def test_objects_are_drawn_as_often_as_their_copies_say(dataset, batch_size):
    copies = np.where(np.arange(90) < 30, 2.5, 1.0)
    repeated = TableDataset(dataset.preprocessors, dataset.prepared, {}, copies=copies)
    loader = BatchLoader(repeated, batch_size, training=True)
    counts = np.zeros(90)
    for _ in range(6):
        batches = [positions for _, positions in loader]
        assert len(batches) == len(loader) == -(-135 // batch_size)
        counts += np.bincount(np.concatenate(batches), minlength=90)
    np.testing.assert_array_equal(counts[30:], 6)
    assert ((counts[:30] >= 12) & (counts[:30] <= 18)).all()
    assert 13 < counts[:30].mean() < 17
    # Without training, and in a part, each object comes once.
    seen = np.concatenate([positions for _, positions in BatchLoader(repeated, batch_size)])
    np.testing.assert_array_equal(np.sort(seen), np.arange(90))
    part = BatchLoader(repeated.subset(np.arange(25, 35)), batch_size, training=True)
    drawn = np.concatenate([positions for _, positions in part])
    assert set(drawn) == set(range(10)) and 15 <= len(drawn) <= 20


def test_exact_lengths_leave_less_padding_and_random_pools(dataset):
    padding, plans = {}, {}
    lengths = dataset.lengths
    for noisy in (True, False):
        loader = BatchLoader(dataset, 4, training=True, noisy=noisy)
        plans[noisy] = [loader.plan(np.random.default_rng(seed)) for seed in range(20)]
        padding[noisy] = sum(len(b) * lengths[b].max() for plan in plans[noisy] for b in plan)
        assert all(sorted(np.concatenate(plan)) == list(range(90)) for plan in plans[noisy])
    assert padding[False] < padding[True]
    firsts = [lengths[plan[0]].mean() for plan in plans[False]]
    assert np.std(firsts) > 0.1 * np.ptp(lengths)  # batches come in random order


@pytest.mark.parametrize("training", [False, True])
def test_processes_divide_the_same_batches(dataset, training):
    params = {"training": training, "seed": 3}
    whole = list(BatchLoader(dataset, 16, **params))
    loaders = [BatchLoader(dataset, 16, **params, processes=Processes(i, 3)) for i in range(3)]
    for (batch, positions), *parts in zip(whole, *loaders, strict=True):
        for rank, (part, joint_positions) in enumerate(parts):
            own = slice(rank, None, 3)
            np.testing.assert_array_equal(joint_positions, positions)
            assert len(part) == len(positions[own]) and len(part.joint) == len(batch)
            assert part.joint.tensors == {} and part.joint.present.keys() == batch.present.keys()
            for name, mask in batch.present.items():
                torch.testing.assert_close(part.joint.present[name], mask)
                if name in part.present:
                    torch.testing.assert_close(part.present[name], mask[own])
            for name, values in batch.targets.items():
                torch.testing.assert_close(part.joint.targets[name], values)
                torch.testing.assert_close(part.targets[name], values[own])


def test_a_batch_of_few_objects_is_not_divided(dataset):
    few = dataset.subset(np.arange(2))
    for rank in range(3):
        ((batch, positions),) = BatchLoader(few, 16, processes=Processes(rank, 3))
        assert batch.joint is None and len(batch) == len(positions) == 2
