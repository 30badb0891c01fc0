"""Small tables of three modalities, and cheap members, for the tests of fusion."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import make_supernovae

FINE = ["Ia", "Ib", "IIP", "IIn", "CV"]
COARSE = {"Ia": "SN I", "Ib": "SN I", "IIP": "SN II", "IIn": "SN II"}
COARSE_CLASSES = ["CV", "SN I", "SN II"]


class MeanClassifier(ClassifierMixin, BaseEstimator):
    """Classify by the mean of one field of a nested column: a cheap model of a modality."""

    def __init__(self, column="light_curve", C=1.0):
        self.column = column
        self.C = C

    def fit(self, X, y):
        assert list(X.columns) == [self.column]
        self.n_seen_ = len(X)
        self.model_ = LogisticRegression(C=self.C).fit(self._means(X), y)
        self.classes_ = self.model_.classes_
        return self

    def predict_proba(self, X):
        return self.model_.predict_proba(self._means(X))

    def _means(self, X):
        flux = as_ragged(X[self.column], kind=self.column).reduce("mean", "flux")
        assert np.isfinite(flux).all(), "a member got an object without its modality"
        return flux[:, None]


def fine_table(n=120, seed=0, missing=0.3):
    """Return X, y: each modality shows some of the classes, and lacks for some objects."""
    rng = np.random.default_rng(seed)
    y = np.array(FINE)[np.arange(n) % 5]
    code = np.arange(n) % 5
    curves, spectra = [], []
    for k in code:
        curves.append(
            {
                "time": 59000 + np.arange(4.0),
                "band": ["ztfg"] * 4,
                "flux": [2.0, 2.5, 5.0, 5.5, 9.0][k] + rng.normal(0, 1.0, 4),
                "flux_err": np.ones(4),
            }
        )
        spectra.append(
            {
                "wavelength": 5000 + np.arange(5.0),
                "flux": [2.0, 5.0, 2.5, 8.0, 5.5][k] + rng.normal(0, 1.0, 5),
            }
        )
    index = pd.Index([f"ZTF{i:03d}" for i in range(n)], name="object_id")
    X = pd.DataFrame(
        {"light_curve": curves, "spectrum": spectra, "mag": code + rng.normal(0, 1.5, n)},
        index=index,
    )
    X["rb"] = rng.random(n)
    X["host"] = np.arange(n) // 2
    gone = rng.random((n, 3)) < missing
    gone[gone.all(axis=1)] = False
    gone[:10] = False
    for column, mask in zip(["light_curve", "spectrum"], gone.T, strict=False):
        X[column] = X[column].where(~mask, None)
    X.loc[gone[:, 2], ["mag", "rb"]] = np.nan
    return X, y


def members(**changes):
    """Return three members."""
    metadata = make_pipeline(SimpleImputer(), LogisticRegression())
    found = [
        ("curve", MeanClassifier(), "light_curve"),
        ("spectrum", MeanClassifier("spectrum"), ["spectrum"]),
        ("metadata", metadata, ["mag", "rb"]),
    ]
    return [(name, changes.get(name, estimator), columns) for name, estimator, columns in found]


def supernovae(n=60):
    return make_supernovae(n, classes=("SN Ia", "SN II", "SLSN-I"), random_state=0)
