"""The models that come with the package."""

from importlib.resources import files

import numpy as np
import pytest
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline

from sklearn_sn import ContrastiveEmbedder, LightCurveTransformerClassifier, load_pretrained
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.persistence import list_pretrained


@pytest.fixture(scope="module")
def supernovae():
    return make_supernovae(90, classes=("SN Ia", "SN II", "SLSN-I"), random_state=3)


def test_names():
    assert list_pretrained() == ["contrastive-sim"]
    with pytest.raises(ValueError, match=r"'contrastive-sin'.*contrastive-sim"):
        load_pretrained("contrastive-sin")


def test_a_small_file_with_a_whole_card():
    file = files("sklearn_sn.persistence") / "models" / "contrastive-sim.snmodel"
    assert len(file.read_bytes()) < 5e6
    card = load_pretrained("contrastive-sim", card=True)
    assert {"description", "data", "recipe", "metrics", "limits", "license"} <= set(card)
    assert card["metrics"]["class, macro-F1"] > 0.5


def test_it_knows_classes_without_training(supernovae):
    X, y = supernovae
    embedder = FrozenEstimator(load_pretrained("contrastive-sim"))
    pipe = Pipeline([("emb", embedder), ("knn", KNeighborsClassifier())])
    assert cross_val_score(pipe, X[["light_curve"]], y, cv=3).mean() > 0.6


def test_it_finds_partners(supernovae):
    X, _ = supernovae
    # Chance is 10 of 90.
    assert load_pretrained("contrastive-sim").score(X) > 0.4


@pytest.mark.parametrize("kind", [ContrastiveEmbedder, LightCurveTransformerClassifier])
def test_training_starts_from_it(supernovae, kind):
    X, y = supernovae
    start = load_pretrained("contrastive-sim")
    model = kind(
        pretrained=FrozenEstimator(start), trainable="head", max_epochs=1, random_state=0
    ).fit(X, y)
    encoder = getattr(start.net_.module_, "encoders", {})["light_curve"]
    module = model.net_.module_
    same = module.encoders["light_curve"] if hasattr(module, "encoders") else module.encoder
    for (name, mine), (_, theirs) in zip(
        encoder.named_parameters(), same.named_parameters(), strict=True
    ):
        np.testing.assert_array_equal(mine.detach(), theirs.detach(), err_msg=name)
