"""Training data that are read from files part by part."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch.utils.data import Dataset

from sklearn_sn.nets._batch import Batch, BatchLoader, TableDataset
from sklearn_sn.nets._data_parallel import Processes


class StreamedDataset(Dataset):
    """Objects of files, of which one part at a time is in memory.

    Parameters
    ----------
    read : callable
        Function of a generator that yields the parts of the files in random order, each as the
        numbers of its rows, an array of int, and its objects.
    prepare : callable
        Function of the rows and objects of a part, and of the positions of the objects to use or
        None for all. It returns a :class:`TableDataset` and the row of each of its objects. Instead
        of a dataset, it may return an empty sequence if there is nothing to train on.
    sizes : sequence of int
        Number of objects of each part.
    mean_copies : float, default=1.0
        How often an object is drawn in an epoch, on average.

    See Also
    --------
    TableDataset : Objects that are all in memory.
    """

    def __init__(
        self,
        read: Callable[[np.random.Generator], Iterator[tuple[np.ndarray, Any]]],
        prepare: Callable[..., tuple[TableDataset, np.ndarray]],
        sizes: Sequence[int],
        mean_copies: float = 1.0,
    ) -> None:
        self.read, self.prepare = read, prepare
        self.sizes, self.mean_copies = np.asarray(sizes, dtype=np.int64), mean_copies

    def __len__(self):
        return int(self.sizes.sum())


class StreamedLoader:
    """Iterate over files in training batches, one epoch at a time.

    Each part of a :class:`StreamedDataset` is shuffled and cut into batches as
    :class:`BatchLoader` does with a table. If the training ends after fewer batches than an epoch
    has, every part contributes an equal share of them, so that they are spread over the files.

    Parameters
    ----------
    dataset : StreamedDataset
        The objects.
    batch_size : int
        Objects in a batch.
    device : str or torch.device
        Device of the tensors.
    seed : int
        Seed. The generators of an epoch are seeded by this and the number of the epoch.
    epoch : int
        Number of the first epoch.
    max_batches : int, optional
        Number of batches in all epochs, after which the iterator is empty.
    noisy : bool
        Whether the length by which objects of a part are sorted is noisy.
    processes : Processes, optional
        Processes over which every batch is divided; all read the same files.
    """

    def __init__(
        self,
        dataset: StreamedDataset,
        batch_size: int,
        device: str | torch.device = "cpu",
        seed: int = 0,
        epoch: int = 0,
        max_batches: int | None = None,
        noisy: bool = True,
        processes: Processes | None = None,
    ) -> None:
        self.dataset, self.batch_size, self.device = dataset, batch_size, device
        self.noisy, self.processes = noisy, processes
        self.seed, self.epoch, self.batches_left = seed, epoch, max_batches

    def __len__(self):
        return int(self._batches_of_parts().sum())

    def __iter__(self) -> Iterator[tuple[Batch, np.ndarray]]:
        rng = np.random.default_rng([self.seed, self.epoch])
        # A generator of its own, so that batches do not depend on how the files are read.
        order = np.random.default_rng([self.seed, self.epoch, 1])
        self.epoch += 1
        for (rows, objects), n_batches, n_most in zip(
            self.dataset.read(order), self._shares(), self._batches_of_parts(), strict=True
        ):
            if n_batches == 0:
                continue
            chosen = None
            if n_batches < n_most:
                # Only the objects that are used are checked and scaled.
                n_objects = min(len(rows), n_batches * self.batch_size)
                chosen = np.sort(rng.choice(len(rows), n_objects, replace=False))
            part, part_rows = self.dataset.prepare(rows, objects, chosen)
            if len(part):
                loader = BatchLoader(
                    part,
                    self.batch_size,
                    training=True,
                    device=self.device,
                    noisy=self.noisy,
                    processes=self.processes,
                )
                for batch, positions in loader.gathered(loader.plan(rng)[:n_batches], rng):
                    yield batch, part_rows[positions]

    def _batches_of_parts(self):
        """Return the number of batches of each part in a whole epoch."""
        sizes = np.ceil(self.dataset.sizes * self.dataset.mean_copies)
        return np.maximum(1, -(-sizes.astype(np.int64) // self.batch_size))

    def _shares(self):
        """Return the number of batches of each part in this epoch."""
        counts = self._batches_of_parts()
        total = int(counts.sum())
        n_batches = total if self.batches_left is None else min(total, self.batches_left)
        if self.batches_left is not None:
            self.batches_left -= n_batches
        return np.diff(np.cumsum(counts) * n_batches // total, prepend=0)
