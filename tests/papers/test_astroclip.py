"""AstroCLIP: the numbers that the paper states."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator

from sklearn_sn import papers

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


def test_it_aligns_images_and_spectra(pairs):
    model = papers.astroclip(n_steps=5, **SMALL)
    model.set_params(spectrum__n_layers=1, spectrum__n_bins=64, image__n_layers=1).fit(pairs)
    assert model.modalities_ == ["spectrum", "image"]
    assert model.n_iter_ == 3  # two batches an epoch
    assert model.net_.module_.log_scale.exp().item() == pytest.approx(15.5)
    second = papers.astroclip(pretrained=FrozenEstimator(model), n_steps=2, **SMALL).fit(pairs)
    first_weights = model.net_.module_.encoders["spectrum"].state_dict()
    for name, value in second.net_.module_.encoders["spectrum"].state_dict().items():
        assert value.equal(first_weights[name])
    assert not np.array_equal(second.encode(pairs, "image"), model.encode(pairs, "image"))
