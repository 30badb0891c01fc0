"""Reductions agree with a loop over the rows, empty ones included."""

import itertools

import numpy as np
import pytest

from sklearn_sn.data._reductions import reduce_rows

LENGTHS = np.array([0, 3, 1, 0, 5, 0])
OFFSETS = np.concatenate([[0], np.cumsum(LENGTHS)])
VALUES = np.random.default_rng(0).normal(size=LENGTHS.sum())
LOOPS = {
    "sum": np.sum,
    "min": lambda row: row.min() if len(row) else -7.0,
    "max": lambda row: row.max() if len(row) else -7.0,
    "mean": lambda row: row.mean() if len(row) else -7.0,
    "count": len,
    "first": lambda row: row[0] if len(row) else -7.0,
    "last": lambda row: row[-1] if len(row) else -7.0,
    "any": lambda row: bool((row > 0).any()),
    "all": lambda row: bool((row > 0).all()),
}


@pytest.mark.parametrize("offsets", [OFFSETS, OFFSETS[[1, 2, 3]], [0], [0, 0], [0, 5]], ids=str)
@pytest.mark.parametrize("how", LOOPS)
def test_agrees_with_a_loop(how, offsets):
    offsets = np.asarray(offsets)
    values = VALUES[: offsets[-1]]
    flat = values > 0 if how in ("any", "all") else values
    out = reduce_rows(how, flat, offsets, empty=-7.0)
    rows = [values[a:b] for a, b in itertools.pairwise(offsets)]
    np.testing.assert_allclose(out, [LOOPS[how](row) for row in rows])


@pytest.mark.parametrize("how", ["sum", "min", "max", "mean"])
def test_a_row_alone_is_reduced_bit_for_bit_as_among_others(how):
    values = np.random.default_rng(1).normal(size=3000).astype(np.float32)
    among = reduce_rows(how, np.append(values, values), np.array([0, 3000, 6000]))
    assert reduce_rows(how, values, np.array([0, 3000])).tobytes() == among[1:].tobytes()


def test_types():
    assert reduce_rows("sum", np.array([1, 2]), np.array([0, 2, 2])).dtype == np.int64
    assert reduce_rows("max", np.array([1, 2]), np.array([0, 2, 2]), empty=0).tolist() == [2, 0]
    assert np.isnan(reduce_rows("max", np.array([1, 2]), np.array([0, 2, 2]))[1])
    assert reduce_rows("any", np.array([True, False]), np.array([0, 1, 2])).dtype == bool


def test_unknown_reductions_are_rejected():
    with pytest.raises(ValueError, match=r"The 'how' parameter .* Got 'median' instead\."):
        reduce_rows("median", np.ones(2), np.array([0, 2]))
