"""Sums over the processes of a data-parallel training, for batch norms."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import torch
import torch.distributed as dist

_ACTIVE = ContextVar("joint_statistics", default=False)


@contextmanager
def joint_statistics(active: bool = True) -> Iterator[None]:
    """Let :class:`BatchNorm` use the statistics of the batches of all processes together.

    Every process must run the same batch norms in the same order, because they wait for each other.

    Parameters
    ----------
    active : bool, default=True
        Whether to do so; if False, nothing changes.

    Examples
    --------
    >>> import torch
    >>> from sklearn_sn.modules import BatchNorm, joint_statistics
    >>> with joint_statistics(active=False):  # True needs torch.distributed
    ...     BatchNorm(1)(torch.tensor([[-2.0], [2.0]])).round().tolist()
    [[-1.0], [1.0]]
    """
    token = _ACTIVE.set(active)
    try:
        yield
    finally:
        _ACTIVE.reset(token)


def uses_joint_statistics() -> bool:
    """Return whether batch norms use the statistics of all processes."""
    return _ACTIVE.get()


def joint_moments(
    x: torch.Tensor, origin: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Compute the mean and variance of every channel over the processes.

    Parameters
    ----------
    x : tensor of shape (B, C, ...)
        Values of this process.
    origin : tensor of shape (C,)
        A number near the mean, equal in all processes, for accurate variances.

    Returns
    -------
    mean, variance : tensor of shape (C,)
        Moments of the values of all processes, with gradients; the variance is the biased one.
    count : scalar tensor
        Number of values of a channel.
    """
    values = x.transpose(0, 1).flatten(1) - origin[:, None]  # (C, B ...)
    count = values.new_full((1,), values.shape[1])
    sums = _SumOverProcesses.apply(torch.cat([values.sum(1), (values**2).sum(1), count]))
    count = sums[-1].detach()
    first, second = (sums[:-1] / count).chunk(2)
    return origin + first, (second - first**2).clamp(min=0.0), count


class _SumOverProcesses(torch.autograd.Function):
    """Sum of a tensor over the processes; every process adds to the gradient of each."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        total = x.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> torch.Tensor:
        total = gradient.clone()
        dist.all_reduce(total)
        return total
