"""The net of the contrastive embedder."""

import math

import torch

from sklearn_sn.losses import AuxiliaryLoss
from sklearn_sn.nets._net import BatchNet


class ContrastiveNet(BatchNet):
    """InfoNCE, plus the auxiliary heads' loss where they are asked for.

    Parameters
    ----------
    max_scale : float
        A learned logit scale is kept at this at most (Radford et al. 2021).
    aux_weight : float
        Weight of the auxiliary loss.
    class_weight : tensor of shape (n_classes,), optional
    """

    def __init__(self, module, *, max_scale=100.0, aux_weight=0.0, class_weight=None, **kwargs):
        self.max_scale = max_scale
        self.aux_weight, self.class_weight = aux_weight, class_weight
        super().__init__(module, **kwargs)

    def get_loss(self, y_pred, y_true, X=None, training=False):
        if y_pred["log_scale"].requires_grad:
            # The parameter itself: a clamp in the loss would leave it without a gradient beyond.
            with torch.no_grad():
                y_pred["log_scale"].clamp_(max=math.log(self.max_scale))
        loss = self.criterion_(y_pred["embeddings"], X.present, y_pred["log_scale"])
        if self.aux_weight > 0 and (y_pred["classes"] or y_pred["targets"]):
            auxiliary = AuxiliaryLoss(self.class_weight).to(loss.device)
            loss = loss + self.aux_weight * auxiliary(
                y_pred["classes"],
                y_pred["targets"],
                X.present,
                X.extras.get("classes"),
                X.extras.get("targets"),
            )
        return loss
