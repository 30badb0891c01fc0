"""Batches: the one place where numpy becomes torch."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from torch.utils.data import Dataset

from sklearn_sn.nets._balance import balanced_batches

POOL = 50  # batches that are sorted by length together in training
CHUNK = 32  # light curves that are padded to one length on the CPU; their attention fits its cache
GRAIN = 8  # rows of which chunks are made where their number is free


class Batch:
    """Tensors of one batch, by modality.

    Attributes
    ----------
    tensors : dict of str to list of dict of str to tensor
        What the encoder of each modality takes, in chunks: light curves of like length share one,
        so that a batch of any lengths holds little padding.
    owners : dict of str to tensor of int64
        Object, by its position in the batch, that each instance of the chunks belongs to.
    present : dict of str to bool tensor of shape (B,)
        Which objects have the modality.
    extras : dict of str to tensor
        Labels, targets and weights of shape (B, ...).
    """

    __slots__ = ("extras", "n_objects", "owners", "present", "tensors")

    def __init__(self, n_objects, tensors, owners, present, extras):
        self.n_objects = n_objects
        self.tensors, self.owners = tensors, owners
        self.present, self.extras = present, extras

    def __len__(self):
        return self.n_objects


class TableDataset(Dataset):
    """Prepared modalities of a table, and what is to be learned from them.

    Parameters
    ----------
    inputs : dict of str to input
        One fitted input per modality.
    prepared : dict of str to prepared modality
    extras : dict of str to array of shape (n_objects, ...), optional
    rows : array of int, optional
        The objects that belong to this dataset; all by default.
    groups : array of int, shape (n_objects,), optional
        Training batches hold as many objects of each group.
    """

    def __init__(self, inputs, prepared, extras=None, rows=None, groups=None):
        self.inputs, self.prepared = inputs, prepared
        self.extras, self.groups = extras or {}, groups
        if rows is None:
            rows = np.arange(len(next(iter(prepared.values())).lengths))
        self.rows = rows

    def __len__(self):
        return len(self.rows)

    def subset(self, positions):
        """The same data, fewer objects."""
        return TableDataset(
            self.inputs, self.prepared, self.extras, self.rows[positions], self.groups
        )

    @property
    def lengths(self):
        """Sort key of the objects: the number of points where length varies, shape (n,)."""
        sequence = [p.lengths for name, p in self.prepared.items() if name == "light_curve"]
        lengths = sequence[0] if sequence else next(iter(self.prepared.values())).lengths
        return lengths[self.rows]

    @property
    def paired(self):
        """Which objects have two modalities or more, boolean of shape (n,)."""
        found = sum((part.lengths > 0).astype(int) for part in self.prepared.values())
        return found[self.rows] >= 2

    def gather(self, positions, device, rng=None):
        """One batch, on a device; with a generator, as training sees it."""
        rows = self.rows[positions]
        tensors, owners, present = {}, {}, {}
        for name, source in self.inputs.items():
            chunks, owner = self._chunks(name, source, rows, device, rng)
            if len(owner) == 0:
                continue
            here = np.zeros(len(rows), dtype=bool)
            here[owner] = True
            tensors[name] = [
                {key: _tensor(value, device) for key, value in chunk.items()} for chunk in chunks
            ]
            owners[name] = _tensor(owner, device)
            present[name] = _tensor(here, device)
        extras = {key: _tensor(value[rows], device) for key, value in self.extras.items()}
        return Batch(len(rows), tensors, owners, present, extras)

    def _chunks(self, name, source, rows, device, rng):
        """Arrays of one modality in chunks, and the owners of their instances."""
        whole = np.arange(len(rows))
        varies = getattr(source, "chunked", name == "light_curve")
        overhead = getattr(source, "chunk_overhead", None)
        few = len(rows) <= (CHUNK if overhead is None else GRAIN)
        if not varies or few or str(device).startswith("cuda"):
            arrays, owner = source.gather(self.prepared[name], rows, rng)
            return [arrays], owner
        lengths = self.prepared[name].lengths[rows]
        order = whole[np.argsort(lengths, kind="stable")]
        if overhead is None:
            parts = np.array_split(order, -(-len(rows) // CHUNK))
        else:
            parts = np.split(order, cheapest_cuts(lengths[order], overhead))
        chunks, owners = [], []
        for part in parts:
            arrays, owner = source.gather(self.prepared[name], rows[part], rng)
            if len(owner):
                chunks.append(arrays)
                owners.append(part[owner])
        return chunks, np.concatenate(owners) if owners else np.empty(0, dtype=int)


class BatchLoader:
    """Iterate over a dataset in batches of objects of like length.

    In training, objects are shuffled, pools of up to fifty batches are sorted by a noisy length,
    and the batches are shuffled; a contrastive loss must not be told by length alone. Where the
    dataset has groups, each batch holds as many objects of every group. Otherwise
    objects are sorted by length, those of two modalities first, and come with their positions.

    Parameters
    ----------
    dataset : TableDataset
    batch_size : int
    training : bool
    device : str
    seed : int
        Every epoch draws from a generator of its own, seeded by this and the epoch's number.
    epoch : int
        Number of the first epoch.
    """

    def __init__(self, dataset, batch_size, training=False, device="cpu", seed=0, epoch=0):
        self.dataset, self.batch_size = dataset, batch_size
        self.training, self.device = training, device
        self.seed, self.epoch = seed, epoch

    def __len__(self):
        return max(1, -(-len(self.dataset) // self.batch_size))

    def plan(self, rng=None):
        """Positions of the objects of each batch, a list of arrays."""
        n = len(self.dataset)
        if rng is None:
            # What has partners comes together: a loss over pairs needs them in one batch.
            order = np.lexsort((self.dataset.lengths, ~self.dataset.paired))
            return np.array_split(order, range(self.batch_size, n, self.batch_size))
        order = rng.permutation(n)
        # Small data would make one pool of all: four pools at least keep negatives of any length.
        pool = min(POOL, max(1, len(self) // 4))
        lengths = self.dataset.lengths[order] * rng.uniform(0.8, 1.25, n)
        if self.dataset.groups is not None:
            groups = self.dataset.groups[self.dataset.rows[order]]
            batches = balanced_batches(groups, lengths, len(self), pool, rng)
            return [order[batches[i]] for i in rng.permutation(len(batches))]
        pool *= self.batch_size
        order = order[np.lexsort((lengths, np.arange(n) // pool))]
        # Equal shares: a last batch of one object would teach nothing.
        batches = np.array_split(order, len(self))
        return [batches[i] for i in rng.permutation(len(batches))]

    def __iter__(self):
        rng = None
        if self.training:
            rng = np.random.default_rng([self.seed, self.epoch])
            self.epoch += 1
        plan = self.plan(rng)
        if not str(self.device).startswith("cuda"):
            for positions in plan:
                yield self.dataset.gather(positions, self.device, rng), positions
            return
        # While the device works on one batch, a thread gathers the next.
        with ThreadPoolExecutor(1) as thread:
            ahead = None
            for positions in [*plan, None]:
                ready = ahead
                ahead = (
                    (thread.submit(self.dataset.gather, positions, self.device, rng), positions)
                    if positions is not None
                    else None
                )
                if ready is not None:
                    yield ready[0].result(), ready[1]


def cheapest_cuts(lengths, overhead):
    """Where to cut rows of rising length, so that padding each part costs least.

    A part of n rows, padded to L points, costs L (overhead + n): a step of a recurrent network
    costs as much as `overhead` rows before it has any.

    Parameters
    ----------
    lengths : array of int, shape (n,)
        Rising.
    overhead : float

    Returns
    -------
    array of int
        Places of the cuts, multiples of eight.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_sn.nets import cheapest_cuts
    >>> cheapest_cuts(np.repeat([10, 100], [40, 24]), overhead=10.0)
    array([40])
    """
    ends = np.append(np.arange(GRAIN, len(lengths), GRAIN), len(lengths))
    starts = np.append(0, ends[:-1])
    longest = np.asarray(lengths, dtype=np.float64)[ends - 1]
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
    if str(device).startswith("cuda"):
        return tensor.pin_memory().to(device, non_blocking=True)
    return tensor
