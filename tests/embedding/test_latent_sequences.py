"""The contrastive embedder of latent sequences, which the Frobenius distance compares."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator

from sklearn_sn import ContrastiveEmbedder, CrossModalRetriever, load_model, save_model
from sklearn_sn.data import DataQualityWarning
from sklearn_sn.metrics import recall_at_k
from tests.conftest import SMALL

BOTH = ("light_curve", "spectrum")


def make(**params):
    defaults = {**SMALL, "embedding_dim": (2, 4), "temperature": 1.0, "learn_temperature": False}
    return ContrastiveEmbedder(**{**defaults, **params})


@pytest.fixture(scope="module")
def model(supernovae):
    return make(max_epochs=8, lr=5e-3).fit(supernovae[0])


def test_embeddings_have_any_length(model, supernovae):
    X, _ = supernovae
    for name in BOTH:
        z = model.encode(X, name)
        lengths = np.linalg.norm(z, axis=1)
        assert z.shape == (60, 8) and lengths.max() > 1.1 * lengths.min()
        np.testing.assert_allclose(model.encode(X[7:8], name)[0], z[7], rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(model.missing_embedding_[name], z.mean(axis=0), atol=1e-5)
    assert len(model.get_feature_names_out()) == 8


def test_the_loss_of_training_is_that_of_the_distances(supernovae):
    X, _ = supernovae
    still = {name: clone(SMALL[name]).set_params(augmentation=False) for name in BOTH}
    model = make(**still, batch_size=60, max_epochs=1, lr=1e-9, temperature=2.0).fit(X)
    x, y = (model.encode(X, name).reshape(60, 2, 4).astype(float) for name in BOTH)
    d = np.linalg.norm(x[:, None] - y[None], axis=(2, 3))
    p = np.exp(-d / 2.0)
    expected = -np.mean(np.log(np.diag(p / p.sum(1, keepdims=True)) * np.diag(p / p.sum(0)))) / 2
    assert model.history_[0]["train_loss"] == pytest.approx(expected, rel=1e-3)


def test_it_learns_pairs_and_scores_them_by_the_distance(model, supernovae):
    X, _ = supernovae
    untrained = make(max_epochs=1, lr=1e-9).fit(X)
    assert model.score(X) > untrained.score(X) + 0.1
    x, y = (model.encode(X, name) for name in BOTH)
    expected = np.mean([recall_at_k(*pair, metric="euclidean") for pair in ((x, y), (y, x))])
    assert model.score(X) == pytest.approx(expected)
    search = CrossModalRetriever(FrozenEstimator(model), metric="frobenius").fit(X)
    assert search.score(X) == pytest.approx(recall_at_k(x, y, metric="euclidean"))


def test_the_mean_over_modalities_is_not_normalised(model, supernovae, monkeypatch):
    X = supernovae[0].copy()
    X.loc[X.index[3], "spectrum"] = None
    monkeypatch.setattr(model, "output", "mean")
    with pytest.warns(DataQualityWarning):
        X.loc[X.index[5], list(BOTH)] = None
        found = model.transform(X)
    x, y = (model.encode(supernovae[0], name) for name in BOTH)
    expected = (x + y) / 2
    expected[3], expected[5] = x[3], np.mean([model.missing_embedding_[n] for n in BOTH], axis=0)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_files_and_pretraining_keep_the_shape(model, supernovae, tmp_path):
    X, _ = supernovae
    save_model(model, tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    np.testing.assert_array_equal(loaded.transform(X), model.transform(X))
    rest = {name: value for name, value in SMALL.items() if name != "embedding_dim"}
    start = {"pretrained": FrozenEstimator(loaded), "trainable": "none", "max_epochs": 1}
    same = ContrastiveEmbedder(**{**rest, **start}).fit(X)
    np.testing.assert_array_equal(same.encode(X, "spectrum"), model.encode(X, "spectrum"))
    other = ContrastiveEmbedder(**{**rest, **start, "embedding_dim": (4, 8)}).fit(X)
    assert other.encode(X, "spectrum").shape == (60, 32)
    units = ContrastiveEmbedder(**{**rest, **start, "embedding_dim": 5}).fit(X)
    np.testing.assert_allclose(np.linalg.norm(units.transform(X), axis=1), 1.0, rtol=1e-5)


def test_a_queue_and_heads_beside_the_distance(supernovae):
    X, y = supernovae
    model = make(queue_size=20, aux_weight=1.0, early_stopping=True).fit(X, y)
    assert np.isfinite([row["train_loss"] for row in model.history_]).all()


@pytest.mark.parametrize("shape", [(4,), (4, 0), (4, 8, 2), (4.0, 8), ()])
def test_other_shapes_are_refused(shape, supernovae):
    with pytest.raises(ValueError, match=r"'embedding_dim' parameter must be an int or a pair"):
        make(embedding_dim=shape).fit(supernovae[0])
