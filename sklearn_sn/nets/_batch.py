"""Batches: the one place where numpy arrays become torch tensors."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
from torch.utils.data import Dataset

from sklearn_sn.nets._balance import balanced_batches

BATCHES_PER_POOL = 50  # batches that are sorted by length together in training
ROWS_PER_CHUNK = 32  # rows padded to one length on a CPU; their attention fits its cache
CHUNK_MULTIPLE = 8  # chunks of free size hold multiples of this number of rows


class Batch:
    """Tensors of one batch, by modality.

    Attributes
    ----------
    tensors : dict of str to list of dict of str to tensor
        Keyword tensors for the encoder of each modality, in chunks. Light curves of similar length
        share a chunk, so that little is padding.
    object_index : dict of str to tensor of int64
        Position in the batch of the object of each instance in the chunks.
    present : dict of str to bool tensor of shape (B,)
        Objects that have the modality.
    targets : dict of str to tensor
        Labels, numbers to predict and weights, of shape (B, ...).
    """

    __slots__ = ("n_objects", "object_index", "present", "targets", "tensors")

    def __init__(
        self,
        n_objects: int,
        tensors: dict[str, list[dict[str, torch.Tensor]]],
        object_index: dict[str, torch.Tensor],
        present: dict[str, torch.Tensor],
        targets: dict[str, torch.Tensor],
    ) -> None:
        self.n_objects = n_objects
        self.tensors, self.object_index = tensors, object_index
        self.present, self.targets = present, targets

    def __len__(self):
        return self.n_objects


class TableDataset(Dataset):
    """Prepared modalities of a table, and the targets to learn.

    Parameters
    ----------
    preprocessors : dict of str to preprocessor
        One fitted preprocessor for each modality.
    prepared : dict of str to prepared modality
        What each preprocessor's ``prepare`` returned.
    targets : dict of str to array of shape (n_objects, ...), optional
        Labels, numbers to predict and weights.
    rows : array of int, optional
        Objects of this dataset; by default all.
    groups : array of int, shape (n_objects,), optional
        Training batches hold equal numbers of objects of each group.
    """

    def __init__(
        self,
        preprocessors: dict[str, Any],
        prepared: dict[str, Any],
        targets: dict[str, np.ndarray] | None = None,
        rows: np.ndarray | None = None,
        groups: np.ndarray | None = None,
    ) -> None:
        self.preprocessors, self.prepared = preprocessors, prepared
        self.targets, self.groups = targets or {}, groups
        if rows is None:
            rows = np.arange(len(next(iter(prepared.values())).lengths))
        self.rows = rows

    def __len__(self):
        return len(self.rows)

    def subset(self, positions: np.ndarray) -> "TableDataset":
        """Return a dataset of some objects, with the same data."""
        return TableDataset(
            self.preprocessors, self.prepared, self.targets, self.rows[positions], self.groups
        )

    @property
    def lengths(self) -> np.ndarray:
        """Sort key of the objects, shape (n,): points of the modality that varies in length."""
        varying = [n for n, part in self.preprocessors.items() if part.varies_in_length]
        name = varying[0] if varying else next(iter(self.prepared))
        return self.prepared[name].lengths[self.rows]

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
        """Return one batch on a device; with a generator, augmented as in training."""
        device = torch.device(device)
        rows = self.rows[positions]
        tensors, object_index, present = {}, {}, {}
        for name, preprocessor in self.preprocessors.items():
            chunks, index = self._chunks(name, preprocessor, rows, device, rng)
            if len(index) == 0:
                continue
            mask = np.zeros(len(rows), dtype=bool)
            mask[index] = True
            tensors[name] = [
                {key: _tensor(value, device) for key, value in chunk.items()} for chunk in chunks
            ]
            object_index[name] = _tensor(index, device)
            present[name] = _tensor(mask, device)
        targets = {key: _tensor(value[rows], device) for key, value in self.targets.items()}
        return Batch(len(rows), tensors, object_index, present, targets)

    def _chunks(self, name, preprocessor, rows, device, rng):
        """Return arrays of one modality in chunks, and the object index of their instances."""
        overhead = preprocessor.chunk_overhead
        few = len(rows) <= (ROWS_PER_CHUNK if overhead is None else CHUNK_MULTIPLE)
        # Padding costs a GPU less than several small launches.
        if not preprocessor.varies_in_length or few or device.type != "cpu":
            arrays, index = preprocessor.gather(self.prepared[name], rows, rng)
            return [arrays], index
        lengths = self.prepared[name].lengths[rows]
        order = np.argsort(lengths, kind="stable")
        if overhead is None:
            parts = np.array_split(order, -(-len(rows) // ROWS_PER_CHUNK))
        else:
            parts = np.split(order, cheapest_cuts(lengths[order], overhead))
        chunks, indices = [], []
        for part in parts:
            arrays, index = preprocessor.gather(self.prepared[name], rows[part], rng)
            if len(index):
                chunks.append(arrays)
                indices.append(part[index])
        return chunks, np.concatenate(indices) if indices else np.empty(0, dtype=int)


class BatchLoader:
    """Iterate over a dataset in batches of objects of similar length.

    In training, objects are shuffled, pools of up to fifty batches are sorted by a noisy length,
    and the batches are shuffled, so that a contrastive loss cannot be solved by length alone. If
    the dataset has groups, each batch holds equal numbers of objects of every group. In evaluation,
    objects are sorted by length, those with two modalities first; batches come with their
    positions.

    Parameters
    ----------
    dataset : TableDataset
        The objects.
    batch_size : int
        Objects in a batch.
    training : bool
        Whether to shuffle and augment.
    device : str or torch.device
        Where the tensors go.
    seed : int
        Every epoch draws from a generator of its own, seeded by this and the epoch's number.
    epoch : int
        Number of the first epoch.
    """

    def __init__(
        self,
        dataset: TableDataset,
        batch_size: int,
        training: bool = False,
        device: str | torch.device = "cpu",
        seed: int = 0,
        epoch: int = 0,
    ) -> None:
        self.dataset, self.batch_size = dataset, batch_size
        self.training, self.device = training, torch.device(device)
        self.seed, self.epoch = seed, epoch

    def __len__(self):
        return max(1, -(-len(self.dataset) // self.batch_size))

    def plan(self, rng: np.random.Generator | None = None) -> list[np.ndarray]:
        """Return positions of the objects of each batch, as a list of arrays."""
        n = len(self.dataset)
        if rng is None:
            # Objects with two modalities come together: a loss over pairs needs them in one batch.
            order = np.lexsort((self.dataset.lengths, ~self.dataset.paired))
            return np.array_split(order, range(self.batch_size, n, self.batch_size))
        order = rng.permutation(n)
        # At least four pools: in small data one pool would sort everything by length.
        pool = min(BATCHES_PER_POOL, max(1, len(self) // 4))
        lengths = self.dataset.lengths[order] * rng.uniform(0.8, 1.25, n)
        if self.dataset.groups is not None:
            groups = self.dataset.groups[self.dataset.rows[order]]
            batches = balanced_batches(groups, lengths, len(self), pool, rng)
            return [order[batches[i]] for i in rng.permutation(len(batches))]
        pool *= self.batch_size
        order = order[np.lexsort((lengths, np.arange(n) // pool))]
        # Equal shares, because a last batch of one object would teach nothing.
        batches = np.array_split(order, len(self))
        return [batches[i] for i in rng.permutation(len(batches))]

    def __iter__(self):
        rng = None
        if self.training:
            rng = np.random.default_rng([self.seed, self.epoch])
            self.epoch += 1
        plan = self.plan(rng)
        if self.device.type == "cpu":
            for positions in plan:
                yield self.dataset.gather(positions, self.device, rng), positions
            return
        # While the device computes one batch, a thread gathers the next.
        with ThreadPoolExecutor(1) as thread:
            upcoming = None
            for positions in [*plan, None]:
                ready, upcoming = upcoming, None
                if positions is not None:
                    upcoming = thread.submit(self._gather, positions, rng), positions
                if ready is not None:
                    yield ready[0].result(), ready[1]

    def _gather(self, positions, rng):
        if self.device.type == "cuda":
            # The current device belongs to a thread; this one starts with device 0.
            torch.cuda.set_device(self.device)
        return self.dataset.gather(positions, self.device, rng)


def cheapest_cuts(lengths: np.ndarray, overhead: float) -> np.ndarray:
    """Cut rows of increasing length into parts that cost least when padded.

    A part of n rows padded to L points costs L (overhead + n): one step of a recurrent network has
    a fixed cost of `overhead` rows.

    Parameters
    ----------
    lengths : array of int, shape (n,)
        Increasing lengths.
    overhead : float
        Fixed cost of a step, in rows.

    Returns
    -------
    array of int
        Positions of the cuts, multiples of eight.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_sn.nets import cheapest_cuts
    >>> cheapest_cuts(np.repeat([10, 100], [40, 24]), overhead=10.0)
    array([40])
    """
    ends = np.append(np.arange(CHUNK_MULTIPLE, len(lengths), CHUNK_MULTIPLE), len(lengths))
    starts = np.append(0, ends[:-1])
    longest = np.asarray(lengths, dtype=np.float64)[ends - 1]
    # Dynamic programme: the cheapest way to cut the first j blocks of eight rows.
    least = np.zeros(len(ends) + 1)
    before = np.zeros(len(ends), dtype=np.int64)
    for j, end in enumerate(ends):
        cost = least[: j + 1] + longest[j] * (overhead + end - starts[: j + 1])
        before[j] = cost.argmin()
        least[j + 1] = cost[before[j]]
    cuts, j = [], len(ends)
    while j:
        j = before[j - 1]
        cuts.append(starts[j])
    return np.array(cuts[-2::-1], dtype=np.int64)


def _tensor(array, device):
    tensor = torch.from_numpy(np.ascontiguousarray(array))
    if device.type == "cpu":
        return tensor
    if device.type == "cuda":
        return tensor.pin_memory().to(device, non_blocking=True)
    return tensor.to(device)
