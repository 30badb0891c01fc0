"""The recurrent encoder."""

import pytest
import torch

from sklearn_sn.modules import GRUEncoder
from tests.modules.test_encoders import light_curves, padded


@pytest.fixture
def encoder():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return GRUEncoder(n_values=3, d_model=8, output_dim=5).eval()


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


@pytest.mark.parametrize("name", ["values", "time", "log_wavelength"])
def test_every_input_counts(encoder, name):
    points = light_curves()
    other = {**points, name: points[name].flip(1)}
    assert (encoder(**points) - encoder(**other)).abs().max() > 1e-4


def test_the_first_block_is_the_first_layer(encoder):
    assert encoder.first_block() == [encoder.layers[0]]
