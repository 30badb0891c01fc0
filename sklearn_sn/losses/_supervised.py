"""Losses of labels and numbers, one value per object."""

import math

import torch
from torch import nn
from torch.nn import functional as F


class ClassificationLoss(nn.Module):
    r"""Cross-entropy with weights of classes.

    .. math:: L_i = -w_{y_i} \log p_{i, y_i}

    Shapes: logits (B, n_classes), labels (B,) int64; result (B,).

    Parameters
    ----------
    class_weight : tensor of shape (n_classes,), optional
    """

    _file_kind = "type"

    def __init__(self, class_weight=None):
        super().__init__()
        self.register_buffer("class_weight", class_weight)

    def forward(self, logits, labels):
        return F.cross_entropy(logits, labels, weight=self.class_weight, reduction="none")


class SquaredErrorLoss(nn.Module):
    r"""Squared error: :math:`L_i = (t_i - \hat t_i)^2`.

    Shapes: outputs (B, 1), targets (B,); result (B,).
    """

    _file_kind = "type"

    n_outputs = 1

    def forward(self, outputs, targets):
        return (outputs[:, 0] - targets) ** 2


class GaussianLoss(nn.Module):
    r"""Negative logarithm of a Gaussian likelihood whose width the network gives.

    .. math:: L_i = \frac12 \left[ s_i + (t_i - \hat t_i)^2 e^{-s_i} + \ln 2\pi \right]

    Shapes: outputs (B, 2), mean and log-variance :math:`s`; targets (B,); result (B,).
    """

    _file_kind = "type"

    n_outputs = 2
    LOWEST, HIGHEST = -10.0, 6.0  # of the log-variance of standardised targets

    def forward(self, outputs, targets):
        mean, log_variance = outputs[:, 0], outputs[:, 1].clamp(self.LOWEST, self.HIGHEST)
        error = (targets - mean) ** 2 * torch.exp(-log_variance)
        return 0.5 * (log_variance + error + math.log(2 * math.pi))
