"""Coverage and width of prediction intervals."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.metrics import interval_coverage, interval_width


def test_coverage_of_normal_intervals_is_nominal():
    rng = np.random.default_rng(0)
    mean = rng.normal(size=20_000)
    y_true = mean + rng.normal(size=mean.size)
    for z, nominal in ((1.0, 0.6827), (1.6449, 0.9), (1.96, 0.95)):
        assert interval_coverage(y_true, mean - z, mean + z) == pytest.approx(nominal, abs=0.01)
        assert interval_width(mean - z, mean + z) == pytest.approx(2 * z)


def test_both_ends_belong_to_the_interval():
    assert interval_coverage([0.0, 1.0, 1.0001], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]) == 2 / 3
    assert interval_coverage([2.0], [2.0], [2.0]) == 1.0
    assert interval_width([2.0], [2.0]) == 0.0


def test_infinite_ends():
    lower, upper = [-np.inf, 0.0, np.inf], [np.inf, 1.0, np.inf]
    assert interval_coverage([5.0, 5.0, 5.0], lower, upper) == pytest.approx(1 / 3)
    assert interval_width(lower, upper) == np.inf
    assert interval_width([np.inf], [np.inf]) == 0.0


def test_arrays_of_spectra_average_over_all_entries():
    y_true = np.zeros((2, 3, 4))
    lower = np.full((2, 3, 4), -1.0)
    upper = np.ones((2, 3, 4))
    lower[1, :, :2] = 0.5
    assert interval_coverage(y_true, lower, upper) == 0.75
    assert interval_width(lower, upper) == pytest.approx(1.625)
    # A weight belongs to an object, whatever the number of its entries.
    assert interval_coverage(y_true, lower, upper, sample_weight=[3, 1]) == pytest.approx(0.875)
    assert interval_width(lower, upper, sample_weight=[0, 1]) == pytest.approx(1.25)


def test_weights_do_not_overflow_and_may_be_a_series():
    y_true, lower, upper = [0.0, 9.0], [-1.0, -1.0], [1.0, 1.0]
    assert interval_coverage(y_true, lower, upper, sample_weight=[1e308, 1e308]) == 0.5
    weight = pd.Series([3, 1], index=["a", "b"])
    assert interval_coverage(pd.Series(y_true), lower, upper, sample_weight=weight) == 0.75


def test_order_of_objects_does_not_matter():
    rng = np.random.default_rng(1)
    y_true, lower = rng.normal(size=50), rng.normal(size=50) - 1.0
    upper, order = lower + 1.5, rng.permutation(50)
    expected = interval_coverage(y_true, lower, upper)
    assert interval_coverage(y_true[order], lower[order], upper[order]) == expected


def test_inputs_are_unchanged_and_results_are_floats():
    lower, upper = np.array([0, 1]), np.array([1, 4])
    before = lower.copy(), upper.copy()
    assert isinstance(interval_width(lower, upper), float)
    assert isinstance(interval_coverage([1, 1], lower, upper), float)
    np.testing.assert_array_equal(lower, before[0])
    np.testing.assert_array_equal(upper, before[1])


@pytest.mark.parametrize(
    "y_true, lower, upper, message",
    [
        ([], [], [], "at least one value"),
        ([1.0, 2.0], [0.0], [3.0], "inconsistent"),
        ([1.0], [0.0], [3.0, 4.0], "inconsistent"),
        ([[1.0, 2.0]], [[0.0]], [[3.0]], r"same shape. Got \(1, 2\) and \(1, 1\)"),
        ([np.nan, 1.0], [0.0, 0.0], [3.0, 3.0], "'y_true' .* 1 NaN or infinite"),
        ([np.inf], [0.0], [np.inf], "'y_true' .* NaN or infinite"),
        ([1.0], [np.nan], [3.0], "'lower' .* 1 NaN values"),
        ([1.0], [0.0], [np.nan], "'upper' .* 1 NaN values"),
        ([1.0, 2.0], [0.0, 4.0], [3.0, 3.0], r"index \(1,\) it is 4 and 'upper' is 3"),
        (1.0, 0.0, 3.0, "The 'y_true' parameter of interval_coverage"),
    ],
)
def test_bad_intervals_are_rejected(y_true, lower, upper, message):
    with pytest.raises(ValueError, match=message):
        interval_coverage(y_true, lower, upper)


@pytest.mark.parametrize(
    "lower, upper, message",
    [
        ([], [], "'lower' parameter of interval_width .* at least one value"),
        ([0.0, 1.0], [1.0], "inconsistent"),
        ([2.0], [1.0], "must not exceed 'upper'"),
        ([0.0], [np.nan], "'upper' parameter of interval_width"),
        ("wide", [1.0], "The 'lower' parameter of interval_width"),
    ],
)
def test_bad_widths_are_rejected(lower, upper, message):
    with pytest.raises(ValueError, match=message):
        interval_width(lower, upper)


@pytest.mark.parametrize("weight", [[1, -1], [0, 0], [np.nan, 1], [np.inf, 1]])
def test_bad_weights_are_rejected(weight):
    with pytest.raises(ValueError, match="'sample_weight' parameter of interval_coverage"):
        interval_coverage([0.0, 0.0], [0.0, 0.0], [1.0, 1.0], sample_weight=weight)
    with pytest.raises(ValueError, match="'sample_weight' parameter of interval_width"):
        interval_width([0.0, 0.0], [1.0, 1.0], sample_weight=weight)
    with pytest.raises(ValueError, match="inconsistent"):
        interval_width([0.0, 0.0], [1.0, 1.0], sample_weight=[1.0])
