"""Spectra of neighbours in an embedding, averaged and drawn by weight."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator

from sklearn_sn.cross_modal import CrossModalGenerator
from sklearn_sn.data import as_ragged

GRID = np.linspace(4200.0, 6800.0, 25)


class NumberEmbedder(BaseEstimator):
    """Embed an object at the number in its name, on a line."""

    def fit(self, X, y=None):
        self.fitted_ = True
        return self

    def encode(self, X, modality):
        return np.array([[float(name.rsplit("-")[-1])] for name in X.index]) ** 1.01


def generator(**params):
    return CrossModalGenerator(NumberEmbedder(), **params)


def test_weights_of_distances():
    distance = np.array([[0.0, 2.0, 4.0]])
    np.testing.assert_array_equal(generator(weights="uniform")._weights(distance), 1.0)
    weights = generator(weights="distance")._weights(distance)
    np.testing.assert_allclose(weights[0, 1:], [0.5, 0.25])
    assert np.isfinite(weights).all() and weights[0, 0] > 1e8


def test_gallery_holds_the_objects_with_spectra(dated):
    model = generator().fit(dated)
    has_spectrum = as_ragged(dated["spectrum"]).lengths > 0
    assert list(model.retriever_.gallery_index_) == list(dated.index[has_spectrum])
    np.testing.assert_array_equal(
        np.unique(model.spectra_.object_index), np.arange(has_spectrum.sum())
    )


@pytest.mark.parametrize("correct", [True, False])
def test_uniform_weights_give_the_mean_of_the_neighbours(dated, correct):
    model = generator(n_neighbors=3, weights="uniform", phase_correction=correct).fit(dated)
    one = generator(n_neighbors=1, phase_correction=correct).fit(dated)
    _, indices = model.kneighbors(dated[:8])
    predicted = model.predict(dated[:8], phase=5.0, wavelength=GRID)
    names = model.retriever_.gallery_index_
    single = [
        one.predict(dated.loc[names[row]], phase=5.0, wavelength=GRID).mean(axis=0)
        for row in indices
    ]
    covered = np.abs(predicted - single).max(axis=0) < 1e-4
    # The wavelengths that all neighbours cover; elsewhere observed parts count alone.
    assert covered.mean() > 0.5


def test_samples_are_spectra_of_neighbours_in_proportion_to_their_weights(dated):
    model = generator(n_neighbors=2, weights="uniform").fit(dated)
    samples = model.generate(dated[:4], n_samples=400, random_state=0, wavelength=GRID)
    for row in range(4):
        values, counts = np.unique(samples[row, :, 12].round(9), return_counts=True)
        assert len(values) <= 2
        assert len(values) == 1 or abs(counts[0] / 400 - 0.5) < 0.08


def test_draws_of_one_object_do_not_depend_on_the_others(dated):
    model = generator(n_neighbors=3).fit(dated)
    together = model.generate(dated[:10], n_samples=5, random_state=3, wavelength=GRID)
    alone = model.generate(dated[6:7], n_samples=5, random_state=3, wavelength=GRID)
    np.testing.assert_allclose(alone[0], together[6])


def test_residuals_come_from_other_objects(dated):
    # If objects were their own neighbours, the residuals would vanish.
    model = generator().fit(dated)
    assert np.abs(model.residuals_[..., [5, -6]]).mean() > 0.02
    assert model.n_residuals_ == len(model._spectra_by_phase(dated)[0])


def test_one_training_object_is_enough(dated):
    one = dated[as_ragged(dated["spectrum"]).lengths > 0][:1]
    model = generator().fit(one)
    flux = model.predict(dated[:3], wavelength=GRID)
    np.testing.assert_array_equal(flux[0], flux[1])
    assert np.isfinite(flux).all()
