"""The loss of the router against loops over its equation."""

import pytest
import torch

from sklearn_sn.losses import ExpertLoss


def case(n=7, K=3, seed=0):
    generator = torch.Generator().manual_seed(seed)
    routing = torch.randn(n, K, generator=generator).softmax(1)
    top, chosen = routing.topk(2, dim=1)
    shares = torch.zeros(n, K).scatter(1, chosen, top / top.sum(1, keepdim=True))
    return routing, shares, torch.arange(n) % 5


def test_equals_the_equation():
    routing, shares, labels = case()
    n, K = routing.shape
    balance = special = 0.0
    for k in range(K):
        fraction = sum(float(shares[i, k] > 0) / 2 for i in range(n)) / n
        balance += K * fraction * float(routing[:, k].mean())
        for i in range(n):
            special += (float(routing[i, k]) - (int(labels[i]) % K == k)) ** 2 / (n * K)
    found = float(ExpertLoss(0.5, 2.0)(routing, shares, labels))
    assert found == pytest.approx(0.5 * balance + 2.0 * special, rel=1e-5)


def test_balance_is_least_for_equal_use():
    loss = ExpertLoss(1.0, 0.0)
    labels = torch.zeros(4, dtype=torch.int64)
    equal = torch.eye(4)
    one = equal[[0, 0, 0, 0]]
    assert float(loss(equal, equal, labels)) == 1.0 and float(loss(one, one, labels)) == 4.0


def test_specialisation_assigns_classes_to_experts():
    labels = torch.tensor([0, 1, 2, 3, 4, 5])
    ideal = torch.eye(4)[labels % 4]
    assert float(ExpertLoss(0.0, 1.0)(ideal, ideal, labels)) == 0.0
    assert float(ExpertLoss(0.0, 1.0)(ideal.roll(1, 0), ideal, labels)) > 0.4


def test_weights_equal_repeated_objects_and_zero_weights_give_zero():
    routing, shares, labels = case()
    loss = ExpertLoss(0.3, 0.7)
    weight = torch.tensor([2.0, 1, 1, 0, 1, 1, 0])
    rows = torch.tensor([0, 0, 1, 2, 4, 5])
    torch.testing.assert_close(
        loss(routing, shares, labels, weight), loss(routing[rows], shares[rows], labels[rows])
    )
    assert float(loss(routing, shares, labels, 0 * weight)) == 0.0


def test_gradients_reach_the_router():
    logits = torch.randn(5, 3, requires_grad=True)
    _, shares, labels = case(5)
    ExpertLoss(0.1, 0.0)(logits.softmax(1), shares, labels).backward()
    assert torch.isfinite(logits.grad).all() and logits.grad.abs().max() > 0
