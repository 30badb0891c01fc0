"""Light curves of one object."""

import numpy as np
import pytest

from sklearn_sn.data import check_table, flux_to_mag
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.plotting import LightCurveDisplay


@pytest.fixture(scope="module")
def X():
    return make_supernovae(4, surveys=["lsst"], random_state=0)[0]


@pytest.fixture
def display():
    band = ["ztfr", "ztfg", "ztfr", "ztfg"]
    flux, flux_err = [100.0, 50.0, -3.0, 2.0], [5.0, 5.0, 2.0, 2.0]
    return LightCurveDisplay([1.0, 2.0, 3.0, 4.0], band, flux, flux_err, "SN 1")


def legend(display):
    return [text.get_text() for text in display.ax_.get_legend().get_texts()]


def drawn(display):
    """Band, times and values of each errorbar."""
    return {
        bars.get_label(): (bars.lines[0].get_xdata(), bars.lines[0].get_ydata())
        for bars in display.ax_.containers
    }


def test_every_point_is_drawn_in_its_band(X):
    name = X.index[2]
    display = LightCurveDisplay.from_object(X, name)
    assert display.plot() is display
    curve = check_table(X.iloc[[2]]).light_curve
    for band, (time, flux) in drawn(display).items():
        own = np.asarray(curve["band"]) == band
        np.testing.assert_array_equal(time, curve["time"][own])
        np.testing.assert_array_equal(flux, curve["flux"][own])
    assert sum(len(time) for time, _ in drawn(display).values()) == curve.n_points
    assert display.ax_.get_title() == name
    assert display.ax_.get_xlabel() == "Time (MJD, days)"
    assert display.ax_.get_ylabel() == "Flux (µJy)"


def test_bands_go_from_blue_to_red(X):
    order = [band for band in ("lsstu", "lsstg", "lsstr", "lssti", "lsstz", "lssty")]
    time = np.arange(6.0)
    display = LightCurveDisplay(time, order[::-1], np.ones(6)).plot()
    assert legend(display) == order
    colours = [bars.lines[0].get_color() for bars in display.ax_.containers]
    assert colours[1][2] > colours[2][2] and colours[2][0] > colours[1][0]  # g bluer than r


def test_error_bars_span_one_sigma(display):
    bars = display.plot().ax_.containers[1]  # ztfr
    segments = bars.lines[2][0].get_segments()
    np.testing.assert_allclose(segments[0][:, 1], [95.0, 105.0])


def test_magnitudes_and_limits(display):
    display.plot(scale="mag")
    time, mag = drawn(display)["ztfr"]
    np.testing.assert_array_equal(time, [1.0])
    np.testing.assert_allclose(mag, flux_to_mag(np.array([100.0])))
    limits = [line for line in display.ax_.lines if line.get_marker() == "v"]
    times = np.sort(np.concatenate([line.get_xdata() for line in limits]))
    np.testing.assert_array_equal(times, [3.0, 4.0])
    np.testing.assert_allclose(limits[0].get_ydata(), flux_to_mag(np.array([6.0])))
    assert legend(display) == ["ztfg", "ztfr", "3σ limit"]
    assert display.ax_.yaxis_inverted() and display.ax_.get_ylabel() == "AB magnitude"


def test_without_errors_positive_points_are_kept():
    display = LightCurveDisplay([1.0, 2.0], ["ztfg"] * 2, [3.0, -1.0]).plot(scale="mag")
    np.testing.assert_array_equal(drawn(display)["ztfg"][0], [1.0])
    assert legend(display) == ["ztfg"]


def test_unknown_and_ambiguous_bands_come_last_in_grey():
    display = LightCurveDisplay([1.0, 2.0, 3.0], ["b", "clear", "ztfr"], np.ones(3)).plot()
    assert legend(display) == ["ztfr", "b", "clear"]
    assert np.ptp(display.ax_.containers[1].lines[0].get_color()) == 0


def test_days_since_a_date(display):
    display.plot(time_zero=2.0)
    np.testing.assert_array_equal(drawn(display)["ztfr"][0], [-1.0, 1.0])
    assert display.ax_.get_xlabel() == "Days since MJD 2"
    assert display.time == [1.0, 2.0, 3.0, 4.0]


def test_legend_beside_or_in_given_axes_inside(display):
    import matplotlib.pyplot as plt

    display.plot().figure_.canvas.draw()
    assert display.ax_.get_legend().get_window_extent().x0 >= display.ax_.bbox.x1
    figure, ax = plt.subplots()
    assert display.plot(ax, ms=3).ax_ is ax
    figure.canvas.draw()
    assert ax.get_legend().get_window_extent().x1 <= ax.bbox.x1


def test_name_before_position(X):
    assert LightCurveDisplay.from_object(X, -1).name == X.index[-1]
    numbered = X.set_axis([3, 2, 1, 0], axis=0)
    assert LightCurveDisplay.from_object(numbered, 3).name == "3"
    with pytest.raises(KeyError, match="no object named 7"):
        LightCurveDisplay.from_object(numbered, 7)
    with pytest.raises(KeyError, match="no object at position 7"):
        LightCurveDisplay.from_object(X, 7)
    with pytest.raises(KeyError, match="2 objects named"):
        LightCurveDisplay.from_object(X.iloc[[0, 0]], X.index[0])


def test_names_what_is_wrong(X, display):
    with pytest.raises(ValueError, match="The 'scale' parameter of LightCurveDisplay"):
        display.plot(scale="log")
    with pytest.raises(ValueError, match=r"equal lengths\. Got 2, 1 and 2"):
        LightCurveDisplay([1, 2], ["ztfg"] * 2, [1.0]).plot()
    with pytest.raises(ValueError, match="must not be negative"):
        LightCurveDisplay([1.0], ["ztfg"], [1.0], [-1.0]).plot()
    empty = X.astype({"light_curve": object})
    empty["light_curve"] = None
    with pytest.raises(ValueError, match="has no usable light curve"):
        LightCurveDisplay.from_object(empty, 0)
