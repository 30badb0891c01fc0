"""An encoder with a linear head."""

import pytest
import torch
from torch import nn

from sklearn_sn.encoders._gru import GRUModule
from sklearn_sn.encoders._metadata_mlp import MetadataMLPModule
from sklearn_sn.modules import SupervisedModule


def made(**params):
    encoder = MetadataMLPModule(n_values=2, d_model=8, output_dim=6)
    return SupervisedModule(encoder, 6, 3, **params)


def test_shapes_and_sizes():
    module = made()
    latent, outputs = module([{"values": torch.randn(4, 2)}], torch.arange(4), 4)
    assert latent.shape == (4, 6) and outputs.shape == (4, 3)
    assert (module.width, module.n_outputs) == (6, 3)
    torch.testing.assert_close(outputs, module.head(latent))


@pytest.mark.parametrize("normalize", [True, False])
def test_instances_are_averaged_before_the_norm(normalize):
    module = made(normalize=normalize)
    values = torch.randn(3, 2)
    chunks = [{"values": values[:1]}, {"values": values[1:]}]
    latent, _ = module(chunks, torch.tensor([2, 0, 2]), 4)
    encoded = module.encoder(values)
    torch.testing.assert_close(latent[2], module.norm((encoded[0] + encoded[2]) / 2))
    torch.testing.assert_close(latent[0], module.norm(encoded[1]))
    assert isinstance(module.norm, nn.LayerNorm if normalize else nn.Identity)
    # An object without an instance has an encoding of zeros.
    torch.testing.assert_close(latent[1], module.norm(torch.zeros(6)))


def test_dropout_lies_between_latent_and_head():
    module = made(dropout=0.5).train()
    values = [{"values": torch.randn(4, 2)}]
    (one, first), (two, second) = (module(values, torch.arange(4), 4) for _ in range(2))
    torch.testing.assert_close(one, two)
    assert not torch.equal(first, second)


def test_after_each_point():
    module = SupervisedModule(GRUModule(n_values=1, d_model=5, output_dim=6), 6, 3).eval()
    points = {
        "values": torch.randn(2, 4, 1),
        "time": torch.arange(4.0).expand(2, 4),
        "log_wavelength": torch.zeros(2, 4),
        "pad_mask": torch.zeros(2, 4, dtype=torch.bool),
    }
    latent, outputs = module.after_each_point(points)
    assert latent.shape == (2, 4, 6) and outputs.shape == (2, 4, 3)
    whole = module([points], torch.arange(2), 2)
    torch.testing.assert_close(latent[:, -1], whole[0])
    torch.testing.assert_close(outputs[:, -1], whole[1])
