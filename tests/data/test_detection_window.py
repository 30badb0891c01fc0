"""The window around an event, and stray points."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_sn.data import (
    Ragged,
    as_ragged,
    event_mask,
    first_significant_detections,
    peaks,
    prefix_starts,
    stray_intervals,
    stray_mask,
    window_mask,
)
from sklearn_sn.datasets import make_supernovae


def rows(*curves):
    """Light curves from triples of times, fluxes and errors."""
    fields = {
        name: np.concatenate([np.asarray(curve[i], dtype=float) for curve in curves])
        for i, name in enumerate(("time", "flux", "flux_err"))
    }
    return Ragged(fields, np.concatenate([[0], np.cumsum([len(curve[0]) for curve in curves])]))


def event(start=100.0, n=6, error=2.0):
    return start + 3.0 * np.arange(n), 60.0 + 10.0 * np.arange(n), np.full(n, error)


def with_points(curve, time, flux, error=2.0):
    """Insert points into a light curve."""
    time = np.atleast_1d(np.asarray(time, dtype=float))
    new = time, np.broadcast_to(flux, time.shape), np.broadcast_to(error, time.shape)
    columns = [np.concatenate(pair) for pair in zip(curve, new, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    return tuple(column[order] for column in columns)


@pytest.fixture(scope="module")
def supernovae():
    X, _ = make_supernovae(60, random_state=1)
    return as_ragged(X["light_curve"], kind="light_curve").sort("time")


def test_points_long_before_the_event_are_outside():
    noise = np.arange(-900.0, 60.0, 2.0)
    curves = rows(with_points(event(), noise, 1.0))
    np.testing.assert_array_equal(window_mask(curves), curves["time"] >= 70.0)
    assert window_mask(curves, None).all()
    np.testing.assert_array_equal(window_mask(curves, 60), curves["time"] >= 40.0)


def test_a_light_curve_that_begins_thirty_days_before_is_unchanged():
    noise = 100.0 - np.array([30.0, 20.0, 10.0])
    assert window_mask(rows(with_points(event(), noise, 1.0))).all()


def test_a_noise_peak_in_the_baseline_does_not_open_the_window():
    noise = np.arange(-900.0, 60.0, 2.0)
    flux = np.where(noise == -400.0, 13.0, 0.5)  # 6.5 sigma, alone
    curves = rows(with_points(event(), noise, flux))
    assert first_significant_detections(curves) == pytest.approx([100.0])


@pytest.mark.parametrize("n", [1, 2])
def test_few_detections_are_an_event(n):
    """A single detection counts where no other point confirms it."""
    noise = np.arange(0.0, 90.0, 2.0)
    curves = rows(with_points(event(n=n), noise, 0.5))
    assert first_significant_detections(curves) == pytest.approx([100.0])
    assert window_mask(curves).sum() == n + (noise >= 70.0).sum()


def test_a_light_curve_without_detections_or_errors_keeps_its_points():
    faint = np.arange(0.0, 400.0, 10.0), np.ones(40), np.ones(40)
    unknown = np.arange(0.0, 400.0, 10.0), np.full(40, 50.0), np.full(40, np.nan)
    curves = rows(faint, ([], [], []), unknown)
    assert window_mask(curves).all() and np.isnan(first_significant_detections(curves)).all()
    assert len(window_mask(rows(([], [], [])))) == 0


@pytest.mark.parametrize("day", [-400.0, -30.0, 60.0, 400.0, 2000.0])
@pytest.mark.parametrize("factor", [20.0, 100.0, 1e6])
def test_a_stray_point_moves_neither_origin_nor_scale(day, factor):
    curve = event(n=12)
    clean, dirty = rows(curve), rows(with_points(curve, 110.5 + day, factor * 170.0))
    for expected, found in zip(peaks(clean), peaks(dirty), strict=True):
        np.testing.assert_allclose(found, expected)
    stray = dirty["time"] == 110.5 + day
    np.testing.assert_array_equal(stray_mask(dirty), stray)
    np.testing.assert_array_equal(event_mask(dirty), ~stray)
    assert not stray_mask(clean).any()


def test_a_bright_point_that_another_confirms_is_the_peak():
    curve = with_points(event(n=12), [112.5, 113.5], [900.0, 800.0])
    assert peaks(rows(curve))[0] == pytest.approx([900.0])
    assert not stray_mask(rows(curve)).any()


def test_simulated_events_have_few_stray_points(supernovae):
    assert stray_mask(supernovae).mean() < 0.01
    assert (peaks(supernovae)[0] > 0).all()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 10**6), st.integers(1, 25), st.sampled_from([0.0, 10.0, 30.0, None]))
def test_the_window_of_a_prefix_does_not_depend_on_later_points(seed, n_points, days_before):
    rng = np.random.default_rng(seed)
    curves = []
    for _ in range(3):
        n = int(rng.integers(0, n_points + 1))
        time = np.sort(rng.choice(2000, n, replace=False) * 0.25)
        flux = rng.choice([0.5, 3.0, 12.0, 40.0, 500.0, -7.0], n)
        curves.append((time, flux, rng.choice([1.0, 2.0, np.nan], n)))
    whole = rows(*curves)
    start = prefix_starts(whole, days_before)
    for i, (low, high) in enumerate(zip(whole.offsets[:-1], whole.offsets[1:], strict=True)):
        for end in range(low + 1, high + 1):
            size = end - low
            prefix = rows(tuple(field[:size] for field in curves[i]))
            np.testing.assert_array_equal(
                window_mask(prefix, days_before), whole["time"][low:end] >= start[end - 1]
            )


def test_stray_points_are_those_of_the_longest_prefix():
    rng = np.random.default_rng(0)
    for trial in range(60):
        curves = rows(
            *(
                (
                    np.cumsum(rng.exponential((5.0, 40.0)[trial % 2], n)),
                    rng.lognormal(3.0, (0.5, 2.0)[trial // 2 % 2], n) * rng.choice([-0.2, 1.0], n),
                    np.full(n, 3.0),
                )
                for n in rng.integers(0, 40, 1 + trial % 3)
            )
        )
        begin, end = stray_intervals(curves)
        last = curves.offsets[1:][curves.rows] - 1
        np.testing.assert_array_equal(stray_mask(curves), (begin <= last) & (last < end))
        # A row by itself takes shorter ways.
        alone = [stray_mask(curves.take([row])) for row in range(len(curves))]
        np.testing.assert_array_equal(np.concatenate(alone), stray_mask(curves))
