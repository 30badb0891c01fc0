"""Loss of supervised heads with missing labels."""

import torch
from torch import nn
from torch.nn import functional as F


class AuxiliaryLoss(nn.Module):
    r"""Cross-entropy of classes plus Huber loss of targets, over the known labels.

    .. math:: L = \langle -\log p_{i, y_i} \rangle_{i: y_i \ge 0}
        + \langle h(t_{ij} - \hat t_{ij}) \rangle_{ij: t_{ij} \text{ finite}},

    with Huber's function :math:`h`, averaged over modalities. Objects without the modality, classes
    of -1 and targets of NaN contribute nothing.

    Parameters
    ----------
    class_weight : tensor of shape (n_classes,), optional
        Weight of each class in the cross-entropy. By default all weights are 1.
    """

    class_weight: torch.Tensor | None

    def __init__(self, class_weight: torch.Tensor | None = None) -> None:
        super().__init__()
        self.register_buffer("class_weight", class_weight)

    def forward(
        self,
        classes: dict[str, torch.Tensor],
        targets: dict[str, torch.Tensor],
        present: dict[str, torch.Tensor],
        true_classes: torch.Tensor | None = None,
        true_targets: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Compute the loss of a batch.

        Parameters
        ----------
        classes : dict of str to tensor of shape (B, n_classes)
            Class logits by modality.
        targets : dict of str to tensor of shape (B, n_targets)
            Predicted targets by modality.
        present : dict of str to bool tensor of shape (B,)
            Whether an object has the modality.
        true_classes : int64 tensor of shape (B,), optional
            Class labels; -1 if unknown.
        true_targets : tensor of shape (B, n_targets), optional
            Targets; NaN if unknown.

        Returns
        -------
        scalar tensor
            Loss, averaged over modalities.
        """
        losses = []
        for name, logits in classes.items():
            known = present[name] & (true_classes >= 0)
            # cross_entropy ignores labels equal to ignore_index.
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
