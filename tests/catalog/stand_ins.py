"""Small models with the interface of the packaged ones, fitted on simulated objects."""

from functools import lru_cache

import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge

from sklearn_sn import load_pretrained
from sklearn_sn.datasets import make_supernovae

CLASSES = ("SN Ia", "SN Ia-91bg", "SN II", "TDE")


class Types:
    """Classifier of one modality: an embedding and a logistic regression."""

    def __init__(self, modality, classes=None):
        self.modality = modality
        self.classes = classes

    def fit(self, X, y):
        y = np.array([(self.classes or {}).get(name, name) for name in y])
        self.head_ = LogisticRegression(max_iter=2000).fit(self.codes(X), y)
        self.classes_ = self.head_.classes_
        return self

    def codes(self, X):
        assert list(X.columns) == [self.modality]
        return load_pretrained("contrastive-sim").encode(X, self.modality)

    def predict_proba(self, X):
        return self.head_.predict_proba(self.codes(X))

    def predict_set(self, X, coverage=0.9):
        return self.predict_proba(X) >= 1 - coverage


class CurveTypes(Types):
    """Classifier of light curves, which also scores anomalies."""

    def score_samples(self, X):
        return self.predict_proba(X).max(axis=1)


class Redshift:
    """Regression on the embedding of one modality, with a constant error."""

    def __init__(self, modality):
        self.modality = modality

    def fit(self, X, z):
        self.head_ = Ridge().fit(self.codes(X), z)
        return self

    codes = Types.codes

    def predict(self, X, return_std=False):
        z = self.head_.predict(self.codes(X))
        return (z, np.full(len(z), 0.02)) if return_std else z

    predict_redshift = predict


@lru_cache(maxsize=1)
def simulated():
    """Return X and y: 200 objects, of which some lack the light curve or the spectrum."""
    X, y = make_supernovae(200, classes=CLASSES, random_state=0)
    return X, np.asarray(y)


@lru_cache(maxsize=1)
def stand_ins():
    """Return the models by name."""
    X, y = simulated()
    z = X["redshift"].to_numpy()
    has = X["spectrum"].notna().to_numpy()
    spectral = {"SN Ia-91bg": "SN Ia", "TDE": "SN II"}  # classes of spectra without subtypes
    return {
        "light-curve-types": CurveTypes("light_curve").fit(X[["light_curve"]], y),
        "light-curve-redshift": Redshift("light_curve").fit(X[["light_curve"]], z),
        "spectrum-types": Types("spectrum", spectral).fit(X.loc[has, ["spectrum"]], y[has]),
        "spectrum-redshift": Redshift("spectrum").fit(X.loc[has, ["spectrum"]], z[has]),
    }
