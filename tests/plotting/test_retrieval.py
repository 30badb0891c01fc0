"""Queries and their neighbours."""

import sys

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from sklearn.frozen import FrozenEstimator

from sklearn_sn import ContrastiveEmbedder
from sklearn_sn.cross_modal import CrossModalRetriever
from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import ImageCNN, SpectrumCNN
from sklearn_sn.plotting import RetrievalDisplay


@pytest.fixture(scope="module")
def table():
    X, y = make_supernovae(40, n_pixels=64, missing_fraction=0.0, random_state=0)
    rng = np.random.default_rng(0)
    images = [rng.normal(size=(3, 9, 9)).astype(np.float32) for _ in range(40)]
    images[31] = None
    X = X[["spectrum", "redshift"]].assign(label=y, image=pd.Series(images, index=X.index))
    X.iloc[30, X.columns.get_loc("redshift")] = np.nan
    return X


@pytest.fixture(scope="module")
def search(table):
    embedder = ContrastiveEmbedder(
        spectrum=SpectrumCNN(d_model=4, n_layers=1, n_bins=32),
        image=ImageCNN(d_model=4, n_layers=1),
        embedding_dim=8,
        max_epochs=1,
        random_state=0,
    ).fit(table[:30])
    return CrossModalRetriever(
        FrozenEstimator(embedder), query="image", columns=["redshift", "label"]
    ).fit(table[:30])


def test_it_holds_what_the_search_returns(search, table):
    X, gallery = table[30:], table[:30]
    objects = [X.index[0], X.index[4]]
    display = RetrievalDisplay.from_estimator(search, X, objects, gallery=gallery, n_neighbors=3)
    distance, indices = search.kneighbors(X.loc[objects], 3)
    np.testing.assert_array_equal(display.distance, distance)
    names = search.gallery_index_[indices]
    assert display.names[:, 0].tolist() == [str(name) for name in objects]
    assert display.names[:, 1:].tolist() == names.tolist()
    for row in range(2):
        expected = [table.loc[objects[row]], *(table.loc[name] for name in names[row])]
        for number, cell in enumerate(expected):
            np.testing.assert_array_equal(display.images[row][number], cell["image"])
            wavelength, flux = display.spectra[row][number]
            np.testing.assert_allclose(wavelength, cell["spectrum"]["wavelength"])
            np.testing.assert_allclose(flux, cell["spectrum"]["flux"])
            assert display.columns["label"][row, number] == cell["label"]
    assert np.isnan(display.columns["redshift"][0, 0])


def test_without_the_table_only_the_target_is_known(search, table):
    display = RetrievalDisplay.from_estimator(search, table[30:], n_neighbors=2)
    assert display.names.shape == (3, 3)
    assert display.images[1] == [None] * 3  # this query has no image
    assert display.images[0][0] is not None and display.images[0][1:] == [None, None]
    name = display.names[0, 1]
    expected = as_ragged(table.loc[[name], "spectrum"])["flux"]
    np.testing.assert_allclose(display.spectra[0][1][1], expected)


def test_what_is_drawn(search, table):
    X = table[30:]
    display = RetrievalDisplay.from_estimator(search, X, gallery=table[:30], n_neighbors=2)
    display.plot(color="green")
    assert display.axes_.shape == (6, 3) and display.figure_ is display.axes_[0, 0].figure
    titles = [ax.get_title() for ax in display.axes_[0]]
    assert titles[0].split("\n")[:2] == [str(X.index[0]), "query"]
    assert "redshift" not in titles[0] and f"label {X['label'].iloc[0]}" in titles[0]
    assert f"similarity {1.0 - display.distance[0, 0]:.3f}" in titles[1]
    assert f"redshift {table.loc[display.names[0, 1], 'redshift']:.3g}" in titles[1]
    (image,) = display.axes_[0, 1].images
    pixels = np.asarray(image.get_array())
    assert pixels.shape == (9, 9) and pixels.min() == 0.0 and pixels.max() == 1.0
    brightest = np.argmax(display.images[0][1][0])
    assert pixels.ravel()[brightest] == 1.0
    (line,) = display.axes_[1, 1].lines
    np.testing.assert_allclose(line.get_xdata(), display.spectra[0][1][0])
    assert line.get_color() == "green"
    assert display.axes_[2, 0].texts[0].get_text() == "no image"
    limits = [ax.get_xlim() for ax in display.axes_[1]]
    assert limits[0] == limits[1] == limits[2]


def test_colours_of_three_channels(search, table):
    display = RetrievalDisplay.from_estimator(search, table[30:], [0], gallery=table[:30])
    display.plot(channels=(2, 1, 0))
    pixels = np.asarray(display.axes_[0, 0].images[0].get_array())
    assert pixels.shape == (9, 9, 3)
    grey = display.plot(channels=2).axes_[0, 0].images[0].get_array()
    np.testing.assert_array_equal(pixels[..., 0], grey)
    with pytest.raises(ValueError, match=r"'channels' parameter .* is 3, but an image has 3"):
        display.plot(channels=3)


def test_axes_of_the_user():
    spectrum = (np.array([4000.0, 5000.0]), np.array([1.0, 2.0]))
    display = RetrievalDisplay(
        [["a", "b"]], [[0.25]], spectra=[[spectrum, spectrum]], metric="euclidean"
    )
    axes = Figure().subplots(1, 2, squeeze=False)
    assert display.plot(axes).axes_ is axes or display.axes_.tolist() == axes.tolist()
    assert axes[0, 1].get_title() == "b\ndistance 0.25"
    with pytest.raises(ValueError, match=r"must have shape \(1, 2\). Got \(1, 3\)"):
        display.plot(Figure().subplots(1, 3, squeeze=False))
    with pytest.raises(ValueError, match="neither an image nor a spectrum"):
        RetrievalDisplay([["a", "b"]], [[0.25]]).plot()


def test_without_matplotlib(monkeypatch):
    spectrum = (np.array([4000.0, 5000.0]), np.array([1.0, 2.0]))
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"sklearn-sn\[plot\]"):
        RetrievalDisplay([["a", "b"]], [[0.25]], spectra=[[spectrum, spectrum]]).plot()
