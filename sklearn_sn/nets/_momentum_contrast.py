"""The net of momentum contrast."""

from typing import Any, Self

import torch
from torch import nn

from sklearn_sn.nets._batch import Batch, TableDataset
from sklearn_sn.nets._key_encoder import KeyEncoder
from sklearn_sn.nets._key_queue import KeyQueue
from sklearn_sn.nets._net import BatchNet


class MomentumContrastNet(BatchNet):
    """Net with an encoder of keys that follows the module, and a queue of keys.

    Every fit begins with a copy of the module and an empty queue, and drops both at its end.

    Parameters
    ----------
    momentum : float
        Largest momentum of the encoder of keys, in [0, 1).
    queue_size : int
        Keys of earlier batches that serve as negatives, at most as many as training objects.
    """

    def __init__(
        self,
        module: nn.Module | type[nn.Module],
        *,
        momentum: float = 0.999,
        queue_size: int = 4096,
        **kwargs: Any,
    ) -> None:
        self.momentum, self.queue_size = momentum, queue_size
        super().__init__(module, **kwargs)

    def fit_loop(self, X: TableDataset, *args: Any, **kwargs: Any) -> Self:
        """Run the epochs with a new key encoder and an empty queue."""
        self.key_encoder_ = KeyEncoder(self.module_, self.momentum)
        # Keys of more than one epoch would be those of a very different encoder.
        size = min(self.queue_size, len(X))
        self.queue_ = KeyQueue(size, self.module_.projection_dim, self.device)
        try:
            return super().fit_loop(X, *args, **kwargs)
        finally:
            # Neither a pickle nor a prediction needs them.
            self.key_encoder_ = self.queue_ = None

    def infer(self, x: Batch, **fit_params: Any) -> dict[str, torch.Tensor]:
        views = x.tensors["image"][0]
        return {
            "queries": self.module_(views["query"]),
            "keys": self.key_encoder_(views["key"]),
        }

    def get_loss(
        self, y_pred: Any, y_true: Any, X: Any = None, training: bool = False
    ) -> torch.Tensor:
        # The queue has keys of the training objects, of which a validation part has none.
        same = None
        if training:
            objects = torch.as_tensor(y_true, device=self.queue_.objects.device)
            same = objects[:, None] == self.queue_.objects  # (B, K)
        return self.criterion_(y_pred["queries"], y_pred["keys"], self.queue_.keys, same)

    def train_step_single(self, batch: Any, **fit_params: Any) -> dict[str, Any]:
        """Update the encoder of keys, compute the gradients, and add the keys to the queue."""
        self.key_encoder_.follow(self.module_)
        step = super().train_step_single(batch, **fit_params)
        keys = step["y_pred"]["keys"]
        self.queue_.push(keys, torch.as_tensor(batch[1], device=keys.device))
        return step
