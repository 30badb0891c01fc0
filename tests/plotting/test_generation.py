"""Generated spectra beside light curves."""

import numpy as np
import pytest

from sklearn_sn.cross_modal import MeanSpectrumGenerator
from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.plotting import GenerationDisplay


@pytest.fixture(scope="module")
def X():
    X, _, truth = make_supernovae(
        40, classes=["SN Ia"], n_spectra=(1, 5), n_pixels=64, return_truth=True, random_state=0
    )
    return X.assign(t_peak=truth["t_peak"])


@pytest.fixture(scope="module")
def model(X):
    return MeanSpectrumGenerator(phase_bins=3).fit(X)


def test_phases_are_those_of_the_measured_spectra(model, X):
    display = GenerationDisplay.from_estimator(model, X, [0, 1, 5, 7])
    assert display.names == [str(X.index[i]) for i in (0, 1, 5, 7)]
    for row, asked, measured in zip((0, 1, 5, 7), display.phases, display.spectra, strict=True):
        times = np.unique(as_ragged(X["spectrum"]).take([row])["time"])
        phases = (times - X["t_peak"].iloc[row]) / (1 + X["redshift"].iloc[row])
        np.testing.assert_allclose([one[0] for one in measured], phases, atol=1e-6)
        assert len(asked) == min(3, len(phases)) and set(asked) <= {one[0] for one in measured}
    flux = display.flux[2]
    np.testing.assert_allclose(flux, model.predict(X[5:6], phase=display.phases[2])[0])
    assert (display.lower[2] < flux).all() and (flux < display.upper[2]).all()


def test_requested_phases_and_objects_without_spectra(model, X):
    display = GenerationDisplay.from_estimator(model, X, phase=[0.0, 20.0])
    assert len(display.names) == 3 and display.flux[0].shape == (2, 256)
    bare = GenerationDisplay.from_estimator(model, X.drop(columns="spectrum"), [X.index[3]])
    assert bare.phases[0].tolist() == [-5.0, 5.0, 15.0] and bare.spectra == [[]]
    with pytest.raises(KeyError):
        GenerationDisplay.from_estimator(model, X, ["nobody"])


def test_what_is_drawn(model, X):
    display = GenerationDisplay.from_estimator(model, X, [0, 5], others={"mean": model})
    assert display.plot() is display
    assert display.axes_.shape == (2, 2) and display.figure_ is display.axes_[0, 0].figure
    left, right = display.axes_[1]
    assert left.get_xlabel() == "Days from peak"
    labels = [text.get_text() for text in right.texts]
    assert labels == [f"{phase:+.1f} d" for phase in display.phases[1]]
    assert len(right.collections) == len(display.phases[1])
    # The earliest on top.
    coloured = [line for line in right.lines if line.get_color() not in ("0.1", "0.45")]
    levels = [line.get_ydata().mean() for line in coloured]
    assert (np.diff(levels) < 0).all()
    legend = [text.get_text() for text in display.axes_[0, 1].get_legend().get_texts()]
    assert legend == ["generated", "90 % interval", "measured", "mean"]


def test_without_light_curves_and_on_axes_of_ones_own(model, X):
    from matplotlib.figure import Figure

    spectra = X.drop(columns="light_curve")
    display = GenerationDisplay.from_estimator(model, spectra, [0])
    axes = Figure().subplots(1, 2, squeeze=False)
    assert display.plot(axes, linewidth=3).axes_[0, 0] is axes[0, 0]
    assert axes[0, 0].texts[0].get_text() == "no light curve"
    with pytest.raises(ValueError, match="shape"):
        display.plot(axes[0])
