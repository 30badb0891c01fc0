"""A queue of the keys of earlier batches."""

import torch


class KeyQueue:
    """First-in, first-out queue of keys, in which new keys replace the oldest.

    Parameters
    ----------
    size : int
        Largest number of keys; 0 keeps none.
    width : int
        Width of a key.
    device : str or torch.device
        Device of the keys.

    Examples
    --------
    >>> import torch
    >>> from sklearn_sn.nets import KeyQueue
    >>> queue = KeyQueue(3, 1)
    >>> queue.push(torch.tensor([[1.0], [2.0]]), torch.tensor([7, 8]))
    >>> queue.push(torch.tensor([[3.0], [4.0]]), torch.tensor([9, 7]))
    >>> queue.keys.flatten().tolist(), queue.objects.tolist()
    ([4.0, 2.0, 3.0], [7, 8, 9])
    """

    def __init__(self, size: int, width: int, device: str | torch.device = "cpu") -> None:
        self.size = size
        self._keys = torch.zeros(size, width, device=device)
        self._objects = torch.full((size,), -1, dtype=torch.int64, device=device)
        self._next, self._n_keys = 0, 0

    @property
    def keys(self) -> torch.Tensor:
        """The keys, (n_keys, width), in no particular order."""
        return self._keys[: self._n_keys]

    @property
    def objects(self) -> torch.Tensor:
        """The objects of the keys, int64 (n_keys,)."""
        return self._objects[: self._n_keys]

    def push(self, keys: torch.Tensor, objects: torch.Tensor) -> None:
        """Add keys, and remove as many of the oldest as exceed the size.

        Parameters
        ----------
        keys : tensor of shape (n, width)
            New keys; stored without their graph.
        objects : int64 tensor of shape (n,)
            Objects that they belong to.
        """
        if not self.size:
            return
        keys, objects = keys.detach()[-self.size :], objects[-self.size :]
        place = torch.arange(self._next, self._next + len(keys), device=keys.device) % self.size
        # Not in place: the graph of an earlier loss may hold the stored tensor.
        self._keys = self._keys.index_copy(0, place, keys)
        self._objects = self._objects.index_copy(0, place, objects)
        self._next = (self._next + len(keys)) % self.size
        self._n_keys = min(self.size, self._n_keys + len(keys))
