"""Batches of objects that are read part by part."""

import numpy as np
import pytest
import torch

from sklearn_sn.nets import BatchLoader, StreamedDataset, StreamedLoader
from tests.nets.toy import toy_dataset, toy_net

SIZES = [16, 16, 8]


def streamed(dataset, reads=None):
    """Parts of a dataset in memory, of which the first holds the last rows."""
    parts = np.array_split(np.random.default_rng(0).permutation(40), np.cumsum(SIZES)[:-1])

    def read(rng):
        for rows in parts:
            yield np.sort(rows), "objects"

    def prepare(rows, objects, chosen):
        assert objects == "objects"
        rows = rows if chosen is None else rows[chosen]
        if reads is not None:
            reads.append(len(rows))
        return dataset.subset(rows), rows

    return StreamedDataset(read, prepare, SIZES)


def test_batches_are_those_of_the_table_in_memory():
    dataset = toy_dataset()
    loader = StreamedLoader(streamed(dataset), 5, seed=3)
    batches = list(loader)
    assert len(loader) == len(batches) == 4 + 4 + 2
    seen = np.concatenate([rows for _, rows in batches])
    assert np.sort(seen).tolist() == list(range(40))
    for batch, rows in batches:
        expected = dataset.gather(rows, "cpu")
        assert torch.equal(batch.targets["targets"], expected.targets["targets"])
        values, chunks = (b.tensors["metadata"][0] for b in (expected, batch))
        assert all(torch.equal(values[name], chunks[name]) for name in values)


def test_a_single_part_is_shuffled_as_a_table():
    dataset = toy_dataset()
    one = StreamedDataset(
        lambda rng: iter([(np.arange(40), None)]), lambda rows, *_: (dataset, rows), [40]
    )
    batches = [rows for _, rows in StreamedLoader(one, 16, seed=1, epoch=2)]
    expected = [rows for _, rows in BatchLoader(dataset, 16, training=True, seed=1, epoch=2)]
    assert all(map(np.array_equal, batches, expected))


def test_epochs_differ_and_repeat_by_seed():
    dataset = streamed(toy_dataset())
    loader = StreamedLoader(dataset, 8, seed=0)
    first, second = ([rows.tolist() for _, rows in loader] for _ in range(2))
    assert first != second
    assert first == [rows.tolist() for _, rows in StreamedLoader(dataset, 8, seed=0)]
    assert second == [rows.tolist() for _, rows in StreamedLoader(dataset, 8, seed=0, epoch=1)]


@pytest.mark.parametrize(("most", "of_parts"), [(5, [8, 8, 4]), (3, [4, 4, 4]), (1, [4])])
def test_few_batches_are_spread_over_all_parts(most, of_parts):
    reads = []
    loader = StreamedLoader(streamed(toy_dataset(), reads), 4, seed=0, max_batches=most)
    batches = list(loader)
    assert len(batches) == most and reads == of_parts
    assert list(loader) == []


def test_a_net_trains_on_files():
    dataset = toy_dataset()
    net = toy_net(max_epochs=12).partial_fit(streamed(dataset))
    losses = [row["train_loss"] for row in net.history]
    assert losses[-1] < 0.7 * losses[0] and len(net.history) == 12
