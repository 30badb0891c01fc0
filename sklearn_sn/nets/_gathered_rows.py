"""Rows of tensors from all processes of a data-parallel training."""

import math
from typing import Any

import torch
import torch.distributed as dist

from sklearn_sn.nets._data_parallel import Processes


def gathered_rows(
    values: Any, processes: Processes, n_objects: int | None = None
) -> dict[str, Any] | list[Any] | tuple[Any, ...]:
    """Return values whose tensors have the rows of all processes.

    The rows of this process keep their gradient, multiplied by the number of processes: the mean of
    the gradients of all processes then is the gradient of the loss of all rows. All tensors are
    sent together, bit by bit.

    Parameters
    ----------
    values : nested dict, list or tuple of tensors of shape (n, ...)
        Values of this process, alike in all processes. Scalar tensors and None are returned as they
        are.
    processes : Processes
        The processes.
    n_objects : int, optional
        Number of objects of all processes, if a row is one of those that ``processes.own`` selects.
        The result then is in the order of the objects. By default, the processes exchange their
        numbers of rows, and the result is in the order of the processes.

    Returns
    -------
    nested dict, list or tuple
        The values, with tensors of shape (sum of n, ...).
    """
    own = list(_tensors(values))
    if not own:
        return values
    if n_objects is None:
        counts = _exchanged(len(own[0]), own[0].device, processes)
        start = sum(counts[: processes.rank])
        rows = slice(start, start + counts[processes.rank])
    else:
        counts = [len(range(i, n_objects, processes.count)) for i in range(processes.count)]
        rows = processes.own
    joint = _received(own, counts)
    if n_objects is not None:
        order = torch.cat(
            [torch.arange(i, n_objects, processes.count) for i in range(processes.count)]
        )
        joint = joint[order.argsort().to(joint.device)]
    return _replaced(values, _split(joint, own, rows, float(processes.count)))


def _exchanged(n_rows, device, processes):
    own = torch.tensor([n_rows], device=device)
    counts = [torch.empty_like(own) for _ in range(processes.count)]
    dist.all_gather(counts, own)
    return torch.cat(counts).tolist()


def _received(own, counts):
    """Return the rows of tensors of all processes as bytes, (sum of n, bytes of a row)."""
    rows = torch.cat([_as_bytes(tensor) for tensor in own], dim=1)
    # gloo sends tensors of equal sizes only.
    rows = torch.cat([rows, rows.new_zeros(max(counts) - len(rows), rows.shape[1])])
    parts = [torch.empty_like(rows) for _ in counts]
    dist.all_gather(parts, rows)
    return torch.cat([part[:n] for part, n in zip(parts, counts, strict=True)])


def _split(joint, own, rows, factor):
    """Yield the tensors that bytes stand for; `rows` are those of this process."""
    widths = [_bytes_per_row(tensor) for tensor in own]
    for tensor, piece in zip(own, joint.split(widths, dim=1), strict=True):
        # Clone, because a view of another type must begin at a multiple of its size.
        piece = piece.clone(memory_format=torch.contiguous_format)
        whole = piece.view(tensor.dtype).view(-1, *tensor.shape[1:])
        if tensor.requires_grad:
            whole = _OwnGradient.apply(tensor, whole, rows, factor)
        yield whole


def _as_bytes(tensor):
    """Return a tensor of shape (n, ...) as bytes, (n, n_bytes)."""
    if not len(tensor):  # whose strides may forbid another view
        return torch.empty(0, _bytes_per_row(tensor), dtype=torch.uint8, device=tensor.device)
    tensor = tensor.detach()
    tensor = tensor.flatten(1) if tensor.ndim > 1 else tensor[:, None]
    return tensor.contiguous().view(torch.uint8)


def _bytes_per_row(tensor):
    return math.prod(tensor.shape[1:]) * tensor.element_size()


class _OwnGradient(torch.autograd.Function):
    """The rows of all processes, with a gradient for those of this process."""

    @staticmethod
    def forward(ctx, own, whole, rows, factor):
        ctx.rows, ctx.factor = rows, factor
        return whole

    @staticmethod
    def backward(ctx, gradient):
        return gradient[ctx.rows] * ctx.factor, None, None, None


def _is_rows(value):
    return isinstance(value, torch.Tensor) and value.ndim > 0


def _tensors(value):
    """Yield the tensors of nested values that have rows."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for part in value:
            yield from _tensors(part)
    elif _is_rows(value):
        yield value


def _replaced(value, tensors):
    if isinstance(value, dict):
        return {key: _replaced(part, tensors) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)([_replaced(part, tensors) for part in value])
    return next(tensors) if _is_rows(value) else value
