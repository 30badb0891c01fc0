"""Marks of spectral lines."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from sklearn_sn.plotting._ions import ION_LINES, mark_lines


@pytest.fixture
def ax():
    ax = Figure().subplots()
    ax.set(xlim=(4000.0, 9000.0), ylim=(0.0, 1.0))
    return ax


def marks(ax):
    return {
        text.get_text(): line.get_xdata()[0] for text, line in zip(ax.texts, ax.lines, strict=True)
    }


@pytest.mark.parametrize("redshift", [0.0, 0.1])
def test_lines_are_at_their_redshifted_wavelength(ax, redshift):
    mark_lines(ax, redshift)
    shown = marks(ax)
    expected = {
        name: rest * (1 + redshift)
        for name, rest in ION_LINES.items()
        if 4000.0 < rest * (1 + redshift) < 9000.0
    }
    assert shown == pytest.approx(expected)
    assert "Ca II H&K" in shown if redshift else "Ca II H&K" not in shown


def test_lines_of_the_caller_replace_the_table(ax):
    mark_lines(ax, 0.0, {"mine": 5000.0, "outside": 3000.0})
    assert marks(ax) == {"mine": 5000.0}


def test_names_are_above_the_data(ax):
    mark_lines(ax, 0.0)
    bottom, top = ax.get_ylim()
    assert bottom == 0.0 and top > 1.0
    for line, text in zip(ax.lines, ax.texts, strict=True):
        assert line.get_ydata()[1] <= text.get_position()[1]
        # The mark ends at the old top of the data.
        assert line.get_ydata()[1] * (top - bottom) == pytest.approx(1.0)


def test_the_upper_axis_is_at_rest(ax):
    mark_lines(ax, 0.25)
    (above,) = ax.child_axes
    forward, inverse = above._functions
    wavelength = np.array([5000.0, 6250.0])
    np.testing.assert_allclose(forward(wavelength), wavelength / 1.25)
    np.testing.assert_allclose(inverse(forward(wavelength)), wavelength)
    assert above.get_xlabel() == "Rest wavelength (Å)"


def test_wavelengths_are_those_of_supernova_velocities():
    assert ION_LINES["Si II"] == 6355.0 and ION_LINES["Hα"] == 6563.0
    assert list(ION_LINES.values()) == sorted(ION_LINES.values())
