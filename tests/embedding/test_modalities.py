"""Modalities beside light curve and spectrum."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn import ContrastiveEmbedder
from sklearn_sn.data import DataQualityWarning
from sklearn_sn.encoders import ImageCNN
from tests.conftest import SMALL


def make(**params):
    return ContrastiveEmbedder(**{**SMALL, **params})


def test_metadata_as_third_modality(supernovae):
    X, _ = supernovae
    model = make(metadata_columns=["redshift", "survey"], output="metadata").fit(X)
    assert model.modalities_ == ["light_curve", "spectrum", "metadata"]
    assert np.isfinite(model.transform(X[["redshift", "survey"]])).all()


def test_metadata_missing_at_predict(supernovae):
    X, _ = supernovae
    model = make(metadata_columns=["redshift", "ebv"], output="mean").fit(X)
    with pytest.raises(ValueError, match=r"lacks the metadata columns \['redshift', 'ebv'\]"):
        model.encode(X[["light_curve"]], "metadata")
    whole = model.transform(X)
    with pytest.warns(DataQualityWarning, match=r"no columns \['ebv'\]"):
        part = model.encode(X.drop(columns="ebv"), "metadata")
    assert np.abs(part - model.encode(X, "metadata")).max() > 1e-6
    plain = X.drop(columns=["redshift", "ebv"])
    with pytest.warns(DataQualityWarning, match=r"no column of \['redshift', 'ebv'\]"):
        Z = model.transform(plain)
    assert np.isfinite(Z).all() and np.abs(Z - whole).max() > 1e-6
    with pytest.warns(DataQualityWarning, match="no column of"):
        model.score(plain)


def test_images(supernovae):
    X = supernovae[0].copy()
    rng = np.random.default_rng(0)
    X["image"] = pd.Series([rng.normal(size=(2, 9, 9)) for _ in range(60)], index=X.index)
    model = make(image=ImageCNN(d_model=4, n_layers=2), spectrum=None).fit(X)
    assert model.modalities_ == ["light_curve", "image"]
    assert model.encode(X, "image").shape == (60, 8)
