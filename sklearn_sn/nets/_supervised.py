"""Nets of estimators that learn labels or numbers from one modality."""

from typing import Any

import torch
from torch import nn

from sklearn_sn.losses import SupConLoss
from sklearn_sn.nets._batch import Batch
from sklearn_sn.nets._net import BatchNet


class SupervisedNet(BatchNet):
    """Net with the weighted mean of the criterion over the objects with the modality.

    The targets of a batch are ``targets`` and optionally ``weight`` and ``offset`` (B, n_outputs),
    a known part of the outputs that is added to the outputs of the network.

    Parameters
    ----------
    modality : str
        Name of the modality.
    """

    _compares_objects = False

    def __init__(
        self, module: nn.Module | type[nn.Module], *, modality: str, **kwargs: Any
    ) -> None:
        self.modality = modality
        super().__init__(module, **kwargs)

    def infer(self, x: Batch, **fit_params: Any) -> tuple[torch.Tensor, torch.Tensor] | None:
        name = self.modality
        if name not in x.tensors:
            return None
        latent, outputs = self.module_(x.tensors[name], x.object_index[name], x.n_objects)
        if "offset" in x.targets:
            outputs = outputs + x.targets["offset"]
        return latent, outputs

    def complete_outputs(
        self, y_pred: tuple[torch.Tensor, torch.Tensor] | None, x: Batch
    ) -> tuple[torch.Tensor, torch.Tensor] | None:
        """Return the outputs, or zeros if only objects of other processes have the modality."""
        if y_pred is not None or self.modality not in x.joint.present:
            return y_pred
        like = next(self.module_.parameters())
        widths = self.module_.width, self.module_.n_outputs
        latent, outputs = (like.new_zeros(len(x), width) for width in widths)
        return latent, outputs

    def get_loss(
        self, y_pred: Any, y_true: Any, X: Any = None, training: bool = False
    ) -> torch.Tensor:
        if y_pred is None:
            # No object of the batch has the modality: return a zero with a gradient.
            return 0.0 * sum(p.sum() for p in self.module_.parameters() if p.requires_grad)
        _, outputs = y_pred
        weight = X.present[self.modality].to(outputs.dtype)
        if "weight" in X.targets:
            weight = weight * X.targets["weight"]
        loss = self._losses(outputs, X)
        return (loss * weight).sum() / weight.sum().clamp(min=1e-6)

    def _losses(self, outputs, X):
        """Return the criterion of each object, (B,)."""
        return self.criterion_(outputs, X.targets["targets"])


class SupConNet(SupervisedNet):
    """Net with the criterion plus the supervised contrastive loss of the latents.

    Parameters
    ----------
    contrastive_weight : float
        Weight of the contrastive loss; with 0 it is not computed.
    temperature : float
        Temperature of the contrastive loss.
    """

    _compares_objects = True

    def __init__(
        self,
        module: nn.Module | type[nn.Module],
        *,
        contrastive_weight: float = 1.0,
        temperature: float = 0.5,
        **kwargs: Any,
    ) -> None:
        self.contrastive_weight, self.temperature = contrastive_weight, temperature
        super().__init__(module, **kwargs)

    def get_loss(
        self, y_pred: Any, y_true: Any, X: Any = None, training: bool = False
    ) -> torch.Tensor:
        loss = super().get_loss(y_pred, y_true, X, training)
        if y_pred is None or self.contrastive_weight == 0:
            return loss
        # Mask objects instead of selecting them, because a selection waits for the device.
        labels = X.targets["targets"].where(X.present[self.modality], -1)
        return loss + self.contrastive_weight * SupConLoss(self.temperature)(y_pred[0], labels)
