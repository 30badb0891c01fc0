"""Spectra of one object."""

import numpy as np
import pytest

from sklearn_sn.datasets import make_supernovae
from sklearn_sn.plotting import SpectrumDisplay


@pytest.fixture(scope="module")
def X():
    return make_supernovae(3, n_spectra=4, random_state=0)[0]


def texts(display):
    return {text.get_text(): text for text in display.ax_.texts}


def curves(display):
    return [line for line in display.ax_.lines if len(line.get_xdata()) > 2]


def test_one_curve_per_spectrum_the_earliest_on_top(X):
    display = SpectrumDisplay.from_object(X, X.index[1])
    assert display.plot() is display
    assert (np.diff(display.times) > 0).all()
    levels = [np.median(line.get_ydata()) for line in curves(display)]
    assert len(levels) == 4 and (np.diff(levels) < 0).all()
    for line, flux in zip(curves(display), display.fluxes, strict=True):
        assert np.corrcoef(line.get_ydata(), flux)[0, 1] == pytest.approx(1.0)
    for time in display.times:
        assert f"MJD {time:.1f}" in texts(display)
    assert display.ax_.get_ylabel() == "Scaled flux + offset"


def test_labels_of_time_stay_apart(X):
    display = SpectrumDisplay.from_object(X, 0).plot(time_zero=0.0)
    display.figure_.canvas.draw()
    boxes = [text.get_window_extent() for name, text in texts(display).items() if name[0] == "+"]
    assert len(boxes) == 4
    assert all(box.x0 >= display.ax_.bbox.x1 for box in boxes)
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_lines_are_marked_at_the_redshift():
    x = np.linspace(4000, 9000, 200)
    display = SpectrumDisplay([x], [np.sin(x / 500)], redshift=0.1).plot()
    assert texts(display)["Hα"].get_position()[0] == pytest.approx(6563 * 1.1)
    assert "O I" in texts(display) and "Ca II IR" not in texts(display)  # 9437 Å is outside
    (top,) = display.ax_.child_axes
    display.figure_.canvas.draw()
    np.testing.assert_allclose(top.get_xlim(), np.array(display.ax_.get_xlim()) / 1.1)
    assert top.get_xlabel() == "Rest wavelength (Å)"
    own = SpectrumDisplay([x], [np.sin(x / 500)], redshift=0.1).plot(lines={"C II": 6580.0})
    assert list(texts(own)) == ["C II"]


@pytest.mark.parametrize("n_spectra", [1, 8])
def test_names_of_ions_lie_above_the_spectra(n_spectra):
    x = np.linspace(3500, 9500, 300)
    fluxes = [1 + np.sin(x / 300)] * n_spectra
    display = SpectrumDisplay([x] * n_spectra, fluxes, redshift=0.01).plot()
    display.figure_.canvas.draw()
    top = display.ax_.transData.transform((0, 1.05))[1]
    boxes = [text.get_window_extent() for text in display.ax_.texts]
    assert len(boxes) == 9
    assert all(top <= box.y0 and box.y1 <= display.ax_.bbox.y1 for box in boxes)
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


@pytest.mark.parametrize("redshift", [None, np.nan])
def test_without_redshift_no_lines(redshift):
    x = np.linspace(4000, 9000, 50)
    display = SpectrumDisplay([x], [x], redshift=redshift).plot()
    assert not display.ax_.texts and not display.ax_.child_axes
    assert display.ax_.get_ylabel() == "Scaled flux"


def test_redshift_of_the_table_unless_given(X):
    assert SpectrumDisplay.from_object(X, 1).redshift == X["redshift"].iloc[1]
    assert SpectrumDisplay.from_object(X, 1, redshift=0.5).redshift == 0.5
    assert SpectrumDisplay.from_object(X[["spectrum"]], 1).redshift is None


def test_takes_at_most_so_many(X):
    every = SpectrumDisplay.from_object(X, 0).times
    np.testing.assert_array_equal(
        SpectrumDisplay.from_object(X, 0, max_spectra=2).times, every[[0, -1]]
    )
    with pytest.raises(ValueError, match="The 'max_spectra' parameter"):
        SpectrumDisplay.from_object(X, 0, max_spectra=0)


def test_a_wild_pixel_does_not_set_the_scale():
    x = np.linspace(4000, 9000, 1000)
    flux = 1 + np.sin(x / 500)
    wild = flux.copy()
    wild[500] = 1e6
    calm, spoilt = (SpectrumDisplay([x], [f]).plot().ax_.get_ylim() for f in (flux, wild))
    assert spoilt[1] - spoilt[0] < 1.5 * (calm[1] - calm[0])


def test_inconsistent_inputs_are_rejected():
    x = np.linspace(4000, 9000, 50)
    with pytest.raises(ValueError, match=r"one entry per spectrum\. Got 2, 1 and 1"):
        SpectrumDisplay([x, x], [x]).plot()
    with pytest.raises(ValueError, match="Spectrum 1 has fewer than two finite pixels"):
        SpectrumDisplay([x, x], [x, x * np.nan]).plot()
    with pytest.raises(ValueError, match=r"above -1\. Got -2"):
        SpectrumDisplay([x], [x], redshift=-2).plot()
