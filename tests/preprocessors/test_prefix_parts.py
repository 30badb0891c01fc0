"""Light curves as they are known after each of their points."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_sn.data import Ragged, event_mask
from sklearn_sn.preprocessors._prefix_parts import prefix_parts


def random_curves(seed, n_points):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(0, n_points + 1, 3)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    n = offsets[-1]
    time = np.concatenate([np.sort(rng.choice(1200, k, replace=False)) for k in lengths]) * 0.5
    flux = rng.choice([0.5, 3.0, 12.0, 40.0, 500.0, 9e4, -7.0], n)
    error = rng.choice([1.0, 2.0, 30.0, np.nan], n)
    return Ragged({"time": time, "flux": flux, "flux_err": error}, offsets)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 10**6), st.integers(1, 30), st.sampled_from([0.0, 30.0, None]))
def test_each_prefix_consists_of_the_points_of_its_event(seed, n_points, days_before):
    curves = random_curves(seed, n_points)
    parts = prefix_parts(curves, days_before)
    predicted = np.flatnonzero(parts.predicts >= 0)
    np.testing.assert_array_equal(np.sort(parts.predicts[predicted]), np.arange(curves.n_points))
    part_start = np.repeat(parts.offsets[:-1], np.diff(parts.offsets))
    for position in predicted:
        last = parts.predicts[position]
        low = curves.offsets[curves.rows[last]]
        fields = {name: curves[name][low : last + 1] for name in ("time", "flux", "flux_err")}
        prefix = Ragged(fields, [0, last + 1 - low])
        expected = low + np.flatnonzero(event_mask(prefix, days_before))
        np.testing.assert_array_equal(parts.point[part_start[position] : position + 1], expected)


@pytest.mark.parametrize("lengths", [[0], [0, 0, 0], [1], [0, 1, 0, 2]])
def test_short_and_empty_rows(lengths):
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    n = offsets[-1]
    fields = {"time": np.arange(n) * 1.0, "flux": np.full(n, 9.0), "flux_err": np.ones(n)}
    parts = prefix_parts(Ragged(fields, offsets), 30.0)
    np.testing.assert_array_equal(np.sort(parts.predicts[parts.predicts >= 0]), np.arange(n))


def test_an_ordinary_light_curve_is_read_in_one_pass():
    fields = {
        "time": np.arange(20.0) * 3.0,
        "flux": 50.0 + 20.0 * np.sin(np.arange(20.0) / 3),
        "flux_err": np.ones(20),
    }
    parts = prefix_parts(Ragged(fields, [0, 20]), 30.0)
    np.testing.assert_array_equal(parts.offsets, [0, 20])
    np.testing.assert_array_equal(parts.predicts, np.arange(20))
