"""AstroCLIP: the numbers that the paper states."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator

from sklearn_sn import papers
from sklearn_sn.embedding import ImageEmbedder, MaskedSpectrumEmbedder
from sklearn_sn.encoders import PatchSpectrumTransformer, ResNetImage

SMALL = {"batch_size": 16, "random_state": 0}


@pytest.fixture(scope="module")
def pairs(supernovae):
    X = supernovae[0][["light_curve", "spectrum"]][:30]
    images = list(np.random.default_rng(0).normal(size=(30, 3, 9, 9)).astype(np.float32))
    return X.assign(image=pd.Series(images, index=X.index))


def test_the_numbers_of_the_paper():
    model = papers.astroclip()
    assert (model.queue_size, model.batch_size, model.embedding_dim) == (512, 512, 128)
    assert model.temperature == pytest.approx(1 / 15.5) and not model.learn_temperature
    assert [callback.n_steps for callback in model.callbacks] == [15_000]
    assert clone(model).callbacks[0].n_steps == 15_000
    assert model.light_curve is None and model.metadata == "auto"


@pytest.fixture(scope="module")
def pretrained(pairs):
    encoder = PatchSpectrumTransformer(d_model=16, n_heads=2, n_layers=1, n_bins=64)
    spectrum = MaskedSpectrumEmbedder(encoder=encoder, max_epochs=1, **SMALL).fit(pairs)
    image = ImageEmbedder(encoder=ResNetImage(latent_dim=16), max_epochs=1, **SMALL).fit(pairs)
    return {"spectrum": FrozenEstimator(spectrum), "image": FrozenEstimator(image)}


def weights(model, modality):
    module = model.net_.module_
    part = module.encoders[modality] if hasattr(module, "encoders") else module.encoder
    return {name: value.clone() for name, value in part.state_dict().items()}


def changed(model, part, modality):
    """Return the first parts of the names of the weights that differ from the pretrained ones."""
    before, after = weights(part, modality), weights(model, modality)
    return {
        name.split(".")[0]
        for name, value in after.items()
        if name not in before or not value.equal(before[name])
    }


def test_it_trains_the_new_head_and_the_dense_layers(pairs, pretrained):
    model = papers.astroclip(pretrained=pretrained, n_steps=5, **SMALL).fit(pairs)
    assert model.modalities_ == ["spectrum", "image"]
    assert model.n_iter_ == 3  # two batches an epoch
    assert model.net_.module_.log_scale.exp().item() == pytest.approx(15.5)
    assert model.encoders_["spectrum"].pooling == "cross_attention"
    assert changed(model, pretrained["spectrum"].estimator, "spectrum") == {"pool"}
    assert changed(model, pretrained["image"].estimator, "image") == {"dense"}
