"""Batch norms with the statistics of all processes."""

import pytest
import torch
import torch.distributed as dist

from sklearn_sn.modules import BatchNorm, joint_statistics
from sklearn_sn.modules._joint_statistics import joint_moments, uses_joint_statistics


@pytest.fixture
def twin(monkeypatch):
    """Let a second process have the same values."""
    monkeypatch.setattr(dist, "all_reduce", lambda tensor: tensor.mul_(2))


@pytest.fixture
def other(monkeypatch):
    """Return a list of the numbers that the second process adds to each sum in turn."""
    added = []
    monkeypatch.setattr(dist, "all_reduce", lambda tensor: tensor.add_(added.pop(0)))
    return added


def test_it_is_active_within_the_context_only():
    assert not uses_joint_statistics()
    with joint_statistics():
        assert uses_joint_statistics()
        with joint_statistics(False):
            assert not uses_joint_statistics()
    assert not uses_joint_statistics()


def test_moments_are_those_of_all_values(other):
    x = torch.randn(7, 3, 5, generator=torch.Generator().manual_seed(0)) + 4.0
    own, far = x[:2], x[2:]
    origin = torch.tensor([1.0, 2.0, 3.0])
    centred = far.transpose(0, 1).flatten(1) - origin[:, None]
    sums = torch.cat([centred.sum(1), (centred**2).sum(1), torch.tensor([25.0])])
    other.append(sums)
    mean, variance, count = joint_moments(own, origin)
    torch.testing.assert_close(mean, x.mean((0, 2)))
    torch.testing.assert_close(variance, x.var((0, 2), correction=0))
    assert count == 35


@pytest.mark.parametrize("shape", [(6, 3), (6, 3, 1, 4)])
def test_a_norm_of_two_processes_is_that_of_their_batches_together(twin, shape):
    x = torch.randn(shape, generator=torch.Generator().manual_seed(0)) * 3.0 + 2.0
    joint, plain = BatchNorm(3), BatchNorm(3)
    for norm in (joint, plain):
        torch.nn.init.constant_(norm.weight, 1.5)
    own, both = x.clone().requires_grad_(), torch.cat([x, x]).requires_grad_()
    with joint_statistics():
        y = joint(own)
    reference = plain(both)
    torch.testing.assert_close(y, reference[:6], rtol=1e-4, atol=1e-5)
    for name in ("running_mean", "running_var", "num_batches_tracked"):
        torch.testing.assert_close(getattr(joint, name), getattr(plain, name))
    # Every process has the loss of all rows, with gradients of its own times their number.
    (2.0 * (y**3)).sum().backward()
    (reference**3).sum().backward()
    torch.testing.assert_close(own.grad, 2.0 * both.grad[:6], rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(joint.weight.grad, plain.weight.grad, rtol=1e-3, atol=1e-4)


def test_evaluation_asks_no_other_process():
    norm, x = BatchNorm(2).eval(), torch.ones(3, 2)
    with joint_statistics():
        torch.testing.assert_close(norm(x), x, rtol=1e-4, atol=1e-4)
