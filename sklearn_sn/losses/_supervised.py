"""Supervised losses of classes and numbers, with one value per object."""

import math

import torch
from torch import nn
from torch.nn import functional as F


class ClassificationLoss(nn.Module):
    r"""Cross-entropy with class weights.

    .. math:: L_i = -w_{y_i} \log p_{i, y_i}

    Parameters
    ----------
    class_weight : tensor of shape (n_classes,), optional
        Weight :math:`w` of each class. By default all weights are 1.
    """

    _file_kind = "type"

    class_weight: torch.Tensor | None

    def __init__(self, class_weight: torch.Tensor | None = None) -> None:
        super().__init__()
        self.register_buffer("class_weight", class_weight)

    def forward(self, logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        r"""Compute the loss of each object.

        Parameters
        ----------
        logits : tensor of shape (B, n_classes)
            Class logits.
        labels : int64 tensor of shape (B,)
            Class labels.

        Returns
        -------
        tensor of shape (B,)
            Loss of each object.
        """
        return F.cross_entropy(logits, labels, weight=self.class_weight, reduction="none")


class SquaredErrorLoss(nn.Module):
    r"""Squared error: :math:`L_i = (t_i - \hat t_i)^2`."""

    _file_kind = "type"

    n_outputs = 1

    def forward(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        r"""Compute the loss of each object.

        Parameters
        ----------
        outputs : tensor of shape (B, 1)
            Predictions :math:`\hat t`.
        targets : tensor of shape (B,)
            Targets :math:`t`.

        Returns
        -------
        tensor of shape (B,)
            Loss of each object.
        """
        return (outputs[:, 0] - targets) ** 2


class GaussianLoss(nn.Module):
    r"""Negative log-likelihood of a Gaussian whose mean and variance the network predicts.

    .. math:: L_i = \frac12 \left[ s_i + (t_i - \hat t_i)^2 e^{-s_i} + \ln 2\pi \right]
    """

    _file_kind = "type"

    n_outputs = 2
    LOWEST, HIGHEST = -10.0, 6.0  # limits of the log-variance, for standardised targets

    def forward(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        r"""Compute the loss of each object.

        Parameters
        ----------
        outputs : tensor of shape (B, 2)
            Mean :math:`\hat t` and log-variance :math:`s`.
        targets : tensor of shape (B,)
            Targets :math:`t`.

        Returns
        -------
        tensor of shape (B,)
            Loss of each object, in nats.
        """
        mean, log_variance = outputs[:, 0], outputs[:, 1].clamp(self.LOWEST, self.HIGHEST)
        error = (targets - mean) ** 2 * torch.exp(-log_variance)
        return 0.5 * (log_variance + error + math.log(2 * math.pi))
