"""Features of the classical baselines."""

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks" / "studies"


@pytest.fixture(scope="module")
def features():
    """The module of the features: benchmarks/studies/ is no package."""
    path = BENCHMARKS / "_light_curve_features.py"
    if not path.exists():
        pytest.skip("the folder benchmarks/studies is missing")
    spec = importlib.util.spec_from_file_location("_light_curve_features", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make_curve(colour=0.5, decline=0.05, factor=1.0, start=59000.0):
    """A rise of 15 days and a straight decline, in V and redder or bluer in B."""
    t = np.arange(-15.0, 60.0, 2.5)
    magnitude = 16.0 + np.where(t < 0, 0.01 * t**2, decline * t)
    time, band = np.ravel([t, t + 0.5], order="F"), ["bessellV", "bessellB"] * len(t)
    magnitude = np.ravel([magnitude, magnitude + colour], order="F")
    flux = factor * 10 ** (-0.4 * (magnitude - 23.9))
    return {"time": start + time, "band": band, "flux": flux, "flux_err": 0.01 * flux}


def table(*curves):
    return pd.DataFrame({"light_curve": list(curves)}, index=[f"sn{i}" for i in range(len(curves))])


def test_features_of_a_subset_have_the_same_columns(features):
    X = table(make_curve(), make_curve(colour=-0.3))
    found = features.light_curve_features(X)
    alone = features.light_curve_features(X.iloc[:1])
    pd.testing.assert_frame_equal(alone, found.iloc[:1])
    # An empty column is missing, and not constant.
    assert found["NIR_mean"].isna().all()


def test_pattern_sees_no_flux(features):
    curve, brighter = make_curve(), make_curve(factor=7.0, start=50000.0)
    only_v = {name: np.asarray(values)[::2] for name, values in curve.items()}
    X = table(curve, brighter, only_v)
    which = features.observing_pattern(X, "K0")
    assert which["has bessellB"].tolist() == [1.0, 1.0, 0.0]
    pattern = features.observing_pattern(X, "K1")
    np.testing.assert_allclose(pattern.iloc[0], pattern.iloc[1])
    assert pattern["n"].tolist() == [60, 60, 30]
    assert pattern["V gap"].tolist() == [2.5, 2.5, 2.5]
    np.testing.assert_allclose(pattern["V error"], 0.01 * 2.5 / np.log(10))


def test_unknown_level_is_named(features):
    with pytest.raises(ValueError, match="level must be"):
        features.observing_pattern(table(make_curve()), "K7")
