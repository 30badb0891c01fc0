"""The net of the contrastive embedder."""

import math
from typing import Any, Self

import torch
from torch import nn

from sklearn_sn.losses import AuxiliaryLoss
from sklearn_sn.nets._batch import Batch
from sklearn_sn.nets._negative_queue import NegativeQueue
from sklearn_sn.nets._net import BatchNet


class ContrastiveNet(BatchNet):
    """Net with the InfoNCE loss, plus the loss of auxiliary heads.

    Parameters
    ----------
    max_scale : float
        Upper bound of a learned logit scale (Radford et al. 2021).
    aux_weight : float
        Weight of the auxiliary loss.
    class_weight : tensor of shape (n_classes,), optional
        Weights of the classes in the auxiliary loss; None weights them equally.
    queue_size : int
        Number of objects of earlier batches that are further negatives in training. The queue is
        empty before and after training.
    """

    def __init__(
        self,
        module: nn.Module | type[nn.Module],
        *,
        max_scale: float = 100.0,
        aux_weight: float = 0.0,
        class_weight: torch.Tensor | None = None,
        queue_size: int = 0,
        **kwargs: Any,
    ) -> None:
        self.max_scale = max_scale
        self.aux_weight, self.class_weight = aux_weight, class_weight
        self.queue_size = queue_size
        super().__init__(module, **kwargs)

    def initialize_criterion(self) -> Self:
        super().initialize_criterion()
        # Move the weights to the device once, not in every batch.
        self.auxiliary_loss_ = AuxiliaryLoss(self.class_weight).to(self.device)
        self.queue_ = NegativeQueue(self.queue_size)
        return self

    def fit_loop(self, *args: Any, **kwargs: Any) -> Self:
        """Run the epochs with a queue that starts empty."""
        self.queue_.clear()
        try:
            return super().fit_loop(*args, **kwargs)
        finally:
            self.queue_.clear()

    def complete_outputs(self, y_pred: dict[str, Any], x: Batch) -> dict[str, Any]:
        """Return the outputs with zeros for modalities that only other processes have."""
        module = self.module_
        widths = {"embeddings": module.embedding_dim}
        for key, head in (("classes", module.class_head), ("targets", module.target_head)):
            if head is not None:
                widths[key] = head.out_features
        zeros = next(module.parameters()).new_zeros(len(x), 1)
        filled = {
            # The order of modalities must be the same in all processes.
            key: {n: y_pred[key].get(n, zeros.expand(-1, width)) for n in x.joint.present}
            for key, width in widths.items()
        }
        return {**y_pred, **filled}

    def get_loss(
        self, y_pred: Any, y_true: Any, X: Any = None, training: bool = False
    ) -> torch.Tensor:
        if y_pred["log_scale"].requires_grad:
            # Clamp the parameter itself: a clamp inside the loss has no gradient beyond the bound.
            with torch.no_grad():
                y_pred["log_scale"].clamp_(max=math.log(self.max_scale))
        embeddings, scale = y_pred["embeddings"], y_pred["log_scale"]
        if training and self.queue_size:
            negatives = self.queue_.negatives(y_true)
            loss = self.criterion_(embeddings, X.present, scale, negatives)
            self.queue_.append(y_true, embeddings, X.present)
        else:
            loss = self.criterion_(embeddings, X.present, scale)
        if self.aux_weight > 0 and (y_pred["classes"] or y_pred["targets"]):
            loss = loss + self.aux_weight * self.auxiliary_loss_(
                y_pred["classes"],
                y_pred["targets"],
                X.present,
                X.targets.get("classes"),
                X.targets.get("targets"),
            )
        return loss
