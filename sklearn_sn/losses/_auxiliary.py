"""Losses of supervised heads whose labels may be missing."""

import torch
from torch import nn
from torch.nn import functional as F


class AuxiliaryLoss(nn.Module):
    r"""Cross-entropy of classes plus squared error of targets, where they are known.

    .. math:: L = \langle -\log p_{i, y_i} \rangle_{i: y_i \ge 0}
        + \langle h(t_{ij} - \hat t_{ij}) \rangle_{ij: t_{ij} \text{ finite}},

    with Huber's function :math:`h`; averaged over modalities. An object without the modality, a
    class of -1 and a target of NaN contribute nothing.

    Parameters
    ----------
    class_weight : tensor of shape (n_classes,), optional
    """

    def __init__(self, class_weight=None):
        super().__init__()
        self.register_buffer("class_weight", class_weight)

    def forward(self, classes, targets, present, true_classes=None, true_targets=None):
        losses = []
        for name, logits in classes.items():
            known = present[name] & (true_classes >= 0)
            # Out-of-range labels are ignored by cross_entropy itself.
            labels = torch.where(known, true_classes, -100)
            loss = F.cross_entropy(
                logits, labels, weight=self.class_weight, ignore_index=-100, reduction="sum"
            )
            norm = (
                known.sum()
                if self.class_weight is None
                else (self.class_weight[true_classes.clamp(min=0)] * known).sum()
            )
            losses.append(loss / norm.clamp(min=1e-6))
        for name, values in targets.items():
            known = present[name][:, None] & torch.isfinite(true_targets)
            error = F.smooth_l1_loss(values, true_targets.nan_to_num(), reduction="none")
            losses.append((error * known).sum() / known.sum().clamp(min=1))
        return torch.stack(losses).sum() / max(len(classes), len(targets), 1)
