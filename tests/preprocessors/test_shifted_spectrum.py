"""Spectra that training moves to other redshifts."""

import numpy as np
import pandas as pd

from sklearn_sn.data import check_table
from sklearn_sn.preprocessors import ShiftedSpectrumPreprocessor

GRID = {"wavelength_range": (3500.0, 9000.0), "n_bins": 128, "max_shift": 0.1, "noise": False}


def prepared(n=200, **params):
    wave = np.linspace(3400.0, 9100.0, 1500)
    flux = 1.0 + 5.0 * np.exp(-0.5 * ((wave - 5600.0) / 12.0) ** 2)
    table = check_table(pd.DataFrame({"spectrum": [{"wavelength": wave, "flux": flux}] * n}))
    preprocessor = ShiftedSpectrumPreprocessor(**{**GRID, **params}).fit(table)
    return preprocessor, preprocessor.prepare(table)


def test_the_line_moves_by_as_many_bins_as_said():
    preprocessor, spectra = prepared()
    still, _ = preprocessor.gather(spectra, np.arange(200))
    assert (still["moved"] == 0).all()
    arrays, object_index = preprocessor.gather(spectra, np.arange(200), np.random.default_rng(0))
    place = arrays["flux"][:, 1].argmax(axis=1) - still["flux"][:, 1].argmax(axis=1)
    np.testing.assert_array_equal(place, arrays["moved"])
    assert set(place) == set(range(-12, 13)) and len(object_index) == 200
    assert (arrays["flux"][:, 0][arrays["pad_mask"]] == 0).all()
    off, spectra = prepared(augmentation=False)
    assert (off.gather(spectra, np.arange(9), np.random.default_rng(0))[0]["moved"] == 0).all()


def test_coverage_moves_along():
    """What enters the grid is not covered, and its flux is 0."""
    preprocessor, spectra = prepared(50, max_crop=0.0)
    arrays, _ = preprocessor.gather(spectra, np.arange(50), np.random.default_rng(0))
    for moved, hidden in zip(arrays["moved"].astype(int), arrays["pad_mask"], strict=True):
        entered = np.arange(128) < moved if moved > 0 else np.arange(128) >= 128 + moved
        np.testing.assert_array_equal(hidden, entered)
