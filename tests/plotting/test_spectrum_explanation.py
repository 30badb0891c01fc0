"""Spectra over the importance of their wavelengths."""

import numpy as np
import pytest

from sklearn_sn.classification import SpectralRedshiftClassifier, SpectraNetClassifier
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import SpectralFeatures, SpectraNet
from sklearn_sn.plotting import SpectrumExplanationDisplay

FEW = {"max_epochs": 1, "batch_size": 16, "random_state": 0}
SMALL = SpectraNet(n_bins=64, widths=(8, 8), kernels=((3, 9), (3, 5)), latent_dim=8)


@pytest.fixture(scope="module")
def supernovae():
    return make_supernovae(30, modalities=["spectrum"], n_spectra=(1, 2), random_state=0)


def stripes(display):
    (mesh,) = display.ax_.collections
    return mesh


def test_stripes_are_the_importance(supernovae):
    X, y = supernovae
    model = SpectraNetClassifier(**FEW, encoder=SMALL, frame="rest")
    model.fit(X, y)
    display = SpectrumExplanationDisplay.from_estimator(model, X, X.index[3], y="SN Ia", window=8)
    assert display.plot() is display
    wavelength, importance = model.explain(X.iloc[[3]], "SN Ia", window=8)
    np.testing.assert_array_equal(display.importance, importance[0])
    np.testing.assert_allclose(display.bins, wavelength * (1 + X["redshift"].iloc[3]))
    np.testing.assert_allclose(stripes(display).get_array().ravel(), importance[0])
    low, high = stripes(display).get_clim()
    assert low == -high == pytest.approx(-np.abs(importance).max())
    title = display.ax_.get_title()
    assert X.index[3] in title and "SN Ia" in title and "z = " in title
    assert "Hα" in {text.get_text() for text in display.ax_.texts}


def test_without_a_redshift_that_of_the_estimator(supernovae):
    X, y = supernovae
    encoder = SpectralFeatures(n_bins=64, widths=(8, 8), kernels=(5, 3), n_features=4)
    model = SpectralRedshiftClassifier(**FEW, encoder=encoder).fit(X, y)
    bare = X.drop(columns="redshift")
    display = SpectrumExplanationDisplay.from_estimator(model, bare, 2, of="redshift").plot()
    assert display.redshift == pytest.approx(model.predict_redshift(bare)[2])
    assert "redshift" in display.ax_.get_title()


def test_arrays_alone():
    x = np.linspace(4000.0, 8000.0, 50)
    display = SpectrumExplanationDisplay([x], [np.sin(x / 500)], x, np.zeros(50)).plot()
    assert stripes(display).get_clim() == (-1.0, 1.0)
    assert not display.ax_.texts and display.ax_.get_title() == ""
    with pytest.raises(ValueError, match="arrays of equal length"):
        SpectrumExplanationDisplay([x], [x], x, np.zeros(49)).plot()


def test_a_redshift_that_is_given_is_that_of_the_estimator(supernovae):
    X, y = supernovae
    model = SpectraNetClassifier(**FEW, encoder=SMALL, frame="rest")
    model.fit(X, y)
    name = X.index[0]
    for asked in (X, X.assign(redshift=np.nan)):
        display = SpectrumExplanationDisplay.from_estimator(model, asked, name, redshift=0.1)
        bins, importance = model.explain(X.iloc[:1].assign(redshift=0.1))
        np.testing.assert_allclose(display.bins, 1.1 * bins)
        np.testing.assert_array_equal(display.importance, importance[0])
