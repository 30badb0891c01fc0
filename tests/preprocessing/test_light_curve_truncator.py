import numpy as np
import pytest

from sklearn_sn.data import as_ragged
from sklearn_sn.preprocessing import LightCurveTruncator

TIMES = [0.0, 5.0, 10.0, 15.0, 30.0]


@pytest.fixture
def X(curve_table):
    """The second object is detected at its third point only, the third one never."""
    errors = [1.0] * 5
    return curve_table(
        {"time": TIMES, "band": ["ztfg"] * 5, "flux": [9.0] * 5, "flux_err": errors},
        {"time": TIMES, "band": ["ztfg"] * 5, "flux": [1.0, -8.0, 5.0, 9, 1], "flux_err": errors},
        {"time": TIMES, "band": ["ztfg"] * 5, "flux": [1.0] * 5, "flux_err": errors},
        None,
    )


def _times(X, **parameters):
    curves = as_ragged(LightCurveTruncator(**parameters).fit_transform(X)["light_curve"])
    return [list(curves.take([row])["time"]) for row in range(len(X))]


def test_days_after_the_first_point(X):
    assert _times(X, n_days=10) == [TIMES[:3]] * 3 + [[]]
    assert _times(X, n_days=0) == [TIMES[:1]] * 3 + [[]]


def test_days_after_the_detection(X):
    assert _times(X, n_days=5, origin="detection") == [TIMES[:2], TIMES[:4], TIMES[:2], []]


def test_points(X):
    assert _times(X, n_points=2) == [TIMES[:2]] * 3 + [[]]
    # Points before the detection are kept and not counted.
    assert _times(X, n_points=2, origin="detection") == [TIMES[:2], TIMES[:4], TIMES[:2], []]


def test_both_limits_hold(X):
    assert _times(X, n_points=4, n_days=10) == [TIMES[:3]] * 3 + [[]]
    assert _times(X, n_points=2, n_days=10) == [TIMES[:2]] * 3 + [[]]


def test_no_limit_keeps_all(X):
    assert _times(X) == [TIMES] * 3 + [[]]


def test_without_errors_nothing_is_a_detection(curve_table):
    X = curve_table({"time": TIMES, "band": ["ztfg"] * 5, "flux": [0, 0, 90.0, 90, 90]})
    assert _times(X, n_days=5, origin="detection") == [TIMES[:2]]


def test_last_object_may_be_empty(curve_table):
    X = curve_table(None, {"time": TIMES, "band": ["ztfg"] * 5, "flux": TIMES}, None, None)
    assert _times(X, n_days=1e3) == [[], TIMES, [], []]
    np.testing.assert_array_equal(_times(X, n_days=7)[1], TIMES[:2])
