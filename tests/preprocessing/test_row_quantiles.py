"""Quantiles of ragged rows."""

import numpy as np
import pytest

from sklearn_sn.preprocessing._row_quantiles import row_quantile


@pytest.mark.parametrize("quantile", [0.0, 0.1, 0.5, 0.98, 1.0])
def test_equals_numpy_row_by_row(quantile):
    rng = np.random.default_rng(0)
    rows, values = rng.integers(0, 12, 60), rng.normal(size=60)
    rows[rows == 5] = 6  # no values in row 5
    found = row_quantile(rows, values, 13, quantile)
    for row in range(13):
        own = values[rows == row]
        assert np.isnan(found[row]) if len(own) == 0 else True
        if len(own):
            assert found[row] == pytest.approx(np.quantile(own, quantile))


def test_no_values():
    assert np.isnan(row_quantile(np.arange(0), np.empty(0), 2, 0.5)).all()
    assert row_quantile(np.arange(0), np.empty(0), 0, 0.5).shape == (0,)
