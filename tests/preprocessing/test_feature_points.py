"""Points from which features are computed."""

import numpy as np
import pytest

from sklearn_sn.data import Ragged
from sklearn_sn.preprocessing._feature_points import magnitude_points, usable_points


def curves(*rows):
    """Light curves of lists of (time, band, flux, flux_err)."""
    flat = [point for row in rows for point in row]
    time, band, flux, error = (list(values) for values in zip(*flat, strict=True))
    fields = {"time": time, "band": band, "flux": flux, "flux_err": error}
    return Ragged(fields, np.cumsum([0, *map(len, rows)]))


def test_only_points_of_the_event_with_a_band_and_a_flux_are_used():
    event = [(100.0, "ztfg", 50.0, 1.0), (101.0, "ztfr", 60.0, 1.0), (103.0, "ztfr", 55.0, 1.0)]
    baseline = [(t, "ztfg", 0.5, 1.0) for t in (0.0, 20.0)]
    broken = [(101.0, "clear", 60.0, 1.0), (102.0, "ztfr", np.nan, 1.0)]
    points = usable_points(curves(baseline + event[:2] + broken + event[2:], [(1, "ztfr", -3, 1)]))
    np.testing.assert_array_equal(points["time"], [100.0, 101.0, 103.0])
    np.testing.assert_array_equal(points.lengths, [3, 0])  # no positive flux in the second


def test_simultaneous_points_get_one_order():
    row = [(5.0, "ztfr", 9.0, 1.0), (5.0, "ztfg", 8.0, 1.0), (5.0, "ztfg", 7.0, 1.0)]
    points = [usable_points(curves(order)) for order in (row, row[::-1], row[1:] + row[:1])]
    for other in points:
        np.testing.assert_array_equal(other["flux"], [7.0, 8.0, 9.0])


def test_an_unknown_error_is_a_tenth_of_the_flux():
    points = usable_points(curves([(5.0, "ztfr", 9.0, np.nan)]))
    assert points["flux_err"] == pytest.approx([0.9])


def test_magnitudes_of_bright_points_are_those_of_the_flux():
    flux = np.array([100.0, 80.0, 50.0])
    row = [(50000.0 + t, "ztfr", f, 0.01 * f) for t, f in enumerate(flux)]
    data = magnitude_points(usable_points(curves(row)), 8)
    expected = 23.9 - 2.5 * np.log10(flux)
    np.testing.assert_allclose(data.points["magnitude"], expected, atol=2e-3)
    np.testing.assert_allclose(data.points["error"], np.hypot(0.05, 0.01086), rtol=2e-3)
    # The first two points are bright.
    assert data.centre == pytest.approx(50000.5)
    np.testing.assert_allclose(data.points["time"], [-0.5, 0.5, 1.5])


def test_many_points_become_averages_of_bands_and_days():
    rng = np.random.default_rng(0)
    time = np.sort(rng.uniform(0, 30, 90))
    row = [(t, "ztfg" if i % 2 else "ztfr", 100.0, 5.0) for i, t in enumerate(time)]
    few = row[:10]
    points = usable_points(curves(row, few))
    data = magnitude_points(points, 20).points
    assert 10 <= data.lengths[0] <= 20
    assert data.lengths[1] == 10
    # Averages of equal fluxes are equal, and their errors are smaller.
    np.testing.assert_allclose(data["magnitude"], 23.9 - 5.0, atol=0.01)
    assert data["error"][: data.lengths[0]].max() < 0.8 * data["error"][-1]
    # An object has the same points without the other one.
    alone = magnitude_points(points.take([0]), 20).points
    np.testing.assert_array_equal(alone["magnitude"], data["magnitude"][: data.lengths[0]])


def test_averages_over_sixteen_days_are_thinned_if_necessary():
    time = np.arange(0.0, 400.0, 2.0)
    row = [(t, band, 100.0, 5.0) for t in time for band in ("ztfg", "ztfr")]
    data = magnitude_points(usable_points(curves(row)), 16).points
    assert len(data["time"]) == 16
    assert np.ptp(data["time"]) > 300


def test_a_centre_without_points_near_it_moves_to_the_brightest():
    row = [(0.0, "ztfr", 100.0, 1.0), (1000.0, "ztfr", 101.0, 30.0)]
    data = magnitude_points(usable_points(curves(row)), 8)
    assert data.points.lengths.tolist() == [1]
