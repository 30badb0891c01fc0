"""The discriminator stands beside the classifier."""

import torch

from sklearn_sn.modules import DomainAdversarialModule, MetadataMLP


def test_the_discriminator_does_not_answer():
    module = DomainAdversarialModule(MetadataMLP(n_values=2, d_model=6), 32, 3, n_domains=2)
    chunk = {"values": torch.randn(5, 2)}
    latent, outputs = module([chunk], torch.arange(5), 5)
    assert outputs.shape == (5, 3) and module.discriminator(latent).shape == (5, 2)
    (latent.sum() + outputs.sum()).backward()
    assert all(p.grad is None for p in module.discriminator.parameters())
