"""Focal loss and weights by effective numbers."""

import pytest
import torch
from torch.nn import functional as F

from sklearn_sn.losses import ClassificationLoss, FocalLoss, effective_number_weights

LOGITS = torch.tensor([[2.0, 0.0, -1.0], [0.0, 30.0, 0.0], [-40.0, 0.0, 5.0]])
LABELS = torch.tensor([0, 1, 0])


def test_without_gamma_it_is_the_cross_entropy():
    weight = torch.tensor([2.0, 1.0, 0.5])
    for given in (None, weight):
        torch.testing.assert_close(
            FocalLoss(0.0, given)(LOGITS, LABELS), ClassificationLoss(given)(LOGITS, LABELS)
        )


def test_it_is_the_formula():
    p = F.softmax(LOGITS.double(), dim=1)[torch.arange(3), LABELS]
    expected = -((1 - p) ** 2) * torch.log(p)
    torch.testing.assert_close(FocalLoss(2.0)(LOGITS.double(), LABELS), expected)


def test_gradients_are_finite_for_certain_predictions():
    logits = LOGITS.clone().requires_grad_()
    FocalLoss(0.5)(logits, LABELS).sum().backward()
    assert torch.isfinite(logits.grad).all()


@pytest.mark.parametrize(("beta", "ratio"), [(0.0, 1.0), (1 - 1e-9, 100.0)])
def test_limits_of_effective_numbers(beta, ratio):
    weights = effective_number_weights(torch.tensor([10.0, 1000.0]), beta)
    assert weights[0] / weights[1] == pytest.approx(ratio, rel=1e-3)
    assert weights.mean() == pytest.approx(1.0)


@pytest.mark.parametrize("gamma", [0.5, 1.0, 2.0, 4.0])
def test_gamma_is_the_exponent_of_what_is_missed(gamma):
    """Doubled, it squares the factor by which an object counts less."""
    logits, labels = LOGITS[:1].double(), LABELS[:1]
    plain = FocalLoss(0.0)(logits, labels)
    factor = FocalLoss(gamma)(logits, labels) / plain
    missed = 1.0 - F.softmax(logits, dim=1)[0, 0]
    torch.testing.assert_close(factor, missed[None] ** gamma)
    torch.testing.assert_close(FocalLoss(2 * gamma)(logits, labels) / plain, factor**2)


def test_class_weights_enter_linearly():
    weight = torch.tensor([1.0, 2.0, 4.0])
    loss = FocalLoss(2.0, weight)(LOGITS, LABELS)
    torch.testing.assert_close(loss, weight[LABELS] * FocalLoss(2.0)(LOGITS, LABELS))
