"""How the benchmarks thin light curves."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from sklearn_sn.data import as_ragged


@pytest.fixture(scope="module")
def thin_light_curves():
    """benchmarks/studies/ is no package."""
    path = Path(__file__).parents[2] / "benchmarks" / "studies" / "_real_data.py"
    if not path.exists():
        pytest.skip("the folder benchmarks/studies is missing")
    spec = importlib.util.spec_from_file_location("_real_data", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.thin_light_curves


def n_bands(curves):
    codes = curves["band"].codes
    return np.array([len(set(codes[a:b])) for a, b in zip(*edges(curves), strict=True)])


def edges(curves):
    return curves.offsets[:-1], curves.offsets[1:]


@pytest.mark.parametrize("how", [{"n_points": 5}, {"n_bands": 1}])
def test_thinning(thin_light_curves, supernovae, how):
    X, _ = supernovae
    before = as_ragged(X["light_curve"], kind="light_curve")
    after = as_ragged(thin_light_curves(X, **how)["light_curve"], kind="light_curve")
    for (a, b), (c, d) in zip(
        zip(*edges(before), strict=True), zip(*edges(after), strict=True), strict=True
    ):
        assert set(after["time"][c:d]) <= set(before["time"][a:b])
        assert (np.diff(after["time"][c:d]) >= 0).all()
    if "n_points" in how:
        np.testing.assert_array_equal(after.lengths, np.minimum(before.lengths, 5))
        other = as_ragged(thin_light_curves(X, random_state=1, **how)["light_curve"])
        assert not np.array_equal(other["time"], after["time"])
    else:
        assert (n_bands(after) == 1).all() and (n_bands(before) > 1).any()
