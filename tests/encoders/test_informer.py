"""The Informer encoder."""

import pytest
import torch

from sklearn_sn.data import check_table
from sklearn_sn.encoders import DataSettings, Informer
from sklearn_sn.encoders._informer import InformerModule
from tests.encoders.event_points import events
from tests.encoders.points import padded

SIZES = {"n_values": 3, "d_model": 8, "n_heads": 2, "n_layers": 3, "d_feedforward": 12}


@pytest.fixture
def module():
    return InformerModule(**SIZES, factor=1, output_dim=5, dropout=0.3).eval()


@pytest.mark.parametrize("length", [1, 2, 7, 20])
def test_padding_does_not_matter(module, length):
    points = events(length=length)
    expected = module(**points)
    assert expected.shape == (3, 5)
    torch.testing.assert_close(module(**padded(points)), expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name", ["values", "time", "since_previous", "log_wavelength"])
def test_every_input_counts(module, name):
    points = events()
    changed = {**points, name: points[name] + 0.5}
    assert (module(**changed) - module(**points)).abs().max() > 1e-4


def test_the_length_is_halved_after_each_block(module):
    lengths = []
    for block in module.blocks:
        block.register_forward_hook(lambda _, inputs, output: lengths.append(output.shape[1]))
    module(**events(length=13))
    assert lengths == [13, 7, 4]


def test_parameters_reach_the_module(supernovae):
    encoder = Informer(
        d_model=8, n_heads=2, n_layers=2, d_feedforward=5, latent_dim=4, factor=3, dropout=0.2
    )
    encoder.check()
    table = check_table(supernovae[0], modalities=["light_curve"])
    module = encoder.make_module(encoder.make_preprocessor(DataSettings()).fit(table))
    assert module.config == {
        "n_values": 9,
        "d_model": 8,
        "n_heads": 2,
        "n_layers": 2,
        "d_feedforward": 5,
        "output_dim": 4,
        "factor": 3,
        "n_bands": None,
        "log_times": False,
        "dropout": 0.2,
    }
    assert module.blocks[0].attention.factor == 3
