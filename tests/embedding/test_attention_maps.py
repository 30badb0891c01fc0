"""Attention over wavelength."""

import numpy as np
import pytest

from sklearn_sn import SpectraNetClassifier
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.embedding import MaskedSpectrumEmbedder, attention_maps
from sklearn_sn.encoders import PatchSpectrumTransformer

TINY = PatchSpectrumTransformer(d_model=16, n_heads=2, n_layers=2, n_bins=256)


@pytest.fixture(scope="module")
def X():
    """Sixty objects with one to three spectra."""
    params = {"n_spectra": (1, 3), "n_pixels": 300, "random_state": 0}
    return make_supernovae(60, modalities=["spectrum"], **params)[0]


@pytest.fixture(scope="module")
def embedder(X):
    return MaskedSpectrumEmbedder(encoder=TINY, max_epochs=1, random_state=0).fit(X)


def test_maps_of_objects(embedder, X):
    before = embedder.transform(X)
    wavelength, attention = attention_maps(embedder, X)
    assert wavelength.shape == (25,) and attention.shape == (60, 2, 25)
    assert (np.diff(wavelength) > 0).all() and wavelength[0] > 3500 and wavelength[-1] < 9000
    prepared = embedder.preprocessor_.wavelength_
    assert wavelength[0] == pytest.approx(prepared[:20].mean())
    assert wavelength[-1] == pytest.approx(prepared[240:].mean())
    total = attention.sum(axis=2)
    assert (total < 1).all() and (total > 0.5).all()
    # An object alone, with another padding, has the same attention.
    one = attention_maps(embedder, X.iloc[[0]])[1]
    np.testing.assert_allclose(one[0], attention[0], atol=1e-6)
    np.testing.assert_array_equal(embedder.transform(X), before)
    gap = attention_maps(embedder, X.assign(spectrum=[None, *X["spectrum"].iloc[1:]]))[1]
    assert not gap[0].any()
    np.testing.assert_allclose(gap[1:], attention[1:], atol=1e-6)


def test_layers(embedder, X):
    first, last = (attention_maps(embedder, X, layer=layer)[1] for layer in (0, 1))
    assert np.abs(first - last).max() > 1e-5
    np.testing.assert_array_equal(last, attention_maps(embedder, X, layer=-1)[1])
    for layer in (2, -3, "pooling", "last"):
        with pytest.raises(ValueError, match="'layer' parameter must be"):
            attention_maps(embedder, X, layer=layer)


def test_other_encoders_are_rejected(supernovae):
    X, y = supernovae
    model = SpectraNetClassifier(encoder="cnn", max_epochs=1, random_state=0).fit(X, y)
    with pytest.raises(ValueError, match="needs a fitted estimator with a PatchSpectrum"):
        attention_maps(model, X)
