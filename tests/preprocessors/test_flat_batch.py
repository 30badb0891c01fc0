"""Padding of flat arrays, beside a loop over rows."""

import numpy as np
import pytest

from sklearn_sn.data import Ragged
from sklearn_sn.preprocessors._flat_batch import FlatBatch, RaggedPreprocessor, pad

LENGTHS = [2, 0, 3, 1, 3, 7]


@pytest.fixture
def flat():
    rng = np.random.default_rng(0)
    batch = Ragged({}, np.concatenate([[0], np.cumsum(LENGTHS)]))
    inputs = {
        "values": rng.normal(size=(16, 3)).astype(np.float32),
        "time": rng.normal(size=16),
        "band": rng.integers(1, 5, 16),
        "hidden": rng.random(16) < 0.5,
    }
    return FlatBatch(batch, inputs, np.array([8, 3, 5, 0, 1, 2]), padded_true=("hidden",))


def padded_row_by_row(flat, rows):
    longest = max([flat.lengths[row] for row in rows] + [1])
    arrays = {"pad_mask": np.ones((len(rows), longest), dtype=bool)}
    for name, values in flat.inputs.items():
        fill = name == "hidden"
        arrays[name] = np.full((len(rows), longest, *values.shape[1:]), fill, dtype=values.dtype)
    for i, row in enumerate(rows):
        start, stop = flat.batch.offsets[row], flat.batch.offsets[row + 1]
        arrays["pad_mask"][i, : stop - start] = False
        for name, values in flat.inputs.items():
            arrays[name][i, : stop - start] = values[start:stop]
    return arrays


@pytest.mark.parametrize("rows", [None, [0, 3], [5, 1, 0], [4], [1], [1, 1], [2, 4, 2]])
def test_padded_rows_are_those_of_a_loop(flat, rows):
    expected = padded_row_by_row(flat, range(6) if rows is None else rows)
    arrays = flat.padded(None if rows is None else np.array(rows))
    assert arrays.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_array_equal(arrays[name], values)
        assert arrays[name].dtype == values.dtype


@pytest.mark.parametrize("offsets", [[0, 4], [0, 0], [0]])
def test_single_and_empty_batches(offsets):
    ragged, values = Ragged({}, offsets), np.arange(1.0, offsets[-1] + 1)
    arrays = pad(ragged, {"x": values})
    assert arrays["x"].shape == (len(ragged), max(offsets[-1], 1))
    np.testing.assert_array_equal(arrays["x"][~arrays["pad_mask"]], values)
    assert not arrays["x"][arrays["pad_mask"]].any()


def test_ragged_padding_is_exact():
    ragged = Ragged({}, [0, 2, 2, 5])
    arrays = pad(ragged, {"x": np.arange(1.0, 6.0)})
    np.testing.assert_array_equal(arrays["x"], [[1, 2, 0], [0, 0, 0], [3, 4, 5]])
    np.testing.assert_array_equal(arrays["pad_mask"][0], [False, False, True])


def test_a_batch_is_gathered_as_one_chunk(flat):
    class Doubled(RaggedPreprocessor):
        def flat_batch(self, prepared, rows, rng=None):
            return prepared

    arrays, object_index = Doubled().gather(flat, np.arange(9))
    np.testing.assert_array_equal(object_index, flat.object_index)
    assert arrays["values"].shape == (6, 7, 3)
    assert Doubled.varies_in_length
