"""Supervised contrast against a plain double loop."""

import math

import pytest
import torch

from sklearn_sn.losses import SupConLoss


@pytest.fixture
def latent():
    return torch.randn(
        9,
        4,
        dtype=torch.float64,
        generator=torch.Generator().manual_seed(0),
        requires_grad=True,
    )


def plain(latent, labels, temperature):
    def similarity(i, j):
        cosine = latent[i] @ latent[j] / (latent[i].norm() * latent[j].norm())
        return math.exp(float(cosine) / temperature)

    n, terms = len(labels), []
    for i in range(n):
        total = sum(similarity(i, k) for k in range(n) if k != i)
        for j in range(n):
            if i != j and labels[i] == labels[j]:
                terms.append(-math.log(similarity(i, j) / total))
    return sum(terms) / len(terms)


@pytest.mark.parametrize("temperature", [0.1, 0.5, 2.0])
@pytest.mark.parametrize("labels", [[0, 1, 1, 2, 0, 0, 3, 1, 0], [5] * 9, [0, 0, *range(1, 8)]])
def test_equals_a_double_loop(latent, labels, temperature):
    loss = SupConLoss(temperature)(latent, torch.tensor(labels))
    assert loss.item() == pytest.approx(plain(latent.detach(), labels, temperature), rel=1e-9)


@pytest.mark.parametrize("n", [0, 1, 9])
def test_without_positives_it_is_zero_and_has_a_gradient(latent, n):
    loss = SupConLoss()(latent[:n], torch.arange(n))
    loss.backward()
    assert loss.item() == 0.0
    assert torch.equal(latent.grad, torch.zeros(9, 4, dtype=torch.float64))


def test_a_latent_of_zeros_is_finite(latent):
    zeros = torch.zeros(6, 4, requires_grad=True)
    SupConLoss()(zeros, torch.tensor([0, 0, 1, 1, 2, 2])).backward()
    assert torch.isfinite(zeros.grad).all()


def test_gradient_is_that_of_numbers():
    latent = torch.randn(6, 3, dtype=torch.float64, requires_grad=True)
    labels = torch.tensor([0, 1, 0, 1, 1, 2])
    assert torch.autograd.gradcheck(lambda z: SupConLoss(0.3)(z, labels), latent)
