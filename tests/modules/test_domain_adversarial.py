"""The discriminator learns, and the latent learns the opposite."""

import pytest
import torch

from sklearn_sn.modules import DomainAdversarialModule, MetadataMLP


@pytest.mark.parametrize("weight", [0.0, 0.7])
def test_gradient_is_reversed(weight):
    module = DomainAdversarialModule(MetadataMLP(n_values=2, d_model=6), 6, 3, n_domains=2)
    latent = torch.randn(5, 6)
    plain, turned = (latent.clone().requires_grad_() for _ in range(2))
    module.discriminator(plain).square().sum().backward()
    expected = [p.grad.clone() for p in module.discriminator.parameters()]
    module.zero_grad()
    logits = module.guess_domain(turned, weight)
    torch.testing.assert_close(logits, module.discriminator(latent))
    logits.square().sum().backward()
    torch.testing.assert_close(turned.grad, -weight * plain.grad)
    for parameter, gradient in zip(module.discriminator.parameters(), expected, strict=True):
        torch.testing.assert_close(parameter.grad, gradient)
