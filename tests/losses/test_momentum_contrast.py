"""The loss of momentum contrast against a loop over its formula."""

import math

import torch
from torch.nn import functional as F

from sklearn_sn.losses import MomentumContrastLoss


def vectors(n, seed, width=4):
    generator = torch.Generator().manual_seed(seed)
    return F.normalize(torch.randn(n, width, generator=generator), dim=1)


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def by_formula(queries, keys, queue, same, temperature):
    total = 0.0
    for i, query in enumerate(queries.tolist()):
        current = [dot(query, key) for key in keys.tolist()]
        kept = [m for m in range(len(queue)) if not same[i][m]]
        earlier = [dot(query, queue[m].tolist()) for m in kept]
        others = [value for j, value in enumerate(current) if j != i]
        shift = sum(others) / len(others) - sum(earlier) / len(earlier)
        logits = [*current, *(value + shift for value in earlier)]
        total -= math.log(
            math.exp(current[i] / temperature) / sum(math.exp(v / temperature) for v in logits)
        )
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


def test_the_age_of_the_queue_has_no_effect():
    # Vectors that agree on one more axis, as those of an older network could.
    queries, keys, queue = vectors(3, 0), vectors(3, 1), vectors(5, 2)
    loss = MomentumContrastLoss(0.2)
    expected = loss(queries, keys, queue)
    pad = F.pad
    queries, keys = (pad(part, (0, 1), value=0.5) for part in (queries, keys))
    aged = loss(queries, keys, pad(queue, (0, 1), value=-0.5))
    torch.testing.assert_close(aged, expected)
