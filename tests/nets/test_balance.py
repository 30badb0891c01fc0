"""Batches of equal shares."""

import numpy as np
import pytest

from sklearn_sn.nets import BatchLoader, TableDataset, balanced_batches
from tests.nets.test_batch import dataset  # noqa: F401

GROUPS = np.repeat([0, 1, 2], [700, 270, 30])


@pytest.mark.parametrize("n_batches", [1, 7, 50])
def test_every_batch_holds_equal_shares(n_batches):
    rng = np.random.default_rng(0)
    batches = balanced_batches(GROUPS, np.arange(1000.0), n_batches, 4, rng)
    assert len(batches) == n_batches
    sizes = [len(batch) for batch in batches]
    assert sum(sizes) == 1000 and max(sizes) - min(sizes) <= 1
    for batch in batches:
        assert np.ptp(np.bincount(GROUPS[batch], minlength=3)) <= 2


def test_small_groups_come_whole_and_large_ones_in_part():
    batches = balanced_batches(GROUPS, np.ones(1000), 10, 1, np.random.default_rng(0))
    times = np.bincount(np.concatenate(batches), minlength=1000)
    assert times[:700].max() == 1 and times[700:970].min() >= 1
    assert set(times[970:]) == {11, 12}


def test_batches_hold_objects_of_like_length():
    lengths = np.random.default_rng(1).uniform(size=1000)
    batches = balanced_batches(GROUPS, lengths, 20, 20, np.random.default_rng(0))
    assert np.mean([np.ptp(lengths[batch]) for batch in batches]) < 0.2


def test_more_groups_than_places():
    batches = balanced_batches(np.arange(5), np.ones(5), 3, 1, np.random.default_rng(0))
    np.testing.assert_array_equal(np.sort(np.concatenate(batches)), np.arange(5))


def test_a_loader_balances_in_training_alone(dataset):  # noqa: F811
    groups = (np.arange(90) < 9).astype(int)
    few = TableDataset(dataset.preprocessors, dataset.prepared, dataset.targets, groups=groups)
    few = few.subset(np.arange(1, 90))
    loader = BatchLoader(few, 20, training=True)
    for batch, positions in loader:
        share = groups[few.rows[positions]].mean()
        assert 0.4 < share < 0.6
        np.testing.assert_array_equal(batch.targets["classes"], few.rows[positions])
    order = np.concatenate([positions for _, positions in BatchLoader(few, 20)])
    np.testing.assert_array_equal(np.sort(order), np.arange(89))


def test_any_two_groups_meet_where_a_batch_holds_only_some():
    batches = balanced_batches(
        np.repeat(np.arange(8), 50), np.ones(400), 100, 10, np.random.default_rng(0)
    )
    groups = np.repeat(np.arange(8), 50)
    together = np.zeros((8, 8), bool)
    for batch in batches:
        together[np.ix_(groups[batch], groups[batch])] = True
    assert together.all()
