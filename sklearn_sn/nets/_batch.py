"""Batches of tables; the only place where numpy arrays become torch tensors."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch.utils.data import Dataset

from sklearn_sn.nets._balance import balanced_batches
from sklearn_sn.nets._chunks import padded_chunks
from sklearn_sn.nets._data_parallel import Processes

BATCHES_PER_POOL = 50  # batches whose objects are sorted by length together in training
POINTS_PER_GROUP = 2**15  # points of batches in evaluation that are computed together


class Batch:
    """Tensors of one batch, by modality.

    Attributes
    ----------
    tensors : dict of str to list of dict of str to tensor
        Keyword tensors for the encoder of each modality, in chunks. Light curves of similar length
        share a chunk, so that little is padding.
    object_index : dict of str to tensor of int64
        Position in the batch of the object of each instance, in the order of the chunks.
    present : dict of str to bool tensor of shape (B,)
        Whether an object has the modality.
    targets : dict of str to tensor
        Labels, numbers to predict and weights, of shape (B, ...).
    joint : Batch or None
        Mask and targets of the whole batch, without tensors, if this is the part of one process.
    """

    __slots__ = ("joint", "n_objects", "object_index", "present", "targets", "tensors")

    def __init__(
        self,
        n_objects: int,
        tensors: dict[str, list[dict[str, torch.Tensor]]],
        object_index: dict[str, torch.Tensor],
        present: dict[str, torch.Tensor],
        targets: dict[str, torch.Tensor],
        joint: "Batch | None" = None,
    ) -> None:
        self.n_objects, self.joint = n_objects, joint
        self.tensors, self.object_index = tensors, object_index
        self.present, self.targets = present, targets

    def __len__(self):
        return self.n_objects


class TableDataset(Dataset):
    """Prepared modalities of a table and targets.

    Parameters
    ----------
    preprocessors : dict of str to preprocessor
        One fitted preprocessor for each modality.
    prepared : dict of str to prepared modality
        Result of ``prepare`` of each preprocessor.
    targets : dict of str to array of shape (n_objects, ...), optional
        Labels, numbers to predict and weights.
    rows : array of int, optional
        Objects of this dataset; by default all objects of the table.
    groups : array of int, shape (n_objects,), optional
        Groups that contribute equal numbers of objects to each training batch.
    copies : array of float, shape (n_objects,), optional
        How often each object is drawn in a training epoch, on average. Not used with `groups`.
    """

    def __init__(
        self,
        preprocessors: dict[str, Any],
        prepared: dict[str, Any],
        targets: dict[str, np.ndarray] | None = None,
        rows: np.ndarray | None = None,
        groups: np.ndarray | None = None,
        copies: np.ndarray | None = None,
    ) -> None:
        self.preprocessors, self.prepared = preprocessors, prepared
        self.targets, self.groups, self.copies = targets or {}, groups, copies
        if rows is None:
            rows = np.arange(len(next(iter(prepared.values())).lengths))
        self.rows = rows
        self._constants = {}  # tensors that are equal in all batches, by preprocessor and device

    def __len__(self):
        return len(self.rows)

    @property
    def n_rows(self) -> int:
        """Number of objects of the table, of which this dataset may be a part."""
        return len(next(iter(self.prepared.values())).lengths)

    def subset(self, positions: np.ndarray) -> "TableDataset":
        """Return a dataset of some of the objects, which shares the data."""
        rows = self.rows[positions]
        return TableDataset(
            self.preprocessors, self.prepared, self.targets, rows, self.groups, self.copies
        )

    @property
    def lengths(self) -> np.ndarray:
        """Sizes by which objects are sorted, (n,): those of the modality that varies in length."""
        varying = [n for n, part in self.preprocessors.items() if part.varies_in_length]
        name = varying[0] if varying else next(iter(self.prepared))
        return self.prepared[name].lengths[self.rows]

    @property
    def n_points(self) -> np.ndarray:
        """Number of points of each object in all modalities that vary in length, (n,)."""
        counts = np.zeros(len(self.rows), dtype=np.int64)
        for name, part in self.preprocessors.items():
            if part.varies_in_length:
                counts += self.prepared[name].lengths[self.rows]
        return counts

    @property
    def paired(self) -> np.ndarray:
        """Mask of the objects that have two modalities or more, shape (n,)."""
        n_present = sum((part.lengths > 0).astype(int) for part in self.prepared.values())
        return n_present[self.rows] >= 2

    def gather(
        self,
        positions: np.ndarray,
        device: str | torch.device,
        rng: np.random.Generator | None = None,
    ) -> Batch:
        """Return one batch on a device; with a generator `rng`, augmented as in training."""
        return self._batch(self.rows[positions], torch.device(device), rng)

    def gather_group(
        self, group: Sequence[np.ndarray], device: str | torch.device
    ) -> Iterator[Batch]:
        """Yield several batches without augmentation, whose points are computed together."""
        if len(group) == 1:
            yield self.gather(group[0], device)
            return
        device, rows = torch.device(device), self.rows[np.concatenate(group)]
        flats = {
            name: preprocessor.flat_batch(self.prepared[name], rows)
            for name, preprocessor in self.preprocessors.items()
            if preprocessor.varies_in_length
        }
        start = 0
        for positions in group:
            stop = start + len(positions)
            parts = {name: flat.objects(start, stop) for name, flat in flats.items()}
            yield self._batch(rows[start:stop], device, None, parts)
            start = stop

    def _batch(self, rows, device, rng, flats=None):
        """Return the batch of some rows, of which flat arrays may be computed already."""
        tensors, object_index, present = {}, {}, {}
        for name, preprocessor in self.preprocessors.items():
            if preprocessor.varies_in_length:
                part = self.prepared[name]
                flat = flats[name] if flats else preprocessor.flat_batch(part, rows, rng)
                # Predictions keep the cuts with which packaged models were made.
                fixed = preprocessor.chunk_points if rng is not None else None
                chunks, index = padded_chunks(flat, preprocessor.chunk_overhead, device, fixed)
            else:
                arrays, index = preprocessor.gather(self.prepared[name], rows, rng)
                chunks = [arrays]
            if len(index) == 0:
                continue
            mask = np.zeros(len(rows), dtype=bool)
            mask[index] = True
            tensors[name] = [
                {
                    key: self._constant(name, key, value, device)
                    if key in preprocessor.constants
                    else _tensor(value, device)
                    for key, value in chunk.items()
                }
                for chunk in chunks
            ]
            object_index[name] = _tensor(index, device)
            present[name] = _tensor(mask, device)
        targets = {key: _tensor(value[rows], device) for key, value in self.targets.items()}
        return Batch(len(rows), tensors, object_index, present, targets)

    def gather_part(
        self,
        positions: np.ndarray,
        part: slice,
        device: str | torch.device,
        rng: np.random.Generator | None = None,
    ) -> Batch:
        """Return the part of a batch that one process computes, with ``joint`` set."""
        batch = self.gather(positions[part], device, rng)
        device, rows = torch.device(device), self.rows[positions]
        present = {name: self.prepared[name].lengths[rows] > 0 for name in self.preprocessors}
        # As in `gather`, a modality that no object has is left out.
        present = {name: _tensor(mask, device) for name, mask in present.items() if mask.any()}
        targets = {key: _tensor(value[rows], device) for key, value in self.targets.items()}
        batch.joint = Batch(len(rows), {}, {}, present, targets)
        return batch

    def _constant(self, name, key, value, device):
        """Return a tensor that is transferred once."""
        place = name, key, str(device)
        if place not in self._constants:
            self._constants[place] = _tensor(value, device)
        return self._constants[place]


class BatchLoader:
    """Iterate over a dataset in batches of objects of similar length.

    In training, objects are shuffled, pools of up to fifty batches are sorted by length, and the
    batches are shuffled. The length is noisy if the loss compares objects of a batch, because a
    contrastive loss could otherwise be solved by length alone. If the dataset has groups, each
    batch has equal numbers of objects of every group. In evaluation, objects are sorted by length,
    those with two modalities first. Each item is a batch and the positions of its objects in the
    dataset.

    Parameters
    ----------
    dataset : TableDataset
        The objects.
    batch_size : int
        Objects in a batch.
    training : bool
        Whether to shuffle and augment.
    device : str or torch.device
        Device of the tensors.
    seed : int
        Seed. The generator of an epoch is seeded by this and the number of the epoch.
    epoch : int
        Number of the first epoch.
    max_batches : int, optional
        Number of batches in all epochs, after which the iterator is empty.
    noisy : bool
        Whether the length by which objects are sorted in training is noisy.
    processes : Processes, optional
        Processes over which every batch is divided. An item then is the part of this process, and
        the positions of all objects of the batch. A batch with fewer objects than processes is not
        divided.
    """

    def __init__(
        self,
        dataset: TableDataset,
        batch_size: int,
        training: bool = False,
        device: str | torch.device = "cpu",
        seed: int = 0,
        epoch: int = 0,
        max_batches: int | None = None,
        noisy: bool = True,
        processes: Processes | None = None,
    ) -> None:
        self.dataset, self.batch_size, self.noisy = dataset, batch_size, noisy
        self.training, self.device = training, torch.device(device)
        self.seed, self.epoch, self.batches_left = seed, epoch, max_batches
        self.processes = processes

    def __len__(self):
        n_drawn, copies = len(self.dataset), self.dataset.copies
        if self.training and copies is not None:
            n_drawn = round(copies[self.dataset.rows].sum())
        return max(1, -(-n_drawn // self.batch_size))

    def plan(self, rng: np.random.Generator | None = None) -> list[np.ndarray]:
        """Return the positions of the objects of each batch, as a list of arrays."""
        n = len(self.dataset)
        if rng is None and n <= 1:
            return [np.arange(n)]
        if rng is None:
            # Keep objects with two modalities together: a loss over pairs needs them in one batch.
            order = np.lexsort((self.dataset.lengths, ~self.dataset.paired))
            return np.array_split(order, range(self.batch_size, n, self.batch_size))
        drawn = n if self.dataset.copies is None else self._with_copies(rng)
        order = rng.permutation(drawn)
        # Use at least four pools: a single pool would sort a small table completely by length.
        pool = min(BATCHES_PER_POOL, max(1, len(self) // 4))
        lengths = self.dataset.lengths[order]
        if self.noisy:
            lengths = lengths * rng.uniform(0.8, 1.25, len(order))
        if self.dataset.groups is not None:
            groups = self.dataset.groups[self.dataset.rows[order]]
            batches = balanced_batches(groups, lengths, len(self), pool, rng)
            return [order[batches[i]] for i in rng.permutation(len(batches))]
        pool *= self.batch_size
        order = order[np.lexsort((lengths, np.arange(len(order)) // pool))]
        # Batches of equal size, because a contrastive loss of a last batch of one object is 0.
        batches = np.array_split(order, len(self))
        return [batches[i] for i in rng.permutation(len(batches))]

    def _with_copies(self, rng):
        """Return positions of the objects, as often as each is drawn in this epoch."""
        copies = self.dataset.copies[self.dataset.rows]
        whole = np.floor(copies)
        n_copies = (whole + (rng.random(len(copies)) < copies - whole)).astype(np.int64)
        return np.repeat(np.arange(len(copies)), n_copies)

    def __iter__(self):
        rng = None
        if self.training:
            rng = np.random.default_rng([self.seed, self.epoch])
            self.epoch += 1
        plan = self.plan(rng)
        if self.processes is not None and self.training:
            # The batches are those of all processes, but each augments by its own numbers.
            rng = np.random.default_rng([self.seed, self.epoch, self.processes.rank + 1])
        if self.batches_left is not None:
            plan = plan[: self.batches_left]
            self.batches_left -= len(plan)
        yield from self.gathered(plan, rng)

    def gathered(
        self, plan: list[np.ndarray], rng: np.random.Generator | None = None
    ) -> Iterator[tuple[Batch, np.ndarray]]:
        """Yield the batches of a plan, each with the positions of its objects."""
        batches = zip(self._batches(plan, rng), plan, strict=True)
        if self.device.type == "cpu":
            yield from batches
            return
        # While the device computes one batch, a thread gathers the next.
        with ThreadPoolExecutor(1) as thread:
            upcoming = thread.submit(next, batches, None)
            while (ready := upcoming.result()) is not None:
                upcoming = thread.submit(next, batches, None)
                yield ready

    def _batches(self, plan, rng):
        """Yield the batches of a plan."""
        if self.device.type == "cuda":
            # The current device is a property of the thread, and a new thread starts with device 0.
            torch.cuda.set_device(self.device)
        if rng is None and self.processes is None:
            for group in self._groups(plan):
                yield from self.dataset.gather_group(group, self.device)
            return
        for positions in plan:
            if self.processes is not None and self.processes.divides(len(positions)):
                part = self.processes.own
                yield self.dataset.gather_part(positions, part, self.device, rng)
            else:
                yield self.dataset.gather(positions, self.device, rng)

    def _groups(self, plan):
        """Divide a plan into groups of batches with about `POINTS_PER_GROUP` points each."""
        if len(plan) == 1:
            return [plan]
        n_points = self.dataset.n_points
        ends = np.cumsum([n_points[positions].sum() for positions in plan])
        group = np.maximum(ends - 1, 0) // POINTS_PER_GROUP
        cuts = np.flatnonzero(np.diff(group, prepend=-1, append=group[-1] + 1))
        return [plan[start:stop] for start, stop in pairwise(cuts)]


def _tensor(array, device):
    tensor = torch.from_numpy(np.ascontiguousarray(array))
    if device.type == "cpu":
        return tensor
    if device.type == "cuda":
        # Pinned memory is copied while the device computes.
        return tensor.pin_memory().to(device, non_blocking=True)
    return tensor.to(device)
