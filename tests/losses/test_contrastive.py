"""InfoNCE against a plain loop."""

import math

import pytest
import torch
from torch.nn import functional as F

from sklearn_sn.losses import InfoNCELoss


@pytest.fixture
def embeddings():
    generator = torch.Generator().manual_seed(0)
    return {
        name: F.normalize(torch.randn(6, 5, generator=generator), dim=-1)
        for name in ("light_curve", "spectrum", "image")
    }


def plain(x, y, scale):
    total = 0.0
    for i in range(len(x)):
        row = [math.exp(scale * float(x[i] @ y[j])) for j in range(len(y))]
        column = [math.exp(scale * float(x[j] @ y[i])) for j in range(len(x))]
        total -= math.log(row[i] / sum(row)) + math.log(column[i] / sum(column))
    return total / 2


def everyone(embeddings):
    return {name: torch.ones(len(z), dtype=torch.bool) for name, z in embeddings.items()}


def test_two_modalities(embeddings):
    pair = {name: embeddings[name] for name in ("light_curve", "spectrum")}
    loss = InfoNCELoss()(pair, everyone(pair), torch.tensor(math.log(7.0)))
    assert float(loss) == pytest.approx(plain(*pair.values(), 7.0) / 6, rel=1e-5)


def test_missing_modalities_leave_numerator_and_denominator(embeddings):
    pair = {name: embeddings[name] for name in ("light_curve", "spectrum")}
    present = everyone(pair)
    present["spectrum"][[1, 4]] = False
    keep = present["spectrum"]
    loss = InfoNCELoss()(pair, present, torch.tensor(0.0))
    expected = plain(pair["light_curve"][keep], pair["spectrum"][keep], 1.0) / 4
    assert float(loss) == pytest.approx(expected, rel=1e-5)


def test_three_modalities_average_their_pairs(embeddings):
    x, y, w = embeddings.values()
    loss = InfoNCELoss()(embeddings, everyone(embeddings), torch.tensor(0.0))
    expected = (plain(x, y, 1.0) + plain(x, w, 1.0) + plain(y, w, 1.0)) / 18
    assert float(loss) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("n_pairs", [0, 1])
def test_too_few_pairs_give_zero_and_a_finite_gradient(embeddings, n_pairs):
    present = everyone(embeddings)
    for name in present:
        present[name][n_pairs:] = False
    for z in embeddings.values():
        z.requires_grad_()
    loss = InfoNCELoss()(embeddings, present, torch.tensor(2.0))
    loss.backward()
    assert loss.item() == 0.0
    assert all(torch.isfinite(z.grad).all() for z in embeddings.values())


def test_a_batch_of_one_modality_has_a_gradient(embeddings):
    alone = {"spectrum": embeddings["spectrum"].requires_grad_()}
    InfoNCELoss()(alone, everyone(alone), torch.tensor(2.0)).backward()
    assert torch.equal(alone["spectrum"].grad, torch.zeros(6, 5))
