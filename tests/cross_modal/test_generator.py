"""Spectra from light curves, by neighbours or by an embedder that generates."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator

from sklearn_sn import load_model, save_model
from sklearn_sn.cross_modal import CrossModalGenerator
from sklearn_sn.data import as_ragged, resample
from tests.conftest import make_mmvae

GRID = np.linspace(4000.0, 7000.0, 30)


class Known(BaseEstimator):
    """Codes by the number in the name: each object is next to itself, then to its successor."""

    def fit(self, X, y=None):
        self.fitted_ = True
        return self

    def encode(self, X, modality):
        number = np.array([float(name.rsplit("-")[-1]) for name in X.index])
        return number[:, None] ** 1.01


@pytest.fixture(scope="module")
def neighbours(dated):
    return CrossModalGenerator(Known()).fit(dated)


def test_prediction_is_the_neighbours_spectrum_nearest_in_phase(neighbours, dated):
    spectra, object_index, phase = neighbours._spectra_by_phase(dated)
    flux = resample(spectra, neighbours.wavelength_)[0]
    # Objects in the gallery are predicted by their own spectra.
    rows = np.unique(object_index)
    answer = neighbours.predict(dated.iloc[object_index], phase=phase[:, None])[:, 0]
    known = np.isfinite(flux)
    np.testing.assert_allclose(answer[known], flux[known], rtol=1e-5, atol=1e-6)
    assert np.isfinite(answer).all()
    distance, place = neighbours.kneighbors(dated.iloc[rows])
    np.testing.assert_array_equal(place[:, 0], np.arange(len(rows)))
    assert (distance == 0).all()


def test_spectra_of_neighbours_are_corrected_to_the_requested_phase(neighbours, dated):
    plain = CrossModalGenerator(Known(), phase_correction=False).fit(dated)
    rows = dated[as_ragged(dated["spectrum"]).lengths > 0]
    moved, own = (model.predict(rows, phase=[0.0, 25.0]) for model in (neighbours, plain))
    # Without correction, the nearest spectrum is often the same for both phases.
    same = np.abs(own[:, 0] - own[:, 1]).max(axis=1) == 0
    assert same.any()
    shift = np.diff(neighbours.phases_.between(neighbours.mean_, np.array([0.0, 25.0])), axis=0)
    np.testing.assert_allclose(
        (moved[:, 1] - moved[:, 0])[same], shift.repeat(same.sum(), 0), atol=1e-5
    )


def test_shapes_and_samples(dated):
    model = CrossModalGenerator(Known(), n_neighbors=4, weights="uniform").fit(dated)
    assert model.method_ == "neighbors" and model.frame_ == "rest"
    assert model.predict(dated).shape == (60, 256)
    where = {"phase": [0.0, 9.0], "wavelength": GRID}
    mean = model.predict(dated, **where)
    assert mean.shape == (60, 2, 30)
    samples = model.generate(dated, n_samples=64, random_state=0, **where)
    assert samples.shape == (60, 64, 2, 30) and np.isfinite(samples).all()
    # Samples are spectra of single neighbours: four at most.
    assert 1 < len(np.unique(samples[5, :, 0, 0])) <= 4
    nested = model.generate(dated, n_samples=2, as_nested=True, random_state=0, **where)
    np.testing.assert_allclose(
        as_ragged(nested)["flux"].reshape(60, 2, 2, 30),
        model.generate(dated, n_samples=2, random_state=0, **where),
    )
    alone = model.predict(dated[7:8], **where)
    np.testing.assert_allclose(alone[0], mean[7])


def test_distance_weights_prefer_the_nearer(dated):
    near = CrossModalGenerator(Known(), n_neighbors=3).fit(dated)
    one = CrossModalGenerator(Known(), n_neighbors=1).fit(dated)
    # At distance 0 the object's own spectrum has all the weight.
    rows = as_ragged(dated["spectrum"]).lengths > 0
    lower, upper = (model.predict(dated[rows], wavelength=GRID) for model in (near, one))
    gap = np.abs(lower - upper)
    assert np.median(gap) < 1e-4


def test_intervals_come_from_the_other_objects(neighbours, dated):
    lower, upper = neighbours.predict_interval(dated, phase=[0.0, 9.0], wavelength=GRID)
    assert lower.shape == (60, 2, 30) and (lower <= upper).all()
    # If objects predicted themselves, the intervals would have no width.
    assert np.mean(upper - lower) > 0.05
    held = clone(neighbours).fit(dated[:40]).calibrate(dated[40:])
    ends = held.predict_interval(dated[40:])
    assert np.isfinite(ends).all()


def test_an_embedder_in_the_space_of_light_curves(dated, embedder):
    model = CrossModalGenerator(embedder, n_neighbors=3).fit(dated[:40])
    assert model.embedder_ is embedder
    curves = dated.drop(columns="spectrum")[40:].copy()
    cells = as_ragged(curves["light_curve"], kind="light_curve")
    curves["light_curve"] = cells.filter(cells.rows != 0).to_nested(index=curves.index)
    for answer in (model.predict(curves), *model.predict_interval(curves)):
        assert answer.shape == (20, 256) and np.isfinite(answer).all()


def test_generative_embedders_are_used_directly(dated):
    vae = make_mmvae(
        latent_tokens=2, latent_dim=2, max_epochs=1, batch_size=16, random_state=0
    ).fit(dated[:40])
    model = CrossModalGenerator(FrozenEstimator(vae)).fit(dated[:40])
    assert model.method_ == "generate" and model.frame_ == vae.frame_
    where = {"phase": [0.0, 9.0], "wavelength": GRID}
    expected = vae.predict(dated[40:], source="light_curve", **where)
    np.testing.assert_array_equal(model.predict(dated[40:], **where), expected)
    assert model.generate(dated[40:], n_samples=3, random_state=0, **where).shape == (20, 3, 2, 30)
    before = model.predict_interval(dated[40:], **where)
    model.calibrate(dated[40:], phase_bins=1, wavelength_bins=1)
    assert list(vae.calibrations_) == ["spectrum from light_curve"]
    after = model.predict_interval(dated[40:], **where)
    factor = (after[1] - after[0]) / (before[1] - before[0])
    assert np.ptp(factor) < 1e-4 and abs(factor.mean() - 1.0) > 1e-3
    with pytest.raises(ValueError, match="starts from 'light_curve'"):
        model.predict(dated[40:], source="spectrum")
    with pytest.raises(ValueError, match="kneighbors is not available"):
        model.kneighbors(dated[40:])
    by_neighbours = CrossModalGenerator(FrozenEstimator(vae), method="neighbors").fit(dated[:40])
    assert by_neighbours.predict(dated[40:], **where).shape == (20, 2, 30)


def test_laws(neighbours, dated, embedder, tmp_path):
    assert str(clone(neighbours).get_params()) == str(neighbours.get_params())
    with pytest.raises(NotFittedError):
        clone(neighbours).predict(dated)
    with pytest.raises(ValueError, match="weights"):
        CrossModalGenerator(Known(), weights="nearest").fit(dated)
    with pytest.raises(ValueError, match="generate"):
        CrossModalGenerator(Known(), method="generate").fit(dated)
    with pytest.raises(ValueError, match="CrossModalRetriever"):
        CrossModalGenerator(Known(), to="light_curve").fit(dated)
    with pytest.raises(ValueError, match="generates 'spectrum'"):
        neighbours.predict(dated, "light_curve")
    with pytest.raises(TypeError, match="phases"):
        neighbours.predict(dated, phases=[0.0])
    model = CrossModalGenerator(embedder, n_neighbors=2).fit(dated[:40])
    save_model(model, tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    np.testing.assert_array_equal(loaded.predict(dated[40:]), model.predict(dated[40:]))
    ends = (one.predict_interval(dated[40:]) for one in (model, loaded))
    np.testing.assert_array_equal(*ends)
