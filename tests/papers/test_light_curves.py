"""The recurrent classifiers: the numbers of the paper."""

import pytest

from sklearn_sn import papers
from tests.papers.networks import module_of, n_weights


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


def test_the_recurrent_layers_have_the_known_number_of_weights():
    layers = module_of(papers.gru().encoder).layers
    # Three gates of 100 units, with weights of the inputs and of the state and two biases.
    expected = [300 * (n_inputs + 100 + 2) for n_inputs in (7, 100)]
    assert [n_weights(layer) for layer in layers] == expected


def test_parameters_replace_those_of_the_paper():
    model = papers.contrastive_adversarial_gru(contrastive_weight=0.0, lr=0.5)
    assert (model.contrastive_weight, model.adversarial_weight, model.lr) == (0.0, 1.0, 0.5)
    assert papers.supcon_gru(temperature=0.1).temperature == 0.1
    assert papers.gru().encoder is not papers.gru().encoder  # nothing is shared


@pytest.mark.parametrize("make", [papers.gru, papers.adversarial_gru])
def test_parameters_of_other_variants_are_rejected(make):
    with pytest.raises(TypeError, match="temperatur"):
        make(temperatur=1.0)
