"""Supervised losses against their equations."""

import math

import pytest
import torch

from sklearn_sn.losses import ClassificationLoss, GaussianLoss, SquaredErrorLoss


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(0)


@pytest.mark.parametrize("weighted", [False, True])
def test_cross_entropy_of_each_object(generator, weighted):
    logits = torch.randn(7, 3, generator=generator, dtype=torch.float64)
    labels = torch.tensor([0, 1, 2, 0, 1, 2, 2])
    weight = torch.tensor([1.0, 2.0, 0.5], dtype=torch.float64) if weighted else None
    loss = ClassificationLoss(weight)(logits, labels)
    assert loss.shape == (7,)
    for i, label in enumerate(labels):
        p = math.exp(logits[i, label]) / sum(math.exp(value) for value in logits[i])
        expected = -math.log(p) * (1.0 if weight is None else float(weight[label]))
        assert float(loss[i]) == pytest.approx(expected)


def test_class_weights_move_with_the_module():
    loss = ClassificationLoss(torch.ones(2))
    assert loss.double().class_weight.dtype == torch.float64
    assert "class_weight" in loss.state_dict()
    assert not ClassificationLoss().state_dict()


def test_squared_error():
    outputs, targets = torch.tensor([[1.0], [2.0]]), torch.tensor([0.0, 5.0])
    torch.testing.assert_close(SquaredErrorLoss()(outputs, targets), torch.tensor([1.0, 9.0]))
    assert SquaredErrorLoss.n_outputs == 1


def test_gaussian_loss_is_the_negative_log_likelihood(generator):
    outputs = torch.randn(9, 2, generator=generator, dtype=torch.float64)
    targets = torch.randn(9, generator=generator, dtype=torch.float64)
    normal = torch.distributions.Normal(outputs[:, 0], torch.exp(0.5 * outputs[:, 1]))
    torch.testing.assert_close(GaussianLoss()(outputs, targets), -normal.log_prob(targets))
    assert GaussianLoss.n_outputs == 2


def test_gaussian_loss_is_least_at_the_true_variance():
    error = 0.3
    log_variance = torch.linspace(-8.0, 4.0, 2001, dtype=torch.float64)
    outputs = torch.stack([torch.zeros_like(log_variance), log_variance], dim=1)
    loss = GaussianLoss()(outputs, torch.full_like(log_variance, error))
    best = float(log_variance[loss.argmin()])
    assert best == pytest.approx(math.log(error**2), abs=0.01)


def test_extreme_log_variances_are_clamped():
    outputs = torch.tensor([[0.0, -1e4], [0.0, 1e4]])
    loss = GaussianLoss()(outputs, torch.ones(2))
    limits = torch.tensor([[0.0, GaussianLoss.LOWEST], [0.0, GaussianLoss.HIGHEST]])
    torch.testing.assert_close(loss, GaussianLoss()(limits, torch.ones(2)))
    assert torch.isfinite(loss).all()


@pytest.mark.parametrize("loss, n_outputs", [(SquaredErrorLoss(), 1), (GaussianLoss(), 2)])
def test_gradients_are_those_of_finite_differences(loss, n_outputs, generator):
    outputs = torch.randn(4, n_outputs, generator=generator, dtype=torch.float64)
    targets = torch.randn(4, generator=generator, dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda o: loss(o, targets), outputs.requires_grad_())
