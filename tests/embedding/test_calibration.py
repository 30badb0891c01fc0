"""Intervals that hold."""

import numpy as np
import pytest

from sklearn_sn.embedding._calibration import LEVELS, IntervalCalibration, hierarchical_quantiles


def simulated(n_objects, rng):
    """Scores of objects that differ in size and in number of points; wide late and in the blue."""
    counts = rng.integers(1, 60, n_objects)
    owner = np.repeat(np.arange(n_objects), counts)
    phase = rng.uniform(-10, 30, n_objects)[owner]
    log_wavelength = rng.uniform(-0.3, 0.5, len(owner))
    scale = (
        rng.lognormal(0.0, 0.7, n_objects)[owner]
        * (1 + (phase > 10))
        * (1 + 2 * (log_wavelength < 0))
    )
    return owner, log_wavelength, phase, scale * np.abs(rng.standard_normal(len(owner)))


def by_object(owner, inside):
    """Mean over the objects of the share of their points."""
    return np.mean(np.bincount(owner, inside) / np.bincount(owner))


@pytest.mark.parametrize("coverage", [0.5, 0.9])
def test_new_objects_are_covered_in_every_bin(coverage):
    rng = np.random.default_rng(0)
    calibration = IntervalCalibration().fit(*simulated(1000, rng), [10.0], [5000.0])
    owner, log_wavelength, phase, score = simulated(1000, rng)
    inside = score <= calibration.factors(log_wavelength, phase, coverage)
    for late in (False, True):
        for red in (False, True):
            here = ((phase > 10) == late) & ((log_wavelength > 0) == red)
            _, code = np.unique(owner[here], return_inverse=True)
            assert by_object(code, inside[here]) == pytest.approx(coverage, abs=0.035)
    factors = calibration.factors(np.array([-0.1, 0.1]), np.array([20.0, 20.0]), coverage)
    assert factors[0] > 2 * factors[1]


def test_few_objects_are_covered_at_least_on_average():
    rng = np.random.default_rng(1)
    shares = []
    for _ in range(300):
        owner, _, _, score = simulated(25, rng)
        factors, n = hierarchical_quantiles(owner, score, [0.9])
        assert n == 25
        owner, _, _, score = simulated(40, rng)
        shares.append(by_object(owner, score <= factors[0]))
    assert 0.895 < np.mean(shares) < 0.94


def test_one_point_an_object_is_plain_split_conformal():
    score = np.arange(1.0, 20.0)  # n = 19: the 18th of 20 places
    factors, _ = hierarchical_quantiles(np.arange(19), score, [0.9, 0.95, 0.96])
    assert factors.tolist() == [18.0, 19.0, np.inf]


def test_sparse_bins_take_coarser_factors_and_too_few_objects_are_refused():
    rng = np.random.default_rng(0)
    data = simulated(60, rng)
    data[2][:] = np.where(data[0] < 5, 25.0, 0.0)  # five late objects
    calibration = IntervalCalibration().fit(*data, [10.0], 1)
    assert calibration.n_objects_.tolist() == [[55], [5]]
    every, _ = hierarchical_quantiles(data[0], data[3], LEVELS)
    np.testing.assert_array_equal(calibration.factors_[1, 0], every)
    with pytest.raises(ValueError, match="coverage"):
        calibration.factors(np.zeros(1), np.zeros(1), 0.99)


def test_factors_rise_with_the_coverage():
    data = simulated(400, np.random.default_rng(0))
    data[2][:] = np.where(data[0] < 25, 25.0, 0.0)  # too few late objects for 97 %
    data[3][data[0] < 25] *= 10.0
    calibration = IntervalCalibration().fit(*data, [10.0], 1)
    known = np.isfinite(calibration.factors_[1, 0])
    assert known[97] and (np.diff(calibration.factors_[1, 0, known]) >= 0).all()
