"""The loss of class and shift."""

import numpy as np
import pytest
import torch

from sklearn_sn.losses import ClassShiftLoss

NAN = float("nan")


def logits(n=4, n_classes=3, n_shifts=20):
    return torch.randn(n, n_classes * n_shifts, generator=torch.Generator().manual_seed(0)).double()


def test_is_the_cross_entropy_with_the_spread_target():
    labels, shifts = torch.tensor([0, 1, 2, 1]), torch.tensor([3.3, 10.0, 19.0, 0.4])
    loss = ClassShiftLoss(3, width=1.5)(logits(), labels, shifts).numpy()
    log_p = logits().log_softmax(1).view(4, 3, 20).numpy()
    for i in range(4):
        target = np.exp(-0.5 * ((np.arange(20) - shifts[i].item()) / 1.5) ** 2)
        expected = -(target / target.sum() * log_p[i, labels[i]]).sum()
        assert loss[i] == pytest.approx(expected, rel=1e-5)


def test_of_an_unknown_shift_the_class_counts():
    labels = torch.tensor([0, 1, 2, 1])
    shifts = torch.tensor([NAN, -9.0, 40.0, NAN])
    loss = ClassShiftLoss(3)(logits(), labels, shifts)
    p = logits().softmax(1).view(4, 3, 20).sum(2)
    torch.testing.assert_close(loss, -p[torch.arange(4), labels].log())


def test_gradients_are_finite_where_nothing_is_known():
    x = logits().requires_grad_(True)
    ClassShiftLoss(3)(x, torch.zeros(4).long(), torch.full((4,), NAN)).sum().backward()
    assert torch.isfinite(x.grad).all() and x.grad.abs().max() > 0


def test_weights_of_classes():
    labels, shifts = torch.tensor([0, 1, 2, 1]), torch.arange(4.0)
    plain = ClassShiftLoss(3)(logits(), labels, shifts)
    weighted = ClassShiftLoss(3, class_weight=torch.tensor([1.0, 2.0, 3.0]))
    factors = torch.tensor([1.0, 2.0, 3.0, 2.0]).double()
    torch.testing.assert_close(weighted(logits(), labels, shifts), plain * factors)
