import numpy as np
import pytest
from scipy.ndimage import median_filter

from sklearn_sn.data import as_ragged
from sklearn_sn.preprocessing import MedianFilter


def _spectra(*fluxes):
    return [{"wavelength": 4000.0 + 5 * np.arange(len(f)), "flux": np.array(f)} for f in fluxes]


@pytest.mark.parametrize("size", [1, 3, 9])
def test_inside_it_is_the_running_median(size):
    flux = np.random.default_rng(0).normal(size=(4, 50))
    half = size // 2
    inside = slice(half, 50 - half)
    np.testing.assert_array_equal(
        MedianFilter(size).fit_transform(flux)[:, inside],
        median_filter(flux, size=(1, size))[:, inside],
    )


def test_windows_are_cut_at_the_ends(spectrum_table):
    X = spectrum_table(*_spectra([1.0, 2.0, 9.0], [100.0, 200.0, 400.0, 800.0]))
    out = as_ragged(MedianFilter(3).fit_transform(X)["spectrum"])["flux"]
    np.testing.assert_array_equal(out, [1.5, 2, 5.5, 150, 200, 400, 600])


def test_spike_is_gone(spectrum_table):
    flux = np.ones(300)
    flux[[0, 150, 299]] = 1e5
    out = as_ragged(MedianFilter(5).fit_transform(spectrum_table(*_spectra(flux)))["spectrum"])
    np.testing.assert_array_equal(out["flux"], 1)


def test_missing_bins_do_not_count_and_stay_missing():
    flux = np.array([[1.0, np.nan, 3.0, 5.0, np.nan, np.nan, np.nan, 7.0]])
    out = MedianFilter(3).fit_transform(flux)
    np.testing.assert_array_equal(out, [[1, np.nan, 4, 4, np.nan, np.nan, np.nan, 7]])
    assert np.isnan(MedianFilter().fit_transform(np.full((2, 9), np.nan))).all()


def test_window_longer_than_the_spectrum(spectrum_table):
    X = spectrum_table(*_spectra([1.0, 2.0, 9.0], [4.0]), None)
    out = as_ragged(MedianFilter(101).fit_transform(X)["spectrum"])["flux"]
    np.testing.assert_array_equal(out, [2, 2, 2, 4])


def test_block_size_does_not_change_the_result(monkeypatch):
    flux = np.random.default_rng(0).normal(size=(7, 60))
    expected = MedianFilter(7).fit_transform(flux)
    monkeypatch.setattr("sklearn_sn.preprocessing._median_filter._BLOCK", 100)
    np.testing.assert_array_equal(MedianFilter(7).fit_transform(flux), expected)
