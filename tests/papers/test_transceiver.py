"""The transceiver VAE and its contrastive baseline: the numbers of the paper."""

import pytest

from sklearn_sn import papers


def test_the_transceivers():
    model = papers.mmvae_transceiver()
    assert (model.latent_tokens, model.latent_dim, model.max_epochs) == (4, 4, 500)
    for part in (model.light_curve, model.spectrum, model.decoder):
        sizes = (part.d_model, part.n_heads, part.n_layers, part.d_feedforward)
        assert sizes == (32, 4, 4, 32)
    assert model.light_curve.dropout == 0.1
    assert model.likelihood_weights["light_curve"] == pytest.approx(982 / 60)
    # Only the two modalities of the paper, between the phases that it states.
    assert model.image is None and model.metadata is None
    assert (model.phase_range, model.objective, model.n_samples) == ((-10.0, 30.0), "iwae", 2)


def test_the_contrastive_baseline_maps_a_latent_of_the_same_networks_to_sequences():
    contrastive = papers.contrastive_transceiver()
    assert contrastive.embedding_dim == (4, 8) and contrastive.spectrum.n_bins == 982
    assert contrastive.temperature == 1.0 and not contrastive.learn_temperature
    for part in (contrastive.light_curve, contrastive.spectrum):
        assert (part.d_model, part.n_heads, part.n_layers, part.dropout) == (32, 4, 4, 0.1)
        assert (part.n_tokens, part.token_dim) == (4, 4)


def test_the_end_to_end_baseline_reads_both_modalities_with_the_networks_of_the_autoencoder():
    model, vae = papers.transceiver_regressor(), papers.mmvae_transceiver()
    assert model.image is None and model.metadata is None and model.modality_dropout == 0.0
    for part, other in ((model.light_curve, vae.light_curve), (model.spectrum, vae.spectrum)):
        assert (part.n_tokens, part.token_dim) == (vae.latent_tokens, vae.latent_dim)
        for size in ("d_model", "n_heads", "n_layers", "d_feedforward", "dropout"):
            assert getattr(part, size) == getattr(other, size)
    assert (model.max_epochs, model.lr, model.spectrum.n_bins) == (500, 1e-3, 982)


RECIPES = [papers.mmvae_transceiver, papers.contrastive_transceiver, papers.transceiver_regressor]


@pytest.mark.parametrize("make", RECIPES)
def test_parameters_replace_those_of_the_paper(make):
    model = make(light_curve=None, lr=0.5)
    assert model.light_curve is None and model.lr == 0.5
    assert make().light_curve is not make().light_curve  # nothing is shared
    with pytest.raises(TypeError, match="temperatur"):
        make(temperatur=1.0)
