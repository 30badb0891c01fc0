"""Preparing light curves in blocks of rows."""

from dataclasses import dataclass, fields

import numpy as np
import pytest

from sklearn_sn.data import Ragged, check_table
from sklearn_sn.preprocessors import (
    LightCurveEventPreprocessor,
    LightCurvePreprocessor,
    LightCurveSequencePreprocessor,
    _blocks,
)


@pytest.mark.parametrize("size", [1, 60, 1000])
@pytest.mark.parametrize(
    "preprocessor",
    [
        LightCurvePreprocessor(band_encoding="embedding"),
        LightCurveSequencePreprocessor(max_points=20),
        LightCurveEventPreprocessor(),
    ],
)
def test_blocks_do_not_change_what_is_prepared(preprocessor, size, supernovae, monkeypatch):
    table = check_table(supernovae[0], modalities=["light_curve"])
    whole = preprocessor.fit(table).prepare(table)
    monkeypatch.setattr(_blocks, "POINTS_PER_BLOCK", size)
    parts = preprocessor.prepare(table)
    assert type(parts) is type(whole)
    for field in fields(whole):
        one, other = getattr(whole, field.name), getattr(parts, field.name)
        if isinstance(one, Ragged):
            np.testing.assert_array_equal(one.offsets, other.offsets)
            assert one.fields.keys() == other.fields.keys()
            for name in one.fields:
                np.testing.assert_array_equal(one[name], other[name])
        else:
            np.testing.assert_array_equal(one, other)
            assert one is None or one.dtype == other.dtype


@pytest.mark.parametrize("lengths", [[5, 0, 0, 2, 9, 0], [0, 0, 3], [4, 4, 4, 0], [0]])
def test_every_row_is_in_one_block_of_at_least_a_row(lengths, monkeypatch):
    @dataclass(frozen=True)
    class Prepared:
        ragged: Ragged
        row_sums: np.ndarray
        strength: np.ndarray | None = None

    monkeypatch.setattr(_blocks, "POINTS_PER_BLOCK", 4)
    curves = Ragged({"x": np.arange(sum(lengths))}, np.append(0, np.cumsum(lengths)))
    calls = []

    def prepare(part):
        calls.append(len(part))
        return Prepared(part, part.reduce("sum", "x"))

    out = _blocks.in_blocks(prepare, curves)
    expected = [sum(curves.take([row])["x"]) for row in range(len(lengths))]
    assert out.row_sums.tolist() == expected and out.strength is None
    assert out.ragged.lengths.tolist() == lengths and sum(calls) == len(lengths)
    assert min(calls) >= 1
