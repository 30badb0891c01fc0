"""Which bins an answer rests on."""

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.exceptions import NotFittedError

from sklearn_sn.base import check_explanation
from sklearn_sn.base._spectrum_explanation import Explanation, _gradient, _occlusion
from sklearn_sn.classification import SpectralRedshiftClassifier, SpectraNetClassifier
from sklearn_sn.data import DataQualityWarning
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import SpectralFeatures, SpectraNet
from sklearn_sn.regression import SpectraNetRegressor

ENCODER = SpectraNet(
    widths=(8, 12), kernels=((3, 9, 31), (3, 5, 9)), latent_dim=12, channels=("flux",)
)
TINY = {"max_epochs": 10, "batch_size": 16, "lr": 5e-3, "random_state": 0}
LINE = slice(24, 37)


def dipped(n=60, n_bins=96, seed=0):
    """Spectra as an array, with a line at bin 30 as high as the number: dips are of class "b"."""
    rng = np.random.default_rng(seed)
    height = rng.choice([-1.0, 1.0], n) * rng.uniform(0.7, 2.0, n)
    line = np.exp(-0.5 * ((np.arange(n_bins) - 30) / 3.0) ** 2)
    flux = 5.0 + np.sin(np.arange(n_bins) / 20) + height[:, None] * line
    return flux + rng.normal(0, 0.1, (n, n_bins)), np.where(height < 0, "b", "a"), height


@pytest.fixture(scope="module")
def classifier():
    X, y, _ = dipped()
    return SpectraNetClassifier(encoder=ENCODER, **TINY).fit(X, y)


def test_a_class_rests_on_its_line(classifier):
    X, y, _ = dipped(20, seed=1)
    wavelength, importance = classifier.explain(X, window=14)
    np.testing.assert_array_equal(wavelength, np.arange(96))
    assert importance.shape == (20, 96) and np.isfinite(importance).all()
    # Without the line, one class or the other is said of all: both together lose what tells them.
    lost = sum(importance[y == kind].mean(axis=0) for kind in "ab")
    assert lost[LINE].mean() > 3 * np.abs(np.delete(lost, LINE)).mean()


def test_occlusion_is_the_mean_fall_over_windows():
    weight = torch.arange(1.0, 7.0)

    def measure(flux, pad_mask, rows):
        assert len(flux) <= 5
        return (flux[:, 0] * weight * ~pad_mask).sum(dim=1) + 100.0 * rows

    flux = torch.ones(3, 1, 6) * torch.tensor([1.0, 2.0, 3.0])[:, None, None]
    explanation = Explanation(None, None, "occlusion", window=4, batch_size=5)
    found = _occlusion(measure, explanation, flux, torch.zeros(3, 6, dtype=torch.bool))
    # Windows hide bins 0–3, 2–5 and 4–5, of weights 10, 18 and 11.
    expected = torch.tensor([10.0, 10.0, 14.0, 14.0, 14.5, 14.5])
    torch.testing.assert_close(found, expected * flux[:, 0])


def test_gradients_of_a_linear_answer_are_its_terms():
    flux, weight = torch.randn(3, 2, 6), torch.randn(2, 6)

    def measure(flux, pad_mask, rows):
        return (flux * weight).sum(dim=(1, 2))

    found = _gradient(measure, flux, torch.zeros(3, 6, dtype=torch.bool))
    torch.testing.assert_close(found, (flux * weight).sum(dim=1))


def test_the_other_class_is_explained_by_the_opposite(classifier):
    X, _, _ = dipped(10, seed=1)
    _, of_b = classifier.explain(X, "b")
    _, of_a = classifier.explain(X, np.full(10, "a"))
    assert np.corrcoef(of_a[:, LINE].ravel(), of_b[:, LINE].ravel())[0, 1] < -0.9
    _, predicted = classifier.explain(X)
    expected = np.where((classifier.predict(X) == "a")[:, None], of_a, of_b)
    np.testing.assert_allclose(predicted, expected, atol=1e-4)


@pytest.mark.parametrize("method", ["occlusion", "gradient"])
def test_a_number_rests_on_its_line(method):
    X, _, height = dipped()
    model = SpectraNetRegressor(encoder=ENCODER, **TINY).fit(X, height)
    _, importance = model.explain(X, method=method)
    size = np.abs(importance).mean(axis=0)
    assert size[LINE].mean() > 2 * np.delete(size, LINE).mean()
    with pytest.raises(ValueError, match="takes no y for a regressor"):
        model.explain(X, height)


@pytest.fixture(scope="module")
def redshift():
    X, y = make_supernovae(12, modalities=["spectrum"], n_spectra=(1, 3), random_state=0)
    few = SpectralFeatures(n_bins=64, widths=(8, 8), kernels=(5, 3), n_features=4)
    return SpectralRedshiftClassifier(encoder=few, **{**TINY, "max_epochs": 2}).fit(X, y), X


@pytest.mark.parametrize("method", ["occlusion", "gradient"])
@pytest.mark.parametrize("of", ["class", "redshift"])
def test_tables_and_missing_spectra(redshift, of, method, monkeypatch):
    model, X = redshift
    X = pd.DataFrame({"spectrum": [None, *X["spectrum"].iloc[1:]]}, index=X.index)
    missing = "1 objects have no usable spectrum"
    with pytest.warns(DataQualityWarning, match=missing):
        wavelength, importance = model.explain(X, of=of, method=method)
    assert importance.shape == (12, 64) and 3500 < wavelength[0] < wavelength[-1] < 9000
    assert (importance[0] == 0).all() and np.abs(importance[1:]).max(axis=1).min() > 0
    monkeypatch.setattr("sklearn_sn.preprocessors._spectrum.BLOCK", 7)
    monkeypatch.setattr("sklearn_sn.base._spectrum_estimator.PREDICT_BATCH", 5)
    with pytest.warns(DataQualityWarning, match=missing):
        _, again = model.explain(X, of=of, method=method)
    np.testing.assert_allclose(again, importance, atol=1e-4)


def test_what_is_refused(redshift, classifier):
    model, X = redshift
    for kwargs, message in (
        ({"method": "magic"}, "'method' of explain"),
        ({"window": 65}, r"'window' of explain.*\[1, 64\]"),
        ({"of": "time"}, "'of' of explain"),
        ({"of": "redshift", "y": "SN Ia"}, "'of' of explain"),
        ({"y": "kilonova"}, r"y of explain must hold classes of fit, .*Got 'kilonova' instead"),
    ):
        with pytest.raises(ValueError, match=message):
            model.explain(X, **kwargs)
    with pytest.raises(NotFittedError):
        SpectraNetClassifier().explain(X)


@pytest.mark.parametrize(("window", "expected"), [(None, 3), (7, 7), (np.int64(5), 5), (96, 96)])
def test_a_window_is_a_32nd_of_the_grid_unless_told(window, expected):
    assert check_explanation("occlusion", window, 96) == expected
    assert check_explanation("gradient", None, 10) == 1


@pytest.mark.parametrize("window", [0, -1, 97, 2.5, True, "3"])
def test_a_window_that_is_no_number_of_bins(window):
    with pytest.raises(
        ValueError, match=r"'window' of explain must be a number of bins in \[1, 96"
    ):
        check_explanation("occlusion", window, 96)


@pytest.mark.parametrize("method", ["occlusion", "gradient"])
def test_a_spectrum_is_explained_by_itself(classifier, method):
    X, _, _ = dipped(6, seed=1)
    _, whole = classifier.explain(X, "b", method=method)
    _, alone = classifier.explain(X[[4]], "b", method=method)
    np.testing.assert_allclose(alone[0], whole[4], atol=1e-6)
    X[2, 40:60] = np.nan  # what is not covered has no importance
    _, importance = classifier.explain(X, "b", method=method)
    assert not importance[2, 40:60].any() and importance[2, :40].any()


def test_weights_do_not_learn_from_an_explanation(classifier):
    X, _, _ = dipped(4, seed=1)
    before = {name: v.clone() for name, v in classifier.net_.module_.state_dict().items()}
    for method in ("occlusion", "gradient"):
        classifier.explain(X, method=method)
    after = classifier.net_.module_.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
