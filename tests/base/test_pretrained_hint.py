"""A hint at a packaged model, once, where it can be used."""

import warnings

import numpy as np
import pytest

from sklearn_sn import (
    ContrastiveEmbedder,
    LightCurveClassifier,
    LightCurveRegressor,
    MultimodalRegressor,
    SpectraNetClassifier,
    SpectraNetRegressor,
    SupConClassifier,
)
from sklearn_sn.base import _pretrained_hint, hint_at_pretrained
from sklearn_sn.base._pretrained import raise_on_conflicting_params
from sklearn_sn.base._pretrained_hint import _MODELS
from sklearn_sn.encoders import LightCurveTransformer, resolve_encoder
from sklearn_sn.persistence import PretrainedHint, load_pretrained


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """The first fit of a process."""
    monkeypatch.setattr(_pretrained_hint, "FEW_OBJECTS", 2000)
    monkeypatch.setattr(_pretrained_hint, "_hinted", set())


def hint(estimator, n_objects=300, modalities=None):
    """Return the packaged model that a fit would hint at, or None."""
    names = estimator._encoder_parameters
    if "encoder" in names:
        modalities, names = [names["encoder"][0]], {names["encoder"][0]: names["encoder"]}
    encoders = {}
    for modality in modalities or ["light_curve", "spectrum"]:
        value = getattr(estimator, modality if hasattr(estimator, modality) else "encoder")
        encoders[modality] = resolve_encoder(
            value, modality, parameter=modality, estimator="", default=names[modality][1]
        )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        hint_at_pretrained(estimator, encoders, n_objects)
    assert len(caught) <= 1
    return str(caught[0].message).split("pretrained='")[1].split("'")[0] if caught else None


@pytest.mark.parametrize(
    "estimator, name",
    [
        (ContrastiveEmbedder(), "contrastive-sim"),
        (ContrastiveEmbedder(light_curve="transformer"), "contrastive-sim"),
        (ContrastiveEmbedder(light_curve=LightCurveTransformer(max_points=50)), "contrastive-sim"),
        (ContrastiveEmbedder(light_curve=LightCurveTransformer(d_model=16)), None),
        (ContrastiveEmbedder(spectrum="transformer"), None),
        (ContrastiveEmbedder(pretrained="contrastive-sim"), None),
        (LightCurveClassifier(), "contrastive-sim"),
        (LightCurveClassifier(encoder="gru"), None),
        (LightCurveRegressor(), "contrastive-sim"),
        (MultimodalRegressor(), "contrastive-sim"),
        (MultimodalRegressor(spectrum="transformer"), None),
        (SupConClassifier(), "contrastive-sim"),
        (SpectraNetClassifier(frame="rest"), None),
        (SpectraNetClassifier(), None),
        (SpectraNetRegressor(), None),
    ],
)
def test_the_model_that_is_named(estimator, name):
    assert hint(estimator) == name
    assert hint(estimator) is None  # once for a class


def test_only_for_few_objects_and_fitting_modalities():
    assert hint(LightCurveClassifier(), n_objects=2000) is None
    assert hint(ContrastiveEmbedder(), modalities=["spectrum"]) is None
    assert hint(ContrastiveEmbedder(), modalities=["light_curve"]) == "contrastive-sim"


@pytest.mark.parametrize("model", _MODELS, ids=lambda model: model.name)
def test_the_packaged_encoders_have_the_sizes_that_are_assumed(model):
    packaged = load_pretrained(model.name)
    assert set(packaged.modalities_) == set(model.encoders)
    for modality, cls in model.encoders.items():
        encoder = packaged.estimator._pretrained_encoder(modality).encoder
        assert type(encoder) is cls
        # A conflict of default sizes would raise here.
        estimator = ContrastiveEmbedder(**{modality: cls()})
        assert _pretrained_hint._agrees(estimator, cls(), modality, cls)
        raise_on_conflicting_params(cls(), encoder, modality)


def test_fits_give_the_hint_and_searches_only_one(supernovae):
    X, y = supernovae
    model = LightCurveClassifier(max_epochs=1)
    with pytest.warns(PretrainedHint, match="LightCurveClassifier is trained from scratch on 60"):
        model.fit(X, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.fit(X, y)
    embedder = ContrastiveEmbedder(max_epochs=1, batch_size=60)
    with pytest.warns(PretrainedHint, match="ContrastiveEmbedder is trained from scratch on 60"):
        embedder.fit(X)
    assert np.isfinite(embedder.transform(X)).all()
