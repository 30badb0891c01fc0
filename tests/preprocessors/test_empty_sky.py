"""Training light curves with points without an event."""

import numpy as np
import pytest

from sklearn_sn.data import Ragged
from sklearn_sn.preprocessors._empty_sky import (
    BASELINE,
    BASELINE_DAYS,
    GAP,
    SEASON_DAYS,
    SECOND_SEASON,
    _merged_order,
    with_empty_sky,
)

N_ROWS, N_POINTS = 3000, 12


@pytest.fixture(scope="module")
def batch():
    rng = np.random.default_rng(0)
    points = np.empty((N_ROWS * N_POINTS, 4), dtype=np.float32)
    points[:, 0] = np.tile(np.arange(N_POINTS) * 3.0, N_ROWS)
    points[:, 1] = 50.0
    points[:, 2] = rng.uniform(0.5, 2.0, len(points))
    bands = rng.integers(0, 3, len(points))
    points[:, 3] = bands
    return points, bands, Ragged({}, np.arange(0, len(points) + 1, N_POINTS))


def test_baselines_and_seasons_are_noise_of_the_light_curve(batch):
    points, bands, ragged = with_empty_sky(*batch, np.random.default_rng(1))
    new = points[:, 1] != 50.0
    before, after = points[:, 0] < 0, points[:, 0] > 3.0 * (N_POINTS - 1)
    np.testing.assert_array_equal(new, before | after)
    assert points[before, 0].min() >= -BASELINE_DAYS
    last = 3.0 * (N_POINTS - 1)
    assert points[after, 0].min() > last and points[after, 0].max() <= last + SEASON_DAYS[1]
    assert (points[new, 1] / points[new, 2]).std() == pytest.approx(1.0, abs=0.02)
    assert abs((points[new, 1] / points[new, 2]).mean()) < 0.02
    np.testing.assert_array_equal(points[:, 3], bands)
    for mask, share in ((before, BASELINE), (after, SECOND_SEASON)):
        with_points = len(np.unique(ragged.rows[mask])) / N_ROWS
        assert with_points == pytest.approx(share, abs=0.03)


def test_points_stay_in_order_of_time(batch):
    points, _, ragged = with_empty_sky(*batch, np.random.default_rng(2))
    same_row = np.diff(ragged.rows) == 0
    assert (np.diff(points[:, 0])[same_row] >= 0).all()
    assert len(ragged) == N_ROWS and ragged.n_points == len(points)


def test_gaps_leave_three_points(batch):
    points, _, ragged = with_empty_sky(*batch, np.random.default_rng(3))
    real = np.bincount(ragged.rows[points[:, 1] == 50.0], minlength=N_ROWS)
    assert real.min() >= 3
    assert (real < N_POINTS).mean() == pytest.approx(GAP, abs=0.03)


def test_the_input_stays_as_it_is(batch):
    points, bands, ragged = batch
    copies = points.copy(), bands.copy(), ragged.offsets.copy()
    with_empty_sky(points, bands, ragged, np.random.default_rng(4))
    for value, copy in zip((points, bands, ragged.offsets), copies, strict=True):
        np.testing.assert_array_equal(value, copy)


@pytest.mark.parametrize("lengths", [[0], [0, 1, 0], [1], [2, 0]])
def test_short_and_empty_rows(lengths):
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    points = np.ones((offsets[-1], 4), dtype=np.float32)
    bands = np.zeros(len(points), dtype=np.int64)
    for seed in range(20):
        rng = np.random.default_rng(seed)
        new, codes, ragged = with_empty_sky(points, bands, Ragged({}, offsets), rng)
        assert len(new) == len(codes) == ragged.n_points and len(ragged) == len(lengths)
        # A row without points remains without.
        assert (ragged.lengths[np.array(lengths) == 0] == 0).all()
        assert (ragged.lengths >= lengths).all()


@pytest.mark.parametrize("lowest", [-30.0, 0.0])
@pytest.mark.parametrize("seed", range(4))
def test_merged_order_is_that_of_a_sort_of_all_points(seed, lowest):
    """With `lowest` 0, new points have the time of the first point, which precedes them."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(0, 6, 40)
    batch = Ragged({}, np.concatenate([[0], np.cumsum(lengths)]))
    time = np.float32(3.0) * batch.rank().astype(np.float32)
    counts = rng.integers(0, 4, (2, 40)) * (lengths > 0)
    new_rows = np.concatenate([np.repeat(np.arange(40), count) for count in counts])
    before = (
        np.full(counts[0].sum(), 0.0) if lowest == 0 else rng.uniform(lowest, -0.1, counts[0].sum())
    )
    after = rng.uniform(100.0, 350.0, counts[1].sum())
    new_time = np.concatenate([before, after]).astype(np.float32)
    order, offsets = _merged_order(batch, time, new_time, new_rows, counts)
    rows, times = np.concatenate([batch.rows, new_rows]), np.concatenate([time, new_time])
    np.testing.assert_array_equal(order, np.lexsort((times, rows)))
    np.testing.assert_array_equal(np.diff(offsets), np.bincount(rows, minlength=40))
