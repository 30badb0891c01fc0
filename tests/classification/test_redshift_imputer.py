"""Redshifts of spectra in the table, for whoever comes next."""

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GroupKFold, StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline

from sklearn_sn.classification import (
    SpectralRedshiftClassifier,
    SpectralRedshiftImputer,
    SpectraNetClassifier,
)
from sklearn_sn.data import DataQualityWarning
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import SpectralFeatures, SpectraNet
from sklearn_sn.persistence import load_model, save_model

FEW = {"max_epochs": 1, "batch_size": 16, "random_state": 0}
SIZES = {"n_bins": 64, "widths": (8, 8)}
FEATURES = SpectralFeatures(**SIZES, kernels=(5, 3), n_features=4)
REDSHIFT = SpectralRedshiftClassifier(encoder=FEATURES, **FEW)


class Mean(BaseEstimator):
    """Says the mean redshift of the objects of fit, and how many they were."""

    def fit(self, X, y):
        self.mean_, self.n_ = X["redshift"].mean(), len(X)
        return self

    def predict_redshift(self, X, return_std=False):
        return np.full(len(X), self.mean_), np.full(len(X), float(self.n_))


@pytest.fixture(scope="module")
def supernovae():
    return make_supernovae(40, modalities=["spectrum"], random_state=0)


def test_redshifts_of_fit_are_out_of_fold(supernovae):
    X, y = supernovae
    cv = StratifiedKFold(4, shuffle=True, random_state=0)
    imputer = SpectralRedshiftImputer(Mean(), error_column="error", cv=cv)
    out = imputer.fit_transform(X, y)
    for train, test in cv.split(X, y):
        np.testing.assert_allclose(out["redshift"].iloc[test], X["redshift"].iloc[train].mean())
        assert (out["error"].iloc[test] == len(train)).all()
    new = imputer.transform(X)
    assert (new["error"] == 40).all() and new["redshift"].nunique() == 1
    assert imputer.get_feature_names_out().tolist() == list(new.columns)
    assert new.index.equals(X.index) and "error" not in X.columns


def test_known_redshifts_stay_without_overwrite(supernovae):
    X, y = supernovae
    some = X.assign(redshift=X["redshift"].where(np.arange(40) % 2 == 0))
    imputer = SpectralRedshiftImputer(Mean(), overwrite=False, error_column="error")
    for out in (imputer.fit_transform(some, y), imputer.transform(some)):
        np.testing.assert_array_equal(out["redshift"].iloc[::2], X["redshift"].iloc[::2])
        assert out["redshift"].notna().all() and (out["error"].iloc[::2] == 0).all()
        assert (out["error"].iloc[1::2] > 0).all()
    bare = imputer.transform(X.drop(columns="redshift"))
    assert bare["redshift"].notna().all()


def test_a_classifier_at_rest_comes_next(supernovae):
    X, y = supernovae
    encoder = SpectraNet(**SIZES, kernels=((3, 9), (3, 5)), latent_dim=8)
    types = SpectraNetClassifier(encoder=encoder, **FEW, frame="rest")
    model = make_pipeline(SpectralRedshiftImputer(REDSHIFT, cv=2), types)
    assert np.isfinite(cross_val_score(model, X, y, cv=2)).all()
    model.fit(X, y)
    unknown = X.drop(columns="redshift")
    np.testing.assert_array_equal(model.predict_proba(unknown), model.predict_proba(X))


def test_is_cloned_and_saved(supernovae, tmp_path):
    X, y = supernovae
    imputer = clone(SpectralRedshiftImputer(REDSHIFT, cv=2)).fit(X, y)
    save_model(imputer, tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    np.testing.assert_array_equal(loaded.transform(X)["redshift"], imputer.transform(X)["redshift"])
    assert not hasattr(REDSHIFT, "net_")


def test_what_is_refused(supernovae):
    X, y = supernovae
    with pytest.raises(NotFittedError):
        SpectralRedshiftImputer().transform(X)
    wrong = {"cv": 1, "estimator": SpectraNetClassifier()}
    for name, value in wrong.items():
        with pytest.raises(ValueError, match=f"'{name}' parameter"):
            SpectralRedshiftImputer(**{name: value}).fit(X, y)
    half = [(np.arange(20), np.arange(20, 40))]
    with pytest.raises(ValueError, match="hold out every object"):
        SpectralRedshiftImputer(Mean(), cv=half).fit_transform(X, y)


def test_columns_keep_their_names(supernovae):
    X, y = supernovae
    X = X.assign(ra=200.0, dec=-40.0)[["spectrum", "redshift", "ra", "dec"]]
    imputer = SpectralRedshiftImputer(Mean()).set_output(transform="pandas").fit(X, y)
    with config_context(transform_output="pandas"):
        out = imputer.transform(X.drop(columns="redshift"))
    assert (out["ra"] == 200.0).all() and (out["dec"] == -40.0).all()
    np.testing.assert_allclose(out["redshift"], X["redshift"].mean())


def test_groups_stay_together(supernovae):
    X, y = supernovae
    groups = np.arange(40) // 2
    imputer = SpectralRedshiftImputer(Mean(), error_column="error", cv=GroupKFold(4))
    out = imputer.fit_transform(X, y, groups=groups)
    for train, test in GroupKFold(4).split(X, y, groups):
        np.testing.assert_allclose(out["redshift"].iloc[test], X["redshift"].iloc[train].mean())
    with config_context(enable_metadata_routing=True):
        routed = make_pipeline(imputer.set_fit_request(groups=True), "passthrough")
        np.testing.assert_allclose(
            routed.fit_transform(X, y, groups=groups)["redshift"], out["redshift"]
        )


@pytest.mark.parametrize("unknown", [-999.0, -99.0, np.inf])
def test_what_surveys_write_for_unknown_is_filled(supernovae, unknown):
    X, y = supernovae
    imputer = SpectralRedshiftImputer(Mean(), overwrite=False, error_column="error").fit(X, y)
    some = X.assign(redshift=[unknown, *X["redshift"].iloc[1:]])
    with pytest.warns(DataQualityWarning, match="unknown values"):
        out = imputer.transform(some)
    assert out["redshift"].iloc[0] == X["redshift"].mean()
    assert out["error"].iloc[0] == 40 and (out["error"].iloc[1:] == 0).all()
