"""Outlier fraction and NMAD of redshifts."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.metrics import nmad, outlier_fraction


def test_nmad_of_normal_errors_is_their_standard_deviation():
    rng = np.random.default_rng(0)
    z = rng.uniform(0, 1, 20_000)
    assert nmad(z, z + 0.02 * (1 + z) * rng.normal(size=len(z))) == pytest.approx(0.02, rel=0.03)


def test_nmad_ignores_a_constant_bias_and_a_few_outliers():
    rng = np.random.default_rng(0)
    z = rng.uniform(0, 1, 2_000)
    z_pred = z + 0.02 * rng.normal(size=len(z))
    assert nmad(z, z_pred + 0.3) == pytest.approx(nmad(z, z_pred))
    far = z_pred.copy()
    far[:20] = 1e6
    assert nmad(z, far) == pytest.approx(nmad(z, z_pred), rel=0.05)


def test_nmad_by_hand():
    # dz = 0.1, 0.2, 0.4; median 0.2; |dz - 0.2| / (1 + z) = 0.1, 0, 0.1.
    assert nmad([0.0, 0.5, 1.0], [0.1, 0.7, 1.4]) == pytest.approx(1.4826 * 0.1)


def test_outlier_fraction_scales_with_one_plus_z():
    # |dz| is 0.2 for both: 0.2 of 1 + z at z = 0, but 0.1 at z = 1.
    assert outlier_fraction([0.0, 1.0], [0.2, 1.2]) == 0.5
    assert outlier_fraction([0.0, 1.0], [0.2, 0.8], threshold=0.05) == 1.0
    assert outlier_fraction([0.0, 1.0], [0.0, 1.0], threshold=0) == 0.0


def test_outlier_fraction_weights():
    z_true, z_pred = [0.0, 0.0], [1.0, 0.0]
    assert outlier_fraction(z_true, z_pred, sample_weight=[1, 3]) == 0.25
    assert outlier_fraction(z_true, z_pred, sample_weight=[1e308, 1e308]) == 0.5
    for bad in ([1, -1], [0, 0], [np.nan, 1]):
        with pytest.raises(ValueError, match="sample_weight"):
            outlier_fraction(z_true, z_pred, sample_weight=bad)
    with pytest.raises(ValueError, match="inconsistent"):
        outlier_fraction(z_true, z_pred, sample_weight=[1, 1, 1])


@pytest.mark.parametrize("metric", [nmad, outlier_fraction])
def test_accepts_series_and_columns_and_leaves_them_alone(metric):
    z = pd.Series([0.1, 0.2, 0.4], index=["a", "b", "c"])
    z_pred = np.array([[0.1], [0.25], [0.9]])
    before = z_pred.copy()
    assert isinstance(metric(z, z_pred), float)
    np.testing.assert_array_equal(z_pred, before)


@pytest.mark.parametrize("metric", [nmad, outlier_fraction])
@pytest.mark.parametrize(
    "z_true, z_pred, message",
    [
        ([], [], "at least one object"),
        ([0.1], [0.1, 0.2], "inconsistent"),
        ([0.1, np.nan], [0.1, 0.2], "'z_true' parameter must be finite; object 1"),
        ([0.1, 0.2], [np.inf, 0.2], "'z_pred' parameter must be finite; object 0"),
        ([-1.0], [0.1], "above -1"),
        (0.1, 0.1, "The 'z_true' parameter of"),
    ],
)
def test_bad_redshifts_are_rejected(metric, z_true, z_pred, message):
    with pytest.raises(ValueError, match=message):
        metric(z_true, z_pred)


def test_names_a_bad_threshold():
    with pytest.raises(ValueError, match="The 'threshold' parameter of outlier_fraction"):
        outlier_fraction([0.1], [0.1], threshold=-1)
