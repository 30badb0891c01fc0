"""Shifts to learn, and the grid and frequencies of the redshifts."""

import warnings

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.classification._redshift_targets import (
    check_gives_features,
    check_redshift_range,
    redshift_targets,
    smoothed_prior,
    true_redshifts,
)
from sklearn_sn.data import DataQualityWarning
from sklearn_sn.encoders import SpectralFeatures, SpectrumCNN

# A hundred bins of 0.01 in ln(wavelength), and shifts from 0 to ln(1.105…) = 0.1.
STEP = 0.01
WAVELENGTHS = (3000.0, 3000.0 * np.e)
REDSHIFTS = (0.0, np.expm1(0.1))


def targets(redshift, weight=None):
    return redshift_targets(np.asarray(redshift), weight, REDSHIFTS, WAVELENGTHS, 100)


@pytest.mark.parametrize("value", [(0.0, 1.0), [-0.002, 10], np.array([0.1, 0.2])])
def test_valid_ranges(value):
    check_redshift_range(value)


@pytest.mark.parametrize(
    "value", [(1.0, 0.5), (0.1, 0.1), (-0.1, 1.0), (0.0, 11.0), (0.0, np.nan), (0.1,), 0.5, ()]
)
def test_invalid_ranges_are_rejected(value):
    with pytest.raises(ValueError, match=r"'redshift_range' .* two increasing redshifts in \[-0"):
        check_redshift_range(value)


def test_encoders_without_features_of_every_bin_are_rejected():
    check_gives_features(SpectralFeatures())
    with pytest.raises(ValueError, match=r"such as SpectralFeatures\(\)\. Got SpectrumCNN\(\)"):
        check_gives_features(SpectrumCNN())


def test_redshifts_come_from_the_column():
    X = pd.DataFrame({"redshift": [0.1, np.nan]})
    np.testing.assert_array_equal(true_redshifts(X, None, "redshift", 2), [0.1, np.nan])
    empty = true_redshifts(X.iloc[:0], None, "redshift", 0)
    assert empty.shape == (0,)


def test_the_argument_replaces_the_column():
    X = pd.DataFrame({"redshift": [0.1, 0.2]}, index=["a", "b"])
    np.testing.assert_array_equal(true_redshifts(X, [0.3, np.nan], "redshift", 2), [0.3, np.nan])
    np.testing.assert_array_equal(true_redshifts(np.zeros((1, 5)), [0.3], None, 1), [0.3])


def test_redshifts_are_unknown_without_column_and_argument():
    np.testing.assert_array_equal(true_redshifts(np.zeros((2, 5)), None, None, 2), [np.nan] * 2)


def test_what_redshifts_cannot_be_is_said():
    X = pd.DataFrame({"z": [0.1, 0.2]})
    with pytest.raises(ValueError, match="X has 2 objects but redshift has 3"):
        true_redshifts(X, [0.1, 0.2, 0.3], "z", 2)
    with pytest.raises(ValueError, match=r"lacks the column 'redshift' .* it has \['z'\]"):
        true_redshifts(X, None, "redshift", 2)
    with pytest.raises(ValueError, match="redshift"):
        true_redshifts(X, [0.1, 99.0], "redshift", 2)


def test_shifts_are_bins_of_the_logarithm():
    found = targets(np.expm1([0.0, 0.05, 0.1, 0.025]))
    np.testing.assert_allclose(found.shift, [0.0, 5.0, 10.0, 2.5], atol=1e-5)
    assert found.shift.dtype == np.float32
    np.testing.assert_allclose(found.grid, np.expm1(STEP * np.arange(11)), rtol=1e-9)
    assert found.prior.shape == (11,) and found.prior.sum() == pytest.approx(1.0)
    assert found.n_known == 4


def test_attributes_are_those_of_the_classifier():
    found = targets([0.05])
    attributes = found.attributes
    assert attributes["redshift_grid_"] is found.grid
    assert attributes["redshift_prior_"] is found.prior
    assert attributes["n_redshifts_"] == 1


def test_redshifts_out_of_range_teach_the_class_only():
    with pytest.warns(DataQualityWarning, match="2 objects have a redshift outside"):
        found = targets([0.05, 0.5, -0.5])
    np.testing.assert_array_equal(np.isnan(found.shift), [False, True, True])
    assert found.n_known == 1


def test_a_redshift_one_bin_below_the_range_is_kept():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = targets([-0.005])
    assert found.shift[0] == pytest.approx(np.log1p(-0.005) / STEP, rel=1e-5)
    assert found.n_known == 1 and found.prior.argmax() == 0


@pytest.mark.parametrize("redshift", [[], [np.nan], [np.nan, np.nan]])
def test_without_redshifts_the_prior_is_uniform(redshift):
    found = targets(np.array(redshift, dtype=float))
    np.testing.assert_allclose(found.prior, 1 / 11)
    assert found.n_known == 0 and len(found.shift) == len(redshift)


def test_objects_of_weight_0_do_not_count():
    z = np.expm1([0.02, 0.08])
    found = targets(z, np.array([2.0, 0.0]))
    np.testing.assert_allclose(found.prior, targets(z[:1]).prior)
    assert found.n_known == 1
    np.testing.assert_allclose(found.shift, [2.0, 8.0], atol=1e-5)  # shifts are kept
    np.testing.assert_allclose(targets(z, np.zeros(2)).prior, 1 / 11)


def test_a_narrow_range_has_two_shifts():
    found = redshift_targets(np.array([0.0]), None, (0.0, 1e-4), WAVELENGTHS, 100)
    np.testing.assert_allclose(found.grid, [0.0, np.expm1(STEP)])


def test_without_width_the_prior_is_the_frequencies():
    prior = smoothed_prior(np.array([0.0, 0.4, 2.0, 1.6]), None, 4, 0.0)
    np.testing.assert_allclose(prior, [0.5, 0.0, 0.5, 0.0])
    weighted = smoothed_prior(np.array([0.0, 2.0]), np.array([1.0, 3.0]), 4, 0.0)
    np.testing.assert_allclose(weighted, [0.25, 0.0, 0.75, 0.0])


def test_smoothing_is_gaussian_and_loses_nothing_at_the_edges():
    prior = smoothed_prior(np.array([5.0]), None, 11, 1.0)
    assert prior[6] / prior[5] == pytest.approx(np.exp(-0.5))
    np.testing.assert_allclose(prior, prior[::-1])
    edges = smoothed_prior(np.array([0.0, 10.0, 5.0]), None, 11, 0.5)
    # The third of the objects at the edge stays within its bins.
    assert edges[:3].sum() == pytest.approx(1 / 3, abs=1e-3)


def test_no_positions_give_a_uniform_prior():
    np.testing.assert_array_equal(smoothed_prior(np.empty(0), None, 4, 1.0), [0.25] * 4)
    np.testing.assert_array_equal(
        smoothed_prior(np.array([1.0]), np.array([0.0]), 4, 1.0), [0.25] * 4
    )
