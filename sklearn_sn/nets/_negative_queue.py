"""A queue of the embeddings of earlier batches."""

import numpy as np
import torch

from sklearn_sn.losses import Negatives


class NegativeQueue:
    """First-in, first-out queue of embeddings, as negatives of a contrastive loss.

    It holds the objects with two modalities or more of the last training batches, without
    gradients. The embeddings are those of the weights at that time.

    Parameters
    ----------
    size : int
        Largest number of objects.

    Attributes
    ----------
    object_ids : array of int64, shape (n_queued,)
        Objects in the queue, oldest first.
    embeddings : dict of str to tensor of shape (n_queued, D)
        Unit vectors by modality; zeros where an object lacks it.
    present : dict of str to bool tensor of shape (n_queued,)
        Whether an object has the modality.

    Examples
    --------
    >>> import torch
    >>> from sklearn_sn.nets import NegativeQueue
    >>> queue = NegativeQueue(size=3)
    >>> both = torch.ones(2, dtype=torch.bool)
    >>> for ids in ([0, 1], [2, 3]):
    ...     queue.append(ids, {"image": torch.eye(2), "spectrum": torch.eye(2)},
    ...                  {"image": both, "spectrum": both})
    >>> queue.object_ids
    array([1, 2, 3])
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.clear()

    def __len__(self):
        return len(self.object_ids)

    def clear(self) -> None:
        """Remove all objects."""
        self.object_ids = np.empty(0, dtype=np.int64)
        self.embeddings, self.present = {}, {}

    def append(
        self,
        object_ids: np.ndarray,
        embeddings: dict[str, torch.Tensor],
        present: dict[str, torch.Tensor],
    ) -> None:
        """Add a batch, and remove the oldest objects beyond `size`.

        Parameters
        ----------
        object_ids : array of int, shape (B,)
            Objects of the batch.
        embeddings : dict of str to tensor of shape (B, D)
            Unit vectors by modality. A modality that no object has may be absent.
        present : dict of str to bool tensor of shape (B,)
            Whether an object has the modality.
        """
        paired = torch.stack([present[name] for name in embeddings]).sum(dim=0) >= 2  # (B,)
        n_new = int(paired.sum())
        new = {name: z.detach()[paired] for name, z in embeddings.items()}
        mask = {name: present[name][paired] for name in embeddings}
        n_old = len(self)
        for name in self.embeddings.keys() | new.keys():
            like = new[name] if name in new else self.embeddings[name]
            old_z = self.embeddings.get(name, like.new_zeros(n_old, like.shape[1]))
            new_z = new.get(name, like.new_zeros(n_new, like.shape[1]))
            self.embeddings[name] = torch.cat([old_z, new_z])[-self.size :]
            none = torch.zeros(1, dtype=torch.bool, device=like.device)
            old_mask = self.present.get(name, none.expand(n_old))
            new_mask = mask.get(name, none.expand(n_new))
            self.present[name] = torch.cat([old_mask, new_mask])[-self.size :]
        new_ids = np.asarray(object_ids, dtype=np.int64)[paired.cpu().numpy()]
        self.object_ids = np.concatenate([self.object_ids, new_ids])[-self.size :]

    def negatives(self, object_ids: np.ndarray) -> Negatives | None:
        """Return the queue as negatives of a batch, or None if it is empty.

        Parameters
        ----------
        object_ids : array of int, shape (B,)
            Objects of the batch. An object is no negative of itself.
        """
        if not len(self):
            return None
        same = np.asarray(object_ids)[:, None] == self.object_ids  # (B, n_queued)
        device = next(iter(self.embeddings.values())).device
        is_same = torch.from_numpy(same).to(device)
        return Negatives(self.embeddings, self.present, is_same)
