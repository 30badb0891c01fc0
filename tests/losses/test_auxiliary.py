"""Losses of supervised heads."""

import pytest
import torch
from torch.nn import functional as F

from sklearn_sn.losses import AuxiliaryLoss

PRESENT = {"light_curve": torch.tensor([True, True, True, False])}
LOGITS = {"light_curve": torch.tensor([[2.0, 0.0], [0.0, 1.0], [1.0, 1.0], [9.0, 0.0]])}
CLASSES = torch.tensor([0, 1, -1, 1])


def test_unknown_labels_and_missing_modalities_do_not_count():
    loss = AuxiliaryLoss()(LOGITS, {}, PRESENT, CLASSES)
    expected = F.cross_entropy(LOGITS["light_curve"][:2], CLASSES[:2])
    assert float(loss) == pytest.approx(float(expected))


def test_class_weights_are_those_of_torch():
    weight = torch.tensor([1.0, 3.0])
    loss = AuxiliaryLoss(weight)(LOGITS, {}, PRESENT, CLASSES)
    expected = F.cross_entropy(LOGITS["light_curve"][:2], CLASSES[:2], weight=weight)
    assert float(loss) == pytest.approx(float(expected))


def test_targets_ignore_nan():
    targets = torch.tensor([[0.5], [float("nan")], [0.0], [7.0]])
    values = torch.tensor([[0.0], [5.0], [0.2], [0.0]], requires_grad=True)
    loss = AuxiliaryLoss()({}, {"light_curve": values}, PRESENT, None, targets)
    loss.backward()
    assert loss.item() == pytest.approx((0.5 * 0.5**2 + 0.5 * 0.2**2) / 2)
    assert values.grad[1] == 0 and values.grad[3] == 0


def test_nothing_known_gives_zero():
    assert AuxiliaryLoss()(LOGITS, {}, PRESENT, torch.full((4,), -1)) == 0.0
