"""Plots of predictions in hidden segments."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.plotting import MaskFillingDisplay
from sklearn_sn.plotting._mask_filling import running_mean


class Filler:
    """Hide bins 10 to 19 of two spectra, and predict 5."""

    def fill(self, X, random_state=None):
        assert len(X) == 1
        flux = np.arange(80.0).reshape(2, 40)
        hidden = np.zeros((2, 40), dtype=bool)
        hidden[:, 10:20] = True
        covered = np.full((2, 40), True)
        covered[:, 35:] = False
        wavelength = np.linspace(4000.0, 7900.0, 40)
        filled = np.where(hidden, 5.0, flux)
        return SimpleNamespace(
            wavelength=wavelength, flux=flux, filled=filled, hidden=hidden, covered=covered
        )


X = pd.DataFrame({"spectrum": [None, None]}, index=["a", "b"])


def test_what_is_drawn():
    display = MaskFillingDisplay.from_estimator(Filler(), X, "b", spectrum=1)
    assert display.plot(smoothing=1) is display and display.name == "b"
    true, predicted = display.ax_.lines
    np.testing.assert_array_equal(true.get_ydata()[:35], np.arange(40.0, 75.0))
    assert np.isnan(true.get_ydata()[35:]).all()
    assert (predicted.get_ydata()[10:20] == 5.0).all()
    assert np.isnan(np.delete(predicted.get_ydata(), np.arange(10, 20))).all()
    assert [text.get_text() for text in display.ax_.get_legend().get_texts()] == [
        "true",
        "predicted",
    ]
    assert len(display.ax_.patches) == 1
    low, high = display.ax_.get_xlim()
    assert low < 4000.0 and 7400.0 < high < 7500.0


def test_the_default_smooths_by_twenty_bins():
    display = MaskFillingDisplay.from_estimator(Filler(), X, "a").plot()
    expected = running_mean(np.arange(40.0), display.covered, 20)
    np.testing.assert_allclose(display.ax_.lines[0].get_ydata(), expected)


def test_the_running_mean_leaves_out_uncovered_bins():
    values, mask = np.array([1.0, 2.0, 99.0, 4.0, 6.0]), np.array([1, 1, 0, 1, 1], dtype=bool)
    mean = running_mean(values, mask, 3)
    np.testing.assert_allclose(mean, [1.5, 1.5, np.nan, 5.0, 5.0])
    assert running_mean(values, mask, 100).shape == (5,)


def test_invalid_values():
    with pytest.raises(ValueError, match="has 2 spectra"):
        MaskFillingDisplay.from_estimator(Filler(), X, "a", spectrum=2)
    with pytest.raises(ValueError, match="'smoothing' parameter"):
        MaskFillingDisplay.from_estimator(Filler(), X, "a").plot(smoothing=0)
    with pytest.raises(ValueError, match="equal length"):
        MaskFillingDisplay(*[np.zeros(3)] * 4, np.zeros(4)).plot()
