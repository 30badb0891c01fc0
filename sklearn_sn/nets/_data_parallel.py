"""Training by several processes that torchrun starts."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist

_CURRENT = ContextVar("processes", default=None)


@dataclass(frozen=True)
class Processes:
    """The processes of a data-parallel training.

    Attributes
    ----------
    rank : int
        Number of this process, from 0.
    count : int
        Number of processes.
    device : str
        Device of this process that ``device="auto"`` stands for.
    """

    rank: int = 0
    count: int = 1
    device: str = "cpu"

    @property
    def is_first(self) -> bool:
        """Whether this is process 0, which prints and should save."""
        return self.rank == 0

    def divides(self, n_objects: int) -> bool:
        """Return whether a batch is divided; every process computes a smaller one whole."""
        return n_objects >= self.count

    @property
    def own(self) -> slice:
        """Objects of a batch that this process computes.

        The objects are dealt one by one, because a batch is sorted by length.
        """
        return slice(self.rank, None, self.count)


@contextmanager
def data_parallel(timeout: float = 1800.0) -> Iterator[Processes]:
    """Train estimators by all processes that torchrun has started.

    Every process runs the same script and calls ``fit`` with the same parameters and the same
    objects. In each step, a process computes its part of the batch, and gradients are averaged.
    The loss is that of the whole batch: ``batch_size`` is the number of objects of all processes
    together, and a contrastive loss has negatives from all of them. All processes end with the
    same model. Augmentation and dropout draw different random numbers in each process.

    Without torchrun, or with one process, nothing changes. Predictions are not divided.

    Parameters
    ----------
    timeout : float, default=1800
        Seconds that a process waits for the others, before it raises an error.

    Yields
    ------
    Processes
        Number of this process, and number of processes.

    Raises
    ------
    ValueError
        If `timeout` is not positive.
    RuntimeError
        If the processes cannot connect, or another one has failed. In ``fit``, a ValueError is
        raised if the processes have different objects or parameters.

    Notes
    -----
    The environment variables RANK, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR and MASTER_PORT, which
    torchrun sets, describe the processes. They communicate by NCCL if they train on GPUs, and by
    gloo on CPUs. A process group that is already initialised is used, and kept.

    Batch norms of encoders of this package use the statistics of all processes in estimators of
    one modality whose instances have one size. Elsewhere they use those of the part of a process.

    Examples
    --------
    >>> from sklearn_sn import LightCurveClassifier, data_parallel
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(60, random_state=0)
    >>> model = LightCurveClassifier(encoder="deep_sets", max_epochs=2, random_state=0)
    >>> with data_parallel() as processes:
    ...     _ = model.fit(X, y)
    >>> processes.count
    1
    """
    if not timeout > 0:
        raise ValueError(
            "The 'timeout' parameter of data_parallel must be in the range (0, inf). Got "
            f"{timeout!r} instead."
        )
    current = _CURRENT.get()
    if current is not None or _world_size() == 1:
        yield current or Processes()
        return
    was_initialized = dist.is_initialized()
    device = _local_device()
    if not was_initialized:
        # Numbers of the host, such as seeds, go by gloo in either case.
        backend = "gloo" if device == "cpu" else "cpu:gloo,cuda:nccl"
        dist.init_process_group(backend, timeout=timedelta(seconds=timeout))
    processes = Processes(dist.get_rank(), dist.get_world_size(), device)
    token, failed = _CURRENT.set(processes), True
    try:
        yield processes
        if not was_initialized:
            dist.all_reduce(torch.zeros(1))  # a barrier; that of NCCL warns about its device
        failed = False
    except BaseException as error:
        error.add_note(
            f"Process {processes.rank} of {processes.count} in data_parallel ended with this "
            "error. If it is about a connection or a timeout, another process has failed before: "
            "see its message."
        )
        raise
    finally:
        _CURRENT.reset(token)
        # After a failure, NCCL would wait for the other processes; the end of this one closes it.
        if not was_initialized and not (failed and device != "cpu"):
            dist.destroy_process_group()


def current_processes() -> Processes | None:
    """Return the processes of :func:`data_parallel`, or None outside it or with one process.

    Examples
    --------
    >>> from sklearn_sn.nets import current_processes
    >>> current_processes() is None
    True
    """
    return _CURRENT.get()


def from_first_process(value: Any) -> Any:
    """Return the value of process 0; without :func:`data_parallel`, the value itself.

    Examples
    --------
    >>> from sklearn_sn.nets import from_first_process
    >>> from_first_process(3)
    3
    """
    if _CURRENT.get() is None:
        return value
    values = [value]
    dist.broadcast_object_list(values)
    return values[0]


def from_all_processes(value: Any) -> list[Any]:
    """Return the values of all processes; without :func:`data_parallel`, the value alone.

    Examples
    --------
    >>> from sklearn_sn.nets import from_all_processes
    >>> from_all_processes(3)
    [3]
    """
    processes = _CURRENT.get()
    values = [value] * (1 if processes is None else processes.count)
    if processes is not None:
        dist.all_gather_object(values, value)
    return values


def _world_size():
    if dist.is_available() and dist.is_initialized():
        return dist.get_world_size()
    return int(os.environ.get("WORLD_SIZE", "1")) if "RANK" in os.environ else 1


def _local_device():
    """Return the device of this process, and make it the current one."""
    if not torch.cuda.is_available():
        return "cpu"
    index = int(os.environ.get("LOCAL_RANK", "0"))
    if index >= torch.cuda.device_count():
        raise RuntimeError(
            f"torchrun has started process {index} on this machine, which has only "
            f"{torch.cuda.device_count()} GPUs. Lower --nproc-per-node, or set "
            "CUDA_VISIBLE_DEVICES to nothing to train on CPUs."
        )
    torch.cuda.set_device(index)
    return f"cuda:{index}"
