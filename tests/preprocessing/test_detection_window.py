"""Light curves cut to a window around the event."""

import numpy as np
import pytest
from sklearn.base import clone

from sklearn_sn.data import as_ragged
from sklearn_sn.preprocessing import DetectionWindow

NOISE = np.arange(0.0, 360.0, 20.0)
TIMES = np.concatenate([NOISE, [365.0, 370.0, 380.0, 500.0]])
FLUX = np.concatenate([np.full(18, 0.5), [50.0, 60.0, 55.0, 1.0]])


@pytest.fixture
def X(curve_table):
    curve = {"time": TIMES, "band": ["ztfg"] * 22, "flux": FLUX, "flux_err": np.full(22, 2.0)}
    faint = {**curve, "flux": np.full(22, 0.5)}
    return curve_table(curve, faint, None)


def times(X, **parameters):
    curves = as_ragged(DetectionWindow(**parameters).fit_transform(X)["light_curve"])
    return [curves["time"][curves.rows == i] for i in range(3)]


@pytest.mark.parametrize(
    "parameters, low, high",
    [
        ({}, 335.0, 500.0),
        ({"days_before": 0}, 365.0, 500.0),
        ({"days_before": None}, 0.0, 500.0),
        ({"days_before": 100.0, "days_after": 10.0}, 265.0, 375.0),
        ({"days_before": None, "days_after": 0.0}, 0.0, 365.0),
    ],
)
def test_points_inside_the_window_are_kept(X, parameters, low, high):
    event, faint, empty = times(X, **parameters)
    np.testing.assert_array_equal(event, TIMES[(low <= TIMES) & (high >= TIMES)])
    # Without a detection there is no window.
    np.testing.assert_array_equal(faint, TIMES)
    assert len(empty) == 0


def test_the_window_of_an_object_does_not_depend_on_others(X):
    alone = as_ragged(DetectionWindow().fit_transform(X.iloc[:1])["light_curve"])["time"]
    np.testing.assert_array_equal(alone, times(X)[0])


def test_a_window_applied_twice_changes_nothing_more(X):
    once = DetectionWindow().fit_transform(X)
    twice = clone(DetectionWindow()).fit_transform(once)
    np.testing.assert_array_equal(
        as_ragged(once["light_curve"])["time"], as_ragged(twice["light_curve"])["time"]
    )


@pytest.mark.parametrize("name", ["days_before", "days_after"])
def test_negative_days_are_rejected(X, name):
    with pytest.raises(ValueError, match=f"The '{name}' parameter of DetectionWindow must be"):
        DetectionWindow(**{name: -1.0}).fit(X)
