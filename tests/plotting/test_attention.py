"""Plots of attention over wavelength."""

import numpy as np
import pytest

from sklearn_sn.datasets import make_supernovae
from sklearn_sn.plotting import AttentionDisplay


@pytest.fixture(scope="module")
def X():
    return make_supernovae(4, modalities=["spectrum"], n_spectra=2, random_state=0)[0]


@pytest.fixture
def maps():
    rng = np.random.default_rng(0)
    attention = rng.uniform(0.01, 0.1, (4, 3, 20))
    attention[:, :, -2:] = 0.0
    return np.linspace(4000.0, 8000.0, 20), attention


def test_what_is_drawn(X, maps):
    display = AttentionDisplay.from_object(X, X.index[2], *maps)
    assert display.plot() is display
    upper, lower = display.axes_
    assert len(upper.lines) >= 2 and display.name == X.index[2]
    np.testing.assert_array_equal(display.attention, maps[1][2])
    mesh = lower.collections[0]
    values = mesh.get_array()
    assert values.shape == (3, 20)
    # Windows without a covered bin are blank; the mean of the others is 1.
    np.testing.assert_allclose(np.nanmean(np.ma.filled(values, np.nan), axis=1), 1.0)
    assert np.ma.getmaskarray(values)[:, -2:].all()
    expected = maps[1][2, 1] / maps[1][2, 1, :18].mean()
    np.testing.assert_allclose(values[1, :18], expected[:18])
    # The first head is above the others.
    low, high = lower.get_ylim()
    assert low > high
    assert upper.get_xlim() == lower.get_xlim()


def test_rest_windows_are_moved_to_the_observer(X, maps):
    z = X["redshift"].iloc[1]
    display = AttentionDisplay.from_object(X, X.index[1], *maps, rest_frame=True)
    np.testing.assert_allclose(display.windows, maps[0] * (1 + z))
    given = AttentionDisplay.from_object(X, X.index[1], *maps, redshift=0.5, rest_frame=True)
    np.testing.assert_allclose(given.windows, maps[0] * 1.5)
    seen = AttentionDisplay.from_object(X, X.index[1], *maps)
    np.testing.assert_array_equal(seen.windows, maps[0])


def test_an_object_without_attention(X, maps):
    windows, attention = maps
    AttentionDisplay.from_object(X, X.index[0], windows, 0.0 * attention).plot()


def test_invalid_attention(X, maps):
    windows, attention = maps
    with pytest.raises(ValueError, match="one row for each object"):
        AttentionDisplay.from_object(X, X.index[0], windows, attention[:2])
    with pytest.raises(ValueError, match="shape"):
        AttentionDisplay.from_object(X, X.index[0], windows[1:], attention).plot()
