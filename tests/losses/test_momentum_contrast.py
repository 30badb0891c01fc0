"""The loss of momentum contrast against a loop over its formula."""

import math

import torch
from torch.nn import functional as F

from sklearn_sn.losses import MomentumContrastLoss


def vectors(n, seed, width=4):
    generator = torch.Generator().manual_seed(seed)
    return F.normalize(torch.randn(n, width, generator=generator), dim=1)


def by_formula(queries, keys, queue, same, temperature):
    total = 0.0
    for i, query in enumerate(queries.tolist()):
        weight = [
            math.exp(sum(a * b for a, b in zip(query, key, strict=True)) / temperature)
            for key in [*keys.tolist(), *queue.tolist()]
        ]
        kept = [*range(len(keys)), *(len(keys) + m for m in range(len(queue)) if not same[i][m])]
        total -= math.log(weight[i] / sum(weight[j] for j in kept))
    return total / len(queries)


def test_the_formula():
    queries, keys, queue = vectors(3, 0), vectors(3, 1), vectors(5, 2)
    same = torch.zeros(3, 5, dtype=torch.bool)
    loss = MomentumContrastLoss(0.2)
    torch.testing.assert_close(
        float(loss(queries, keys, queue)),
        by_formula(queries, keys, queue, same, 0.2),
        rtol=1e-5,
        atol=1e-5,
    )
    same[0, 1] = same[2, 4] = True
    expected = by_formula(queries, keys, queue, same, 0.2)
    torch.testing.assert_close(
        float(loss(queries, keys, queue, same)), expected, rtol=1e-5, atol=1e-5
    )


def test_an_empty_queue_leaves_the_keys_of_the_batch():
    queries, keys = vectors(3, 0), vectors(3, 1)
    empty = torch.empty(0, 4)
    expected = F.cross_entropy(queries @ keys.T / 0.5, torch.arange(3))
    loss = MomentumContrastLoss(0.5)(queries, keys, empty, torch.empty(3, 0, dtype=torch.bool))
    torch.testing.assert_close(loss, expected)


def test_one_object_and_an_empty_queue_have_no_loss():
    query = vectors(1, 0).requires_grad_()
    loss = MomentumContrastLoss()(query, vectors(1, 1), torch.empty(0, 4))
    loss.backward()
    assert loss == 0.0 and not query.grad.any()
