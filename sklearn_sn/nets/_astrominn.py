"""The net of the mixture of experts on several modalities."""

from typing import Any

import torch
from torch import nn

from sklearn_sn.losses import ExpertLoss
from sklearn_sn.nets._net import BatchNet


class AstroMiNNNet(BatchNet):
    """Net with the weighted mean of the criterion, plus the loss of the router.

    Objects without any modality contribute nothing.

    Parameters
    ----------
    balance_weight, specialization_weight : float
        Weights of the terms of :class:`~sklearn_sn.losses.ExpertLoss`.
    """

    def __init__(
        self,
        module: nn.Module | type[nn.Module],
        *,
        balance_weight: float = 0.0,
        specialization_weight: float = 0.0,
        **kwargs: Any,
    ) -> None:
        self.balance_weight = balance_weight
        self.specialization_weight = specialization_weight
        super().__init__(module, **kwargs)

    def get_loss(
        self, y_pred: Any, y_true: Any, X: Any = None, training: bool = False
    ) -> torch.Tensor:
        labels = X.targets["targets"]
        weight = torch.zeros_like(y_pred["outputs"][:, 0])
        for present in X.present.values():
            weight = torch.maximum(weight, present.to(weight.dtype))
        if "weight" in X.targets:
            weight = weight * X.targets["weight"]
        losses = self.criterion_(y_pred["outputs"], labels)
        loss = (losses * weight).sum() / weight.sum().clamp(min=1e-6)
        if y_pred["routing"].shape[1] == 1:
            return loss
        experts = ExpertLoss(self.balance_weight, self.specialization_weight)
        return loss + experts(y_pred["routing"], y_pred["shares"], labels, weight)
