"""Steps of a training that is divided over processes."""

import zlib
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from sklearn_sn.modules import joint_statistics
from sklearn_sn.nets._batch import Batch, TableDataset
from sklearn_sn.nets._data_parallel import Processes, from_all_processes
from sklearn_sn.nets._gathered_rows import gathered_rows
from sklearn_sn.nets._streamed_dataset import StreamedDataset

_MOST_COMPARED = 1_000_000  # values of an array that are compared, evenly spread


class ParallelTraining:
    """Steps of a net whose batches are divided over processes.

    Every process computes the outputs of its part of a batch, receives those of the others, and
    computes the loss of the whole batch, so that any loss is the same as in one process. torch's
    DistributedDataParallel averages the gradients.

    Parameters
    ----------
    net : BatchNet
        The initialised net.
    dataset : TableDataset
        The training objects.
    processes : Processes
        The processes.
    """

    def __init__(self, net: Any, dataset: TableDataset, processes: Processes) -> None:
        self.processes = processes
        _check_alike(net, dataset)
        self.loss = JointLoss(net, dataset, processes)
        # The discriminator has an optimizer of its own, and the same outputs in all processes.
        trained = {id(parameter) for _, parameter in net.get_all_learnable_params()}
        self.loss._ddp_params_and_buffers_to_ignore = [
            f"module.{name}"
            for name, value in net.module_.named_parameters()
            if id(value) not in trained
        ]
        self._wrapper, self._flags = None, None

    def begin_epoch(self) -> None:
        """Prepare averaging of the gradients of those parameters that are trained now."""
        flags = [parameter.requires_grad for parameter in self.loss.parameters()]
        if flags != self._flags:
            # A missing modality leaves parameters of this process unused.
            self._wrapper = DistributedDataParallel(self.loss, find_unused_parameters=True)
            self._flags = flags

    def train_step(self, batch: tuple[Batch, np.ndarray]) -> dict[str, Any]:
        """Compute loss and gradients of a batch."""
        loss = self._wrapper(*batch, training=True)
        loss.backward()
        return {"loss": loss, **self.loss.pop_outputs()}

    def end_epoch(self) -> None:
        """Give all processes the buffers of the first, such as the statistics of batch norms."""
        for buffer in self.loss.module.buffers():
            dist.broadcast(buffer, 0)

    def validation_step(self, batch: tuple[Batch, np.ndarray]) -> dict[str, Any]:
        """Compute the loss of a batch."""
        with torch.no_grad():
            loss = self.loss(*batch, training=False)
        return {"loss": loss, **self.loss.pop_outputs()}

    def mean(self, losses: torch.Tensor) -> torch.Tensor:
        """Return the mean of the losses over the processes, which is the same in all of them."""
        losses = losses.clone()
        dist.all_reduce(losses)
        return losses / self.processes.count


class JointLoss(nn.Module):
    """Module that maps the part of a batch of this process to the loss of the whole batch.

    Parameters
    ----------
    net : BatchNet
        The net.
    dataset : TableDataset
        The training objects.
    processes : Processes
        The processes.
    """

    def __init__(self, net: Any, dataset: TableDataset, processes: Processes) -> None:
        super().__init__()
        self.module = net.module_
        # torch prints a hint as soon as all parameters are used. This one never is.
        self.unused = nn.Parameter(torch.zeros(1, device=next(net.module_.parameters()).device))
        self._net, self._processes, self._outputs = net, processes, {}
        self._has_joint_statistics = _is_regular(dataset)

    def forward(self, batch: Batch, positions: np.ndarray, training: bool) -> torch.Tensor:
        net, is_divided = self._net, batch.joint is not None
        with joint_statistics(self._has_joint_statistics and is_divided):
            y_pred = net.infer(batch)
        factor = 1.0
        if is_divided and net.has_mean_loss:
            # The weighted mean of the losses of the parts is the loss of the whole batch.
            factor = self._processes.count * len(batch) / len(batch.joint)
        elif is_divided:
            y_pred, batch = self._joint(y_pred, batch)
        loss = factor * net.get_loss(y_pred, positions, X=batch, training=training)
        batch = batch.joint or batch
        if training and not loss.requires_grad:
            # No object of this process has an input: the backward pass still needs a graph.
            trained = [p for p in self.module.parameters() if p.requires_grad]
            loss = loss + 0.0 * sum(p.sum() for p in trained)
        self._outputs = {"y_pred": y_pred, "batch": (batch, positions)}
        return loss

    def pop_outputs(self) -> dict[str, Any]:
        """Return the outputs and the batch of the last call, and forget them."""
        outputs, self._outputs = self._outputs, {}
        return outputs

    def _joint(self, y_pred, batch):
        """Return the outputs of the whole batch, and the batch without tensors."""
        net, joint = self._net, batch.joint
        y_pred = net.complete_outputs(y_pred, batch)
        n_objects = len(joint) if net.has_output_per_object else None
        own = y_pred, net.augmented_targets(batch)
        y_pred, augmented = gathered_rows(own, self._processes, n_objects)
        targets = {**joint.targets, **augmented}
        return y_pred, Batch(len(joint), {}, {}, joint.present, targets)


def _is_regular(dataset):
    """Return whether all processes run the encoder equally often."""
    if isinstance(dataset, StreamedDataset):  # of which a part may have an object without data
        return False
    varies = [part.varies_in_length for part in dataset.preprocessors.values()]
    return len(varies) == 1 and not varies[0] and bool((dataset.lengths > 0).all())


def _check_alike(net, dataset):
    """Raise a ValueError if the processes would train on different objects or settings."""
    values = []
    if isinstance(dataset, StreamedDataset):  # whose parts are read later
        arrays = {"X": [dataset.sizes]}
    else:
        arrays = {"X": [part.lengths for part in dataset.prepared.values()]}
        arrays["X"].append(dataset.rows)
        arrays["y or weights"] = [dataset.targets[name] for name in sorted(dataset.targets)]
        values = [array for part in dataset.prepared.values() for array in _numbers_of(part)]
    own = {name: _checksum(values) for name, values in arrays.items()}
    own["parameters"] = (
        net.seed,
        net.batch_size,
        net.max_epochs,
        net.lr,
        [tuple(p.shape) for p in net.module_.parameters()],
    )
    all_processes = from_all_processes((own, [_summary(array) for array in values]))
    first, summaries = all_processes[0]
    differing = {name for other, _ in all_processes for name in own if other[name] != first[name]}
    # Another processor may round differently.
    if not all(_agree(summaries, others) for _, others in all_processes):
        differing.add("X")
    if differing:
        raise ValueError(
            f"The processes of data_parallel call fit with different {min(differing)}. Load the "
            "same objects in every process, and draw no random numbers without a seed."
        )


def _numbers_of(prepared):
    """Return the arrays of numbers of a prepared modality."""
    arrays = [value for value in vars(prepared).values() if isinstance(value, np.ndarray)]
    return [array for array in arrays if array.dtype.kind in "fiu" and array.size]


def _summary(array):
    """Return two numbers, which depend on the values of an array and their order."""
    values = np.ravel(array)[:: max(1, array.size // _MOST_COMPARED)].astype(np.float64)
    values = np.nan_to_num(values, posinf=0.0, neginf=0.0)
    return float(values @ np.cos(np.arange(len(values)))), float(np.linalg.norm(values))


def _agree(summaries, others):
    """Return whether summaries are equal up to rounding; their number depends on X."""
    if len(summaries) != len(others):
        return False
    return all(
        np.allclose(one, other, rtol=0.0, atol=1e-4 * one[1])
        for one, other in zip(summaries, others, strict=True)
    )


def _checksum(arrays):
    return [(a.shape, zlib.crc32(np.ascontiguousarray(a).tobytes())) for a in arrays]
