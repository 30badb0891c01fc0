"""The papers' configurations: the numbers that they state, and that they train."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator

from sklearn_sn import papers
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import DataSettings, SpectraNet


def n_weights(module):
    return sum(parameter.numel() for parameter in module.parameters())


def module_of(encoder, bands=("ztfg", "ztfr", "ztfi")):
    preprocessor = encoder.make_preprocessor(DataSettings())
    preprocessor.bands_ = np.array(bands, dtype=object)
    return encoder.make_module(preprocessor)


def test_maven_has_the_weights_that_its_paper_states():
    model = papers.maven()
    assert n_weights(module_of(model.light_curve)) == 252_384
    assert n_weights(module_of(model.spectrum)) == 166_304
    assert model.temperature == pytest.approx(1 / 19.5)
    assert (model.optimizer, model.batch_size, model.max_epochs) == ("radam", 32, 1000)
    assert (model.lr, model.weight_decay, model.n_iter_no_change) == (3.7e-5, 5.6e-4, 100)
    assert model.spectrum.n_bins == 220


def test_maven_is_fine_tuned_with_the_rates_of_the_second_stage(supernovae):
    X, _ = supernovae
    small = {"max_epochs": 1, "early_stopping": False, "random_state": 0}
    first = papers.maven(**small).set_params(light_curve__n_layers=1, spectrum__n_layers=1)
    first.fit(X)
    second = papers.maven(pretrained=FrozenEstimator(first), **small)
    second.set_params(light_curve="auto", spectrum="auto").fit(X)
    assert (second.lr, second.weight_decay) == (1.8e-5, 6.3e-5)
    assert second.encoders_["light_curve"].n_layers == 1


def test_the_baseline_of_maven():
    classifier, regressor = papers.maven_baseline(), papers.maven_baseline("regression")
    for model in (classifier, regressor):
        encoder = model.encoder
        assert (encoder.d_model, encoder.n_heads, encoder.n_layers) == (32, 2, 9)
        assert model.lr == 1e-4
    assert classifier.class_weight == "balanced"
    with pytest.raises(ValueError, match="'task' of maven_baseline"):
        papers.maven_baseline("embedding")


def test_the_transceivers():
    model = papers.mmvae_transceiver()
    assert (model.latent_tokens, model.latent_dim, model.max_epochs) == (4, 4, 500)
    for part in (model.light_curve, model.spectrum, model.decoder):
        sizes = (part.d_model, part.n_heads, part.n_layers, part.d_feedforward)
        assert sizes == (32, 4, 4, 32)
    assert model.light_curve.dropout == 0.1
    assert model.likelihood_weights["light_curve"] == pytest.approx(982 / 60)
    contrastive = papers.contrastive_transceiver()
    assert contrastive.light_curve.n_tokens * contrastive.light_curve.token_dim == 32


def test_the_recurrent_classifiers():
    for make in (papers.gru, papers.supcon_gru, papers.adversarial_gru):
        model = make()
        encoder = model.encoder
        assert (encoder.d_model, encoder.n_layers, encoder.latent_dim) == (100, 2, 100)
        assert (model.optimizer, model.lr, model.batch_size) == ("adam", 1e-3, 128)
        assert (model.max_epochs, model.n_iter_no_change, model.early_stopping) == (40, 5, True)
    assert papers.supcon_gru().temperature == 0.5
    assert papers.adversarial_gru().contrastive_weight == 0.0
    both = papers.contrastive_adversarial_gru()
    assert both.contrastive_weight == both.adversarial_weight == 1.0


def test_spectranet_ends_as_its_paper_states():
    module = module_of(papers.spectranet().encoder)
    assert [block.project.out_channels for block in module.blocks] == [32, 64, 128, 256, 1536]
    assert (module.dense[0].in_features, module.dense[0].out_features) == (1536 * 16, 2048)
    public = module_of(papers.spectranet(size="base").encoder)
    assert public.dense[0].in_features == 512 * 16
    assert 25e6 < n_weights(public) < 26e6
    assert 0.9e6 < n_weights(module_of(SpectraNet())) < 1.4e6
    model = papers.spectranet()
    assert (model.frame, model.wavelength_range) == ("rest", (3850.0, 8500.0))
    assert (model.encoder.n_bins, model.encoder.grid, model.ema_decay) == (4096, "linear", 0.995)
    assert papers.galspecnet().encoder.widths == (64, 64, 32, 32)


SMALL = {
    "maven": {"light_curve__n_layers": 1, "spectrum__n_layers": 1},
    "maven_baseline": {"encoder__n_layers": 1},
    "mmvae_transceiver": {"decoder__max_pixels": 64, "decoder__n_layers": 1},
    "contrastive_transceiver": {"spectrum__n_bins": 64},
    "spectranet": {"encoder__n_bins": 64, "encoder__size": "small"},
    "galspecnet": {"encoder__n_bins": 64},
}


@pytest.fixture(scope="module")
def dated():
    X, y, truth = make_supernovae(60, return_truth=True, random_state=0)
    return X.assign(t_peak=truth["t_peak"]), y


@pytest.mark.parametrize("name", papers.__all__)
def test_every_configuration_trains(name, dated):
    X, y = dated
    model = getattr(papers, name)(max_epochs=1, early_stopping=False, random_state=0)
    model = clone(model).set_params(**SMALL.get(name, {})).fit(X, y)
    assert np.isfinite(model.transform(X)).all()


@pytest.mark.parametrize("name", papers.__all__)
def test_parameters_can_be_changed(name):
    assert getattr(papers, name)(max_epochs=3).max_epochs == 3
    with pytest.raises(TypeError, match="no_such"):
        getattr(papers, name)(no_such=1)
