"""Measurements by phase, in the frame of a generator."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator

from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.plotting._by_phase import measurements_by_phase


class Generator(BaseEstimator):
    """Stand-in for a fitted generator."""

    def __init__(self, frame_="rest", normalization_range=(4000.0, 7000.0)):
        self.frame_ = frame_
        self.normalization_range = normalization_range


@pytest.fixture(scope="module")
def X():
    X, _, truth = make_supernovae(
        8, classes=["SN Ia"], n_spectra=2, n_pixels=64, return_truth=True, random_state=0
    )
    return X.assign(t_peak=truth["t_peak"])


@pytest.mark.parametrize("frame", ["rest", "observer"])
def test_phases_are_days_from_peak_in_the_frame(X, frame):
    curves, spectra, object_index, phase = measurements_by_phase(X, Generator(frame))
    stretch = 1.0 + X["redshift"].to_numpy() if frame == "rest" else np.ones(len(X))
    t_peak = X["t_peak"].to_numpy()
    expected = (curves["time"] - t_peak[curves.rows]) / stretch[curves.rows]
    np.testing.assert_allclose(curves["phase"], expected, atol=1e-6)
    time = as_ragged(X["spectrum"]).reduce("min", "time")
    first = (time - t_peak) / stretch
    for row in range(len(X)):
        assert phase[object_index == row].min() == pytest.approx(first[row], abs=1e-3)
    assert len(spectra) == len(object_index) == len(phase) == 16


def test_spectra_are_in_units_of_their_median_in_the_range(X):
    spectra, window = measurements_by_phase(X, Generator())[1], (4000.0, 7000.0)
    for row in range(len(spectra)):
        cell = spectra.take([row])
        inside = (cell["wavelength"] >= window[0]) & (cell["wavelength"] <= window[1])
        assert np.median(cell["flux"][inside]) == pytest.approx(1.0, rel=1e-3)


def test_undated_spectra_and_those_far_from_peak_are_left_out(X):
    far = X.assign(t_peak=X["t_peak"].where(np.arange(len(X)) != 2, X["t_peak"] - 500.0))
    object_index = measurements_by_phase(far, Generator())[2]
    assert set(object_index) == set(range(8)) - {2}


def test_a_modality_may_be_missing(X):
    curves, spectra, object_index, phase = measurements_by_phase(
        X.drop(columns="spectrum"), Generator()
    )
    assert len(curves) == 8 and spectra is None and len(object_index) == len(phase) == 0
    curves, spectra, object_index, _ = measurements_by_phase(
        X.drop(columns="light_curve"), Generator()
    )
    assert curves is None and len(spectra) == len(object_index) == 16
