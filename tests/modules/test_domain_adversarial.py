"""The discriminator stands beside the classifier."""

import torch

from sklearn_sn.encoders._metadata_mlp import MetadataMLPModule
from sklearn_sn.modules import DomainAdversarialModule


def test_the_discriminator_does_not_answer():
    module = DomainAdversarialModule(MetadataMLPModule(n_values=2, d_model=6), 32, 3, n_domains=2)
    chunk = {"values": torch.randn(5, 2)}
    latent, outputs = module([chunk], torch.arange(5), 5)
    assert outputs.shape == (5, 3) and module.discriminator(latent).shape == (5, 2)
    (latent.sum() + outputs.sum()).backward()
    assert all(p.grad is None for p in module.discriminator.parameters())


def test_the_discriminator_does_not_see_the_scale_of_a_direction():
    module = DomainAdversarialModule(MetadataMLPModule(n_values=2), 32, 3, n_domains=4)
    latent = torch.randn(20, 32)
    expected = module.discriminator(latent)
    scaled = 1e3 * latent * torch.rand(32).add(0.1) + 5.0
    torch.testing.assert_close(module.discriminator(scaled), expected, atol=1e-3, rtol=1e-3)
    assert not any("discriminator.0" in name for name in module.state_dict())  # no statistics
