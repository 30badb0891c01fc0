"""Joint loss of class and redshift."""

import torch
from torch import nn
from torch.nn import functional as F

BEYOND = 3.0  # shifts outside the grid by less than this many bins are assigned to its end


class ClassShiftLoss(nn.Module):
    r"""Cross-entropy of the joint distribution over class and shift.

    The target of a known shift :math:`t_i` is a discretised Gaussian,

    .. math:: L_i = -w_{y_i} \sum_s q_{is} \log p_{i, y_i, s},
        \qquad q_{is} \propto e^{-(s - t_i)^2 / 2 \sigma^2}.

    If the shift is unknown, the loss is :math:`-w_{y_i} \log \sum_s p_{i, y_i, s}`.

    Parameters
    ----------
    n_classes : int
        Number of classes.
    width : float, default=1.0
        Standard deviation :math:`\sigma` of the target distribution, in bins.
    class_weight : tensor of shape (n_classes,), optional
        Weight :math:`w` of each class. By default all weights are 1.
    """

    _file_kind = "type"

    class_weight: torch.Tensor | None

    def __init__(
        self, n_classes: int, width: float = 1.0, class_weight: torch.Tensor | None = None
    ) -> None:
        super().__init__()
        self.n_classes, self.width = n_classes, width
        self.register_buffer("class_weight", class_weight)

    def forward(
        self, logits: torch.Tensor, labels: torch.Tensor, shifts: torch.Tensor
    ) -> torch.Tensor:
        """Compute the loss of each object.

        Parameters
        ----------
        logits : tensor of shape (B, n_classes * n_shifts)
            Joint logits, ordered by class and then by shift.
        labels : int64 tensor of shape (B,)
            Class labels.
        shifts : tensor of shape (B,)
            Shifts in bins. NaN and values far outside the grid are unknlog_p.

        Returns
        -------
        tensor of shape (B,)
            Loss of each object.
        """
        log_p = F.log_softmax(logits, dim=1).unflatten(1, (self.n_classes, -1))  # (B, C, S)
        log_p = log_p[torch.arange(len(labels), device=labels.device), labels]  # (B, S)
        n_shifts = log_p.shape[1]
        known = (shifts > -BEYOND) & (shifts < n_shifts - 1 + BEYOND)
        position = torch.where(known, shifts, 0.0).clamp(0.0, n_shifts - 1.0)
        distance = torch.arange(n_shifts, device=log_p.device) - position[:, None]  # (B, S)
        target = F.softmax(-0.5 * (distance / self.width) ** 2, dim=1)
        loss = torch.where(known, -(target * log_p).sum(1), -torch.logsumexp(log_p, dim=1))
        return loss if self.class_weight is None else loss * self.class_weight[labels]
