"""Bad spectra before estimators: always an answer, finite, and the same for the same."""

import warnings

import numpy as np
import pytest
from astropy import units as u

from sklearn_sn.classification import SpectralRedshiftClassifier, SpectraNetClassifier
from sklearn_sn.data import DataQualityWarning, as_ragged
from sklearn_sn.encoders import SpectralFeatures, SpectraNet
from sklearn_sn.regression import SpectraNetRegressor
from tests.conftest import with_encoder
from tests.faults.catalogue import WAVELENGTH, cases, put, spectrum, table
from tests.faults.test_spectra import CASES, FLUX

TINY = {
    "n_bins": 64,
    "widths": (8, 12),
    "kernels": ((3, 9, 31), (3, 5, 9)),
    "latent_dim": 12,
    "max_epochs": 3,
    "random_state": 0,
}


def make(kind=SpectraNetClassifier, **params):
    return with_encoder(kind, SpectraNet, **TINY, **params)


@pytest.fixture(scope="module")
def classifier(supernovae):
    return make().fit(*supernovae)


@pytest.fixture(scope="module")
def redshift(supernovae):
    params = {**TINY, "kernels": (9, 5), "n_features": 8}
    del params["latent_dim"]
    model = with_encoder(SpectralRedshiftClassifier, SpectralFeatures, **params)
    return model.fit(*supernovae)


@pytest.fixture(scope="module")
def regressor(supernovae):
    X, _ = supernovae
    return make(SpectraNetRegressor).fit(X, X["redshift"])


def answers(model, cell):
    """What a model says of a bad spectrum between two good ones."""
    X = table(spectrum(), cell, spectrum(), column="spectrum")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataQualityWarning)
        if hasattr(model, "classes_"):
            return model.predict_proba(X), model.transform(X)
        return np.column_stack(model.predict(X, return_std=True)), model.transform(X)


@pytest.mark.parametrize("name", ["classifier", "redshift", "regressor"])
@cases(*CASES)
def test_case(case, name, request):
    model = request.getfixturevalue(name)
    out, latent = answers(model, case.cell)
    assert np.isfinite(out).all() and np.isfinite(latent).all()
    good, latent_of_good = answers(model, spectrum())
    np.testing.assert_allclose(out[[0, 2]], good[[0, 2]], atol=1e-6)
    np.testing.assert_allclose(latent[[0, 2]], latent_of_good[[0, 2]], atol=1e-6)
    assert np.array_equal(latent[1], model.missing_embedding_) == case.nothing
    if name == "redshift":
        X = table(case.cell, column="spectrum")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DataQualityWarning)
            found = np.array(model.predict_redshift(X, return_std=True))
        assert np.isfinite(found).all() and found[1] > 0 and 0 <= found[0] <= 1
    if name == "regressor":
        nothing = [model.target_mean_, model.target_scale_]
    else:
        np.testing.assert_allclose(out.sum(axis=1), 1.0)
        nothing = model.class_prior_
    assert np.array_equal(out[1], nothing) == case.nothing
    if case.same_as is not None:
        same, latent_of_same = answers(model, case.same_as)
        np.testing.assert_array_equal(out, same)
        np.testing.assert_array_equal(latent, latent_of_same)


def test_37_nm_are_angstrom_with_a_unit_and_refused_without(classifier):
    in_nm = {**spectrum(), "wavelength": WAVELENGTH / 10 * u.nm}
    of_nm, of_angstrom = classifier.predict_proba(table(in_nm, spectrum(), column="spectrum"))
    np.testing.assert_allclose(of_nm, of_angstrom, atol=1e-6)
    with pytest.raises(ValueError, match="looks like nm"):
        bare = spectrum(wavelength=WAVELENGTH / 10)
        classifier.predict(table(bare, column="spectrum"))


def test_43_a_cosmic_ray_moves_little(classifier):
    proba, _ = answers(classifier, spectrum(flux=put(FLUX, 100, 1e5 * FLUX[100])))
    assert np.abs(proba[1] - proba[0]).max() < 0.1


@pytest.mark.parametrize("redshift", [-0.1, 11.0])
def test_47_impossible_redshifts_are_refused(redshift, supernovae):
    X, y = supernovae
    model = make(frame="rest").fit(X, y)
    with pytest.raises(ValueError, match="redshift is"):
        model.predict(X.assign(redshift=[redshift, *X["redshift"].iloc[1:]]))


def test_47_unknown_redshifts_leave_the_frame_of_the_observer(supernovae):
    X, y = supernovae
    model = make(frame="rest").fit(X, y)
    unknown = X.assign(redshift=[np.nan, *X["redshift"].iloc[1:]])
    with pytest.warns(DataQualityWarning, match="1 objects without a redshift stay"):
        answer = model.predict_proba(unknown)
    np.testing.assert_array_equal(answer[0], model.predict_proba(X.assign(redshift=0.0))[0])
    np.testing.assert_array_equal(answer[1:], model.predict_proba(X)[1:])
    with pytest.raises(ValueError, match="X lacks the column 'redshift'"):
        model.predict(X.drop(columns="redshift"))
    with pytest.raises(ValueError, match="must hold numbers"):
        model.predict(X.assign(redshift="near"))


def test_a_spectrum_that_is_off_the_grid_beside_one_that_is_not(classifier):
    far = spectrum(wavelength=WAVELENGTH + 1e4, time=np.full(300, 59000.0))
    both = {name: np.concatenate([far[name], spectrum()[name]]) for name in spectrum()}
    both["time"] = np.repeat([59000.0, 59010.0], 300)
    X = table(both, spectrum(), column="spectrum")
    proba = classifier.predict_proba(X)
    np.testing.assert_allclose(proba[0], proba[1], atol=1e-6)
    each = as_ragged(classifier.predict_proba_per_spectrum(X))
    assert each.lengths.tolist() == [2, 1]
    first = [each[str(name)][0] for name in classifier.classes_]
    np.testing.assert_array_equal(first, classifier.class_prior_)


def test_40_spectra_off_the_grid_are_told(classifier, redshift):
    X = table(spectrum(wavelength=WAVELENGTH + 1e4), spectrum(), column="spectrum")
    for model in (classifier, redshift):
        with pytest.warns(DataQualityWarning, match=r"The spectra of 1 objects cover.*first 'SN0'"):
            model.predict(X)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            model.predict(X.iloc[1:])
