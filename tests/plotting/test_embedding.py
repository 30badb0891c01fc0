"""Maps of embeddings."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.neighbors import KNeighborsClassifier

from sklearn_sn.plotting import EmbeddingDisplay


@pytest.fixture
def clusters():
    rng = np.random.default_rng(0)
    y = np.repeat(["SN II", "SN Ia", "TDE"], 20)
    Z = rng.normal(size=(60, 80)) + 6 * rng.normal(size=(3, 80)).repeat(20, axis=0)
    return Z, y


def legend(display):
    return [text.get_text() for text in display.ax_.get_legend().get_texts()]


def test_neighbours_stay_neighbours(clusters):
    Z, y = clusters
    points = EmbeddingDisplay.from_embeddings(Z, y, random_state=0).coordinates
    assert KNeighborsClassifier(5).fit(points, y).score(points, y) == 1.0


def test_same_seed_same_map_and_global_state_untouched(clusters):
    Z, _ = clusters
    before, state = Z.copy(), np.random.get_state()[1].copy()  # noqa: NPY002
    first, second = (EmbeddingDisplay.from_embeddings(Z, random_state=3) for _ in range(2))
    np.testing.assert_array_equal(first.coordinates, second.coordinates)
    np.testing.assert_array_equal(Z, before)
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


def test_from_estimator_maps_what_transform_returns(clusters):
    Z, y = clusters

    class Half(BaseEstimator):
        def transform(self, X):
            return X[:, :40]

    shown = EmbeddingDisplay.from_estimator(Half(), Z, y, random_state=0)
    expected = EmbeddingDisplay.from_embeddings(Z[:, :40], y, random_state=0)
    np.testing.assert_array_equal(shown.coordinates, expected.coordinates)


@pytest.mark.parametrize("shape", [(3, 4), (4, 1), (8, 200)])
def test_few_objects_or_features(shape):
    Z = np.random.default_rng(0).normal(size=shape)
    points = EmbeddingDisplay.from_embeddings(Z, random_state=0).coordinates
    assert points.shape == (shape[0], 2) and np.isfinite(points).all()


def test_collapsed_embedding_is_one_point():
    display = EmbeddingDisplay.from_embeddings(np.ones((10, 60)), random_state=0).plot()
    np.testing.assert_array_equal(display.coordinates, 0.0)


def test_classes_have_colours_markers_and_a_legend(clusters):
    Z, y = clusters
    y = y.astype(object)
    y[:3] = None
    display = EmbeddingDisplay(Z[:, :2], y)
    assert display.plot() is display
    assert display.figure_ is display.ax_.figure
    assert legend(display) == ["SN II", "SN Ia", "TDE", "unknown"]
    handles = display.ax_.get_legend().legend_handles
    assert len({(h.get_color(), h.get_marker()) for h in handles}) == 4
    assert sorted(len(c.get_offsets()) for c in display.ax_.collections) == [3, 17, 20, 20]


def test_legend_does_not_touch_the_axes(clusters):
    Z, y = clusters
    display = EmbeddingDisplay(Z[:, :2], y).plot()
    display.figure_.canvas.draw()
    box = display.ax_.get_legend().get_window_extent()
    assert box.x0 >= display.ax_.bbox.x1 and box.x1 <= display.figure_.bbox.x1


def test_numbers_have_a_colour_bar(clusters):
    Z, _ = clusters
    z = np.linspace(0.1, 0.5, 60)
    z[0] = np.nan
    display = EmbeddingDisplay(Z[:, :2], pd.Series(z, index=range(5, 65))).plot(label="Phase")
    _, bar = display.figure_.axes
    assert bar.get_ylabel() == "Phase"
    assert bar.get_ylim() == pytest.approx((z[1], 0.5))


@pytest.mark.parametrize("y", [None, np.arange(60) % 2, np.linspace(0, 1, 60)])
def test_domains_are_filled_and_open(clusters, y):
    Z, _ = clusters
    domain = np.repeat(["simulated", "real"], 30)
    display = EmbeddingDisplay(Z[:, :2], y, domain).plot()
    assert legend(display)[-2:] == ["real", "simulated"]
    drawn = display.ax_.collections
    n_open = sum(len(c.get_offsets()) for c in drawn if len(c.get_facecolor()) == 0)
    assert n_open == 30
    assert sum(len(c.get_offsets()) for c in drawn) == 60


def test_inconsistent_inputs_are_rejected(clusters):
    Z, y = clusters
    with pytest.raises(ValueError, match="minimum of 3"):
        EmbeddingDisplay.from_embeddings(Z[:2])
    with pytest.raises(ValueError, match=r"'y' parameter must have shape \(60,\)"):
        EmbeddingDisplay.from_embeddings(Z, y[:5])
    with pytest.raises(ValueError, match="'coordinates' parameter of EmbeddingDisplay"):
        EmbeddingDisplay(Z).plot()
    with pytest.raises(ValueError, match=r"at most two values\. Got 3"):
        EmbeddingDisplay(Z[:, :2], domain=y).plot()
    with pytest.raises(ValueError, match="'domain' parameter of EmbeddingDisplay must be given"):
        EmbeddingDisplay(Z[:, :2], domain=np.array(["a", None] * 30, dtype=object)).plot()
