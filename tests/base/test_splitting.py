"""The validation part inside a fit."""

import numpy as np
import pytest

from sklearn_sn.base._splitting import split_rows


def test_split_is_a_partition():
    kept, held = split_rows(50, 0.2, None, np.random.default_rng(0))
    assert len(held) == 10
    np.testing.assert_array_equal(np.sort(np.concatenate([kept, held])), np.arange(50))


def test_every_class_gives_its_share():
    labels = np.repeat(["a", "b", "c"], [70, 20, 10])
    _, held = split_rows(100, 0.2, labels, np.random.default_rng(0))
    names, counts = np.unique(labels[held], return_counts=True)
    assert dict(zip(names, counts, strict=True)) == {"a": 14, "b": 4, "c": 2}


def test_a_class_of_one_stays_in_training():
    labels = np.array(["a"] * 9 + ["b"])
    for seed in range(20):
        kept, _ = split_rows(10, 0.3, labels, np.random.default_rng(seed))
        assert 9 in kept


def test_too_few_rows():
    with pytest.raises(ValueError, match="early_stopping"):
        split_rows(3, 0.2, None, np.random.default_rng(0))
