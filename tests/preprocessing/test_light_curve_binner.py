import numpy as np
import pytest

from sklearn_sn.data import as_ragged
from sklearn_sn.preprocessing import LightCurveBinner


def _binned(X, width=0.5):
    return as_ragged(LightCurveBinner(width).fit_transform(X)["light_curve"])


def test_weighted_mean(curve_table):
    X = curve_table(
        {
            "time": [0.0, 0.4, 5.0],
            "band": ["ztfg"] * 3,
            "flux": [1.0, 5.0, 7.0],
            "flux_err": [1.0, 2.0, 3.0],
        }
    )
    curves = _binned(X)
    np.testing.assert_allclose(curves["flux"], [(1 + 5 / 4) / (1 + 1 / 4), 7])
    np.testing.assert_allclose(curves["time"], [0.1 / 1.25, 5])
    np.testing.assert_allclose(curves["flux_err"], [1 / np.sqrt(1 + 1 / 4), 3])


def test_bands_are_not_mixed_and_time_order_is_kept(curve_table):
    X = curve_table(
        {"time": [0.0, 0.1, 0.2, 0.3], "band": ["ztfr", "ztfg"] * 2, "flux": [1.0, 2, 3, 4]}
    )
    curves = _binned(X)
    np.testing.assert_allclose(curves["time"], [0.1, 0.2])
    np.testing.assert_allclose(curves["flux"], [2, 3])
    assert list(curves["band"]) == ["ztfr", "ztfg"]
    assert np.isnan(curves["flux_err"]).all()


def _greedy(times, width):
    """Groups, one point after the other."""
    groups = []
    for time in times:
        if groups and time - groups[-1][0] <= width:
            groups[-1].append(time)
        else:
            groups.append([time])
    return [np.mean(group) for group in groups]


@pytest.mark.parametrize("spread", [3.0, 30.0, 300.0])
def test_groups_are_those_of_going_point_by_point(spread, curve_table):
    rng = np.random.default_rng(0)
    times = [np.sort(rng.uniform(0, spread, size)) for size in (1, 2, 17, 200, 90)]
    cells = [{"time": t, "band": ["ztfg"] * len(t), "flux": rng.normal(size=len(t))} for t in times]
    curves = _binned(curve_table(*cells))
    for row, time in enumerate(times):
        np.testing.assert_allclose(curves.take([row])["time"], _greedy(time, 0.5))


def test_width_zero_merges_simultaneous_points_only(curve_table):
    X = curve_table({"time": [0.0, 0.0, 1e-4], "band": ["ztfg"] * 3, "flux": [1.0, 3.0, 5.0]})
    np.testing.assert_allclose(_binned(X, 0)["flux"], [2, 5])


def test_merging_noise_keeps_its_statistics(curve_table):
    rng = np.random.default_rng(1)
    error = rng.uniform(1, 5, 3000)
    X = curve_table(
        {
            "time": np.arange(3000) / 10,
            "band": ["ztfg"] * 3000,
            "flux": rng.normal(0, error),
            "flux_err": error,
        }
    )
    curves = _binned(X)
    assert curves.n_points == pytest.approx(500, abs=10)
    assert np.std(curves["flux"] / curves["flux_err"]) == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("scale", [1e-200, 1e8])
def test_errors_of_any_size(scale, curve_table):
    X = curve_table(
        {
            "time": [0.0, 0.1],
            "band": ["ztfg"] * 2,
            "flux": [scale, 3 * scale],
            "flux_err": [scale, scale],
        }
    )
    curves = _binned(X)
    np.testing.assert_allclose(curves["flux"], [2 * scale])
    np.testing.assert_allclose(curves["flux_err"], [scale / np.sqrt(2)])
