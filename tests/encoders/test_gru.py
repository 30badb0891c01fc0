"""The recurrent encoder."""

import pytest
import torch

from sklearn_sn.encoders import GRU, DataSettings
from sklearn_sn.encoders._gru import GRUModule
from tests.encoders.points import light_curves, padded


@pytest.fixture
def encoder():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return GRUModule(n_values=3, d_model=8, output_dim=5).eval()


def test_padding_is_not_seen(encoder):
    points = light_curves()
    torch.testing.assert_close(encoder(**padded(points)), encoder(**points), rtol=0, atol=1e-6)


def test_after_each_point_is_after_a_prefix(encoder):
    points = light_curves()
    history = encoder.after_each_point(**points)
    assert history.shape == (3, 7, 5)
    for n in (1, 4, 7):
        prefix = {name: value[:, :n] for name, value in points.items()}
        torch.testing.assert_close(encoder(**prefix), history[:, n - 1], rtol=0, atol=1e-6)


def test_all_layers_at_once_are_the_layers_one_after_the_other(encoder):
    points = light_curves()
    points.pop("pad_mask")
    inputs = encoder.inputs(**points)
    expected = encoder._states(inputs)  # with gradients: one by one
    calls = []
    handles = [
        layer.register_forward_hook(lambda *_: calls.append(None)) for layer in encoder.layers
    ]
    with torch.no_grad():
        states = encoder._states(inputs)
    for handle in handles:
        handle.remove()
    assert torch.equal(states, expected) and not calls
    expected.sum().backward()
    assert all(parameter.grad is not None for parameter in encoder.layers.parameters())


def test_dropout_acts_wherever_it_is_in_training():
    module = GRUModule(n_values=3, d_model=8, output_dim=5, dropout=0.5).eval()
    points = light_curves()
    assert torch.equal(module(**points), module(**points))
    module.dropout.train()  # as for several draws of a prediction
    assert not torch.equal(module(**points), module(**points))


@pytest.mark.parametrize("name", ["values", "time", "log_wavelength"])
def test_every_input_counts(encoder, name):
    points = light_curves()
    other = {**points, name: points[name].flip(1)}
    assert (encoder(**points) - encoder(**other)).abs().max() > 1e-4


def test_the_first_block_is_the_first_layer(encoder):
    assert encoder.first_block() == [encoder.layers[0]]


def test_weights_start_as_those_of_keras(encoder):
    for layer in encoder.layers:
        assert not layer.bias_ih_l0.any() and not layer.bias_hh_l0.any()
        for gate in layer.weight_hh_l0.split(8):
            torch.testing.assert_close(gate @ gate.T, torch.eye(8), atol=1e-5, rtol=0)
    assert not any(p.any() for name, p in encoder.dense.named_parameters() if "bias" in name)


def test_parameters_reach_preprocessor_and_module():
    encoder = GRU(d_model=8, n_layers=1, latent_dim=5, dropout=0.2, amplitude=False, max_points=9)
    encoder.check()
    preprocessor = encoder.make_preprocessor(DataSettings())
    assert preprocessor.max_points == 9 and not preprocessor.amplitude
    module = encoder.make_module(preprocessor)
    assert module.config == {
        "n_values": 3,
        "d_model": 8,
        "n_layers": 1,
        "output_dim": 5,
        "dropout": 0.2,
    }
    assert encoder.is_causal and not encoder.normalize_latent


def test_recurrent_layers_have_no_dropout_of_their_own(encoder):
    """So that they compute the same in training mode, which a frozen one stays in."""
    points = light_curves()
    assert all(layer.dropout == 0.0 for layer in encoder.layers)
    expected = encoder(**points)
    torch.testing.assert_close(encoder.train()(**points), expected)
