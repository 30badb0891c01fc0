import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin

from sklearn_sn import LightCurveClassifier
from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import GRU


class FluxClassifier(ClassifierMixin, BaseEstimator):
    """A cheap model of tables: class "bright" by the mean flux; it records what it gets."""

    def fit(self, X, y=None):
        self.classes_ = np.array(["bright", "faint"])
        self.feature_names_in_ = np.array(X.columns, dtype=object)
        self.sizes_ = []
        return self

    def predict_proba(self, X):
        self.sizes_.append(len(X))
        assert list(X.columns) == list(self.feature_names_in_)
        flux = as_ragged(X["light_curve"], kind="light_curve").reduce("mean", "flux", empty=0.0)
        bright = 1 / (1 + np.exp(-(flux - 100) / 100))
        return np.column_stack([bright, 1 - bright])


@pytest.fixture
def flux_model():
    return FluxClassifier().fit(pd.DataFrame(columns=["light_curve"]))


@pytest.fixture(scope="session")
def network():
    X, y = make_supernovae(30, modalities=["light_curve"], random_state=0)
    model = LightCurveClassifier(encoder=GRU(d_model=16), max_epochs=1, random_state=0)
    return model.fit(X, y)
