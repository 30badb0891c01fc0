"""The moments of spectra."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.preprocessors import FluxArray, PatchSpectrumPreprocessor


def prepared(flux, amplitude=True):
    table = FluxArray(np.asarray(flux, dtype=float), np.arange(40.0), pd.RangeIndex(len(flux)))
    preprocessor = PatchSpectrumPreprocessor(
        wavelength_range=(4000.0, 8000.0), n_bins=40, channels=("flux",)
    ).fit(table)
    preprocessor.amplitude = amplitude
    return preprocessor, preprocessor.prepare(table)


@pytest.fixture
def flux():
    rng = np.random.default_rng(0)
    flux = rng.normal(5.0, 2.0, (6, 40))
    flux[1, :15] = np.nan
    flux[2] = np.nan
    flux[3] *= 10.0
    return flux


def test_moments_are_those_of_the_covered_bins(flux):
    preprocessor, spectra = prepared(flux)
    arrays, object_index = preprocessor.gather(spectra, np.arange(6))
    assert list(object_index) == [0, 1, 3, 4, 5]
    level, spread = preprocessor.level_, preprocessor.spread_
    used = flux[object_index]
    expected = np.arcsinh(
        [(np.nanmean(used, axis=1) - level) / spread, np.nanstd(used, axis=1) / spread]
    ).T
    np.testing.assert_allclose(arrays["moments"], expected, atol=1e-5)


def test_augmentation_does_not_change_them(flux):
    preprocessor, spectra = prepared(flux)
    plain, _ = preprocessor.gather(spectra, np.array([0, 1]))
    drawn, _ = preprocessor.gather(spectra, np.array([0, 1]), np.random.default_rng(0))
    np.testing.assert_array_equal(plain["moments"], drawn["moments"])
    assert np.abs(plain["flux"] - drawn["flux"]).max() > 0.01


@pytest.mark.parametrize("scale", [1e-310, 1e-30, 1e200, 1e300])
def test_extreme_scales_are_finite(flux, scale):
    _, spectra = prepared(flux * scale)
    assert np.isfinite(spectra.moments).all() and np.abs(spectra.moments).max() <= 8.0


def test_without_amplitude_they_are_zero(flux):
    assert not prepared(flux, amplitude=False)[1].moments.any()
