"""Codes of one modality by public methods."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline

from sklearn_sn.cross_modal._encoding import encode
from sklearn_sn.preprocessing import LightCurveBinner


class Sequences(BaseEstimator):
    """Embed each object as two tokens of three numbers."""

    def fit(self, X, y=None):
        self.fitted_ = True
        return self

    def encode(self, X, modality):
        return np.arange(6.0 * len(X)).reshape(len(X), 2, 3)


class Counts(BaseEstimator):
    """Embedder without encode: transform indicates whether it receives spectra."""

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return np.full((len(X), 1), float("spectrum" in X.columns))


def test_latents_of_tokens_are_laid_out_flat(dated):
    codes = encode(FrozenEstimator(Sequences().fit(dated)), dated[:4], "spectrum")
    assert codes.shape == (4, 6)
    tokens = codes.reshape(4, 2, 3)
    frobenius = np.linalg.norm(tokens[0] - tokens[3], ord="fro")
    assert np.linalg.norm(codes[0] - codes[3]) == frobenius


def test_steps_before_the_embedder_and_embedders_without_encode(dated, embedder):
    pipe = make_pipeline(LightCurveBinner(), embedder).fit(dated)
    binned = LightCurveBinner().fit_transform(dated)
    np.testing.assert_array_equal(
        encode(pipe, dated, "light_curve"), embedder.encode(binned, "light_curve")
    )
    assert encode(Counts(), dated, "light_curve").max() == 0
    assert encode(Counts(), dated, "spectrum").min() == 1
