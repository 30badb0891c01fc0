"""Losses of labels and numbers."""

import math

import pytest
import torch
from torch.nn import functional as F

from sklearn_sn.losses import ClassificationLoss, GaussianLoss, SquaredErrorLoss

LOGITS = torch.tensor([[2.0, 0.0, -1.0], [0.0, 3.0, 0.5], [1.0, 1.0, 1.0]])
LABELS = torch.tensor([0, 2, 1])


def test_classes_have_the_cross_entropy_of_each_object():
    loss = ClassificationLoss()(LOGITS, LABELS)
    p = F.softmax(LOGITS, dim=1)[torch.arange(3), LABELS]
    torch.testing.assert_close(loss, -p.log())


def test_weights_of_classes_multiply():
    weight = torch.tensor([1.0, 5.0, 0.5])
    loss = ClassificationLoss(weight)(LOGITS, LABELS)
    torch.testing.assert_close(loss, weight[LABELS] * ClassificationLoss()(LOGITS, LABELS))
    assert "class_weight" in dict(ClassificationLoss(weight).named_buffers())  # moves along


def test_squared_errors():
    outputs, targets = torch.tensor([[1.0], [2.0], [-1.0]]), torch.tensor([0.0, 2.0, 3.0])
    assert SquaredErrorLoss()(outputs, targets).tolist() == [1.0, 0.0, 16.0]
    assert SquaredErrorLoss.n_outputs == 1


def test_a_gaussian_has_its_likelihood():
    outputs = torch.tensor([[1.0, 0.3], [2.0, -1.0], [-1.0, 2.0]])
    targets = torch.tensor([0.0, 2.0, 3.0])
    normal = torch.distributions.Normal(outputs[:, 0], torch.exp(0.5 * outputs[:, 1]))
    torch.testing.assert_close(GaussianLoss()(outputs, targets), -normal.log_prob(targets))
    assert GaussianLoss.n_outputs == 2


@pytest.mark.parametrize("log_variance", [-100.0, 100.0])
def test_log_variances_are_bounded(log_variance):
    outputs = torch.tensor([[0.0, log_variance]], requires_grad=True)
    loss = GaussianLoss()(outputs, torch.tensor([1.0]))
    bound = -10.0 if log_variance < 0 else 6.0
    expected = 0.5 * (bound + math.exp(-bound) + math.log(2 * math.pi))
    assert loss.item() == pytest.approx(expected, rel=1e-6)
    loss.backward()
    assert outputs.grad.isfinite().all()


def test_the_best_log_variance_is_that_of_the_errors():
    errors = torch.randn(5000, generator=torch.Generator().manual_seed(0)) * 3.0
    values = torch.linspace(-1.0, 5.0, 61)
    losses = [
        GaussianLoss()(torch.stack([torch.zeros(5000), v.expand(5000)], 1), errors).mean()
        for v in values
    ]
    best = values[torch.stack(losses).argmin()].item()
    assert best == pytest.approx(2 * math.log(3.0), abs=0.11)
