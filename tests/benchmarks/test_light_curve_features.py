"""Features of the classical baselines."""

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import band_wavelength

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def features():
    """The module of the features: benchmarks/ is no package."""
    path = BENCHMARKS / "_light_curve_features.py"
    if not path.exists():
        pytest.skip("the folder benchmarks is missing")
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


def test_colour_and_decline_come_back(features):
    X = table(make_curve(colour=0.5, decline=0.05), make_curve(colour=-0.3, decline=0.02))
    found = features.light_curve_features(X)
    # The colour is read between other wavelengths than those of the bands it was given in.
    asked = np.log(features.MODEL_WAVELENGTHS["V"] / features.MODEL_WAVELENGTHS["B"])
    given = np.subtract(*np.log(band_wavelength(["bessellV", "bessellB"])))
    expected = np.array([0.5, -0.3]) * asked / given
    np.testing.assert_allclose(found["B-V at 15"], expected, atol=0.08)
    np.testing.assert_allclose(found["V slope 16 32"], [0.05, 0.02], atol=0.005)
    np.testing.assert_allclose(found["V brightest"], 16.0, atol=0.02)
    np.testing.assert_allclose(found["peak V"], 16.0, atol=0.1)
    assert list(found.index) == ["sn0", "sn1"]


def test_shape_ignores_distance_and_date(features):
    X = table(make_curve(), make_curve(factor=0.01, start=51234.0))
    shape = features.light_curve_features(X, magnitudes=False)
    np.testing.assert_allclose(shape.iloc[0], shape.iloc[1], rtol=1e-4, atol=1e-4)
    apparent = features.light_curve_features(X).drop(columns=shape.columns)
    np.testing.assert_allclose((apparent.iloc[1] - apparent.iloc[0]).dropna(), 5.0, atol=1e-3)


def test_curves_without_signal_are_nan(features):
    nothing = {"time": [], "band": [], "flux": [], "flux_err": []}
    negative = {"time": [1.0], "band": ["ztfr"], "flux": [-5.0], "flux_err": [1.0]}
    one = {"time": [1.0], "band": ["ztfr"], "flux": [5.0], "flux_err": [1.0]}
    found = features.light_curve_features(table(make_curve(), nothing, negative, one))
    assert found.iloc[1:3].isna().all(axis=None)
    assert found.loc["sn3", "R brightest"] == pytest.approx(23.9 - 2.5 * np.log10(5.0))
    assert not np.isinf(found.to_numpy()).any()


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
