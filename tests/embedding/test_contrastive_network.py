"""The module of a contrastive embedder, and its grid of spectra."""

import numpy as np
import pytest
from sklearn.frozen import FrozenEstimator

from sklearn_sn import ContrastiveEmbedder, load_model, load_pretrained, save_model
from sklearn_sn.classification import SpectraNetClassifier
from sklearn_sn.embedding._contrastive_network import with_range_in_encoder
from sklearn_sn.encoders import SpectrumCNN
from tests.conftest import SMALL

NATIVE = {"wavelength_range": (4000.0, 8000.0), "grid": "linear", "n_bins": 64}


def encoder(**params):
    return SpectrumCNN(**{"d_model": 8, "n_layers": 2, **params})


def make(**params):
    return ContrastiveEmbedder(**{**SMALL, **params})


@pytest.mark.parametrize("own", [True, False])
def test_a_pretrained_encoder_keeps_its_grid(supernovae, tmp_path, own):
    X, y = supernovae
    params = dict(NATIVE)
    limits = params.pop("wavelength_range")
    if own:
        params["wavelength_range"], limits = limits, (3500.0, 9000.0)
    first = SpectraNetClassifier(
        encoder=encoder(**params), wavelength_range=limits, max_epochs=1, random_state=0
    ).fit(X, y)
    frozen = {"spectrum": FrozenEstimator(first)}
    model = make(spectrum="auto", pretrained=frozen, trainable={"spectrum": "head"}).fit(X)
    part = model.preprocessors_["spectrum"]
    np.testing.assert_array_equal(part.wavelength_, first.preprocessor_.wavelength_)
    assert part.wavelength_[0] == pytest.approx(4031.25) and part.n_bins == 64
    assert (part.level_, part.spread_) == (first.preprocessor_.level_, first.preprocessor_.spread_)
    assert model.encoders_["spectrum"].wavelength_range == (4000.0, 8000.0)
    assert first.encoder_.wavelength_range == ((4000.0, 8000.0) if own else None)
    save_model(model, tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    np.testing.assert_array_equal(loaded.encode(X, "spectrum"), model.encode(X, "spectrum"))
    # The same range agrees, another one does not.
    make(spectrum=encoder(**NATIVE), pretrained=frozen).fit(X)
    other = encoder(**{**NATIVE, "wavelength_range": (3000.0, 8000.0)})
    with pytest.raises(ValueError, match="'spectrum__wavelength_range' parameter is"):
        make(spectrum=other, pretrained=frozen).fit(X)


def test_two_encoders_have_two_grids(supernovae):
    X, _ = supernovae
    red = make(spectrum=encoder(wavelength_range=(5000.0, 9000.0), n_bins=64)).fit(X)
    blue = make(spectrum=encoder(n_bins=64)).fit(X)
    assert red.preprocessors_["spectrum"].wavelength_range == (5000.0, 9000.0)
    assert blue.preprocessors_["spectrum"].wavelength_range == (3500.0, 9000.0)
    assert not np.array_equal(red.encode(X, "spectrum"), blue.encode(X, "spectrum"))


def test_parameters_of_earlier_files():
    assert with_range_in_encoder({"lr": 1.0}) == {"lr": 1.0}
    default = {"spectrum": "cnn", "wavelength_range": (3500.0, 9000.0)}
    assert with_range_in_encoder(default) == {"spectrum": "cnn"}
    for given in ("auto", "cnn", SpectrumCNN()):
        params = {"spectrum": given, "wavelength_range": (4000.0, 8000.0)}
        upgraded = with_range_in_encoder(params)
        assert upgraded.keys() == {"spectrum"}
        assert (
            upgraded["spectrum"].get_params()
            == SpectrumCNN(wavelength_range=(4000.0, 8000.0)).get_params()
        )
    left_out = {"spectrum": None, "wavelength_range": (4000.0, 8000.0)}
    assert with_range_in_encoder(left_out) == {"spectrum": None}


def test_the_packaged_model_of_an_earlier_version_loads(supernovae):
    model = load_pretrained("contrastive-sim").estimator
    assert "wavelength_range" not in model.get_params(deep=False)
    assert model.preprocessors_["spectrum"].wavelength_range == (3500.0, 9000.0)
    X, y = supernovae
    assert model.encode(X, "spectrum").shape == (60, 64)
    model.set_params(warm_start=True, max_epochs=1, batch_size=16)
    assert model.fit(X.assign(redshift=0.1), y).n_iter_ == 7
