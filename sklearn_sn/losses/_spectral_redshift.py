"""The loss of class and redshift together."""

import torch
from torch import nn
from torch.nn import functional as F

BEYOND = 3.0  # bins beyond the grid that its end still stands for


class ClassShiftLoss(nn.Module):
    r"""Cross-entropy of the class and a shift that is known to a width.

    .. math:: L_i = -w_{y_i} \sum_s q_{is} \log p_{i, y_i, s},
        \qquad q_{is} \propto e^{-(s - t_i)^2 / 2 \sigma^2}

    and where the shift :math:`t_i` is not known, :math:`-w_{y_i} \log \sum_s p_{i, y_i, s}`.

    Shapes: logits (B, n_classes n_shifts), class by class; labels (B,) int64; shifts (B,) in bins,
    NaN or beyond the grid where unknown; result (B,).

    Parameters
    ----------
    n_classes : int
    width : float
        :math:`\sigma`, in bins.
    class_weight : tensor of shape (n_classes,), optional
    """

    _file_kind = "type"

    def __init__(self, n_classes, width=1.0, class_weight=None):
        super().__init__()
        self.n_classes, self.width = n_classes, width
        self.register_buffer("class_weight", class_weight)

    def forward(self, logits, labels, shifts):
        log_p = F.log_softmax(logits, dim=1).unflatten(1, (self.n_classes, -1))  # (B, C, S)
        own = log_p[torch.arange(len(labels), device=labels.device), labels]  # (B, S)
        n_shifts = own.shape[1]
        known = (shifts > -BEYOND) & (shifts < n_shifts - 1 + BEYOND)
        place = torch.where(known, shifts, 0.0).clamp(0.0, n_shifts - 1.0)
        away = torch.arange(n_shifts, device=own.device) - place[:, None]
        target = F.softmax(-0.5 * (away / self.width) ** 2, dim=1)
        loss = torch.where(known, -(target * own).sum(1), -torch.logsumexp(own, dim=1))
        return loss if self.class_weight is None else loss * self.class_weight[labels]
