"""Losses that give hard and rare examples more weight."""

import torch
from torch import nn
from torch.nn import functional as F


class FocalLoss(nn.Module):
    r"""Cross-entropy that cares less for what is classified well already (Lin et al. 2017).

    .. math:: L_i = -w_{y_i} (1 - p_{i, y_i})^\gamma \log p_{i, y_i}

    Shapes: logits (B, n_classes), labels (B,) int64; result (B,).

    Parameters
    ----------
    gamma : float, default=2.0
        With 0, this is the cross-entropy.
    class_weight : tensor of shape (n_classes,), optional

    Examples
    --------
    >>> import torch
    >>> from sklearn_sn.losses import FocalLoss
    >>> logits, labels = torch.tensor([[3.0, 0.0], [0.0, 3.0]]), torch.tensor([0, 0])
    >>> [round(float(value), 4) for value in FocalLoss(gamma=2.0)(logits, labels)]
    [0.0001, 2.7663]
    """

    _file_kind = "type"

    def __init__(self, gamma=2.0, class_weight=None):
        super().__init__()
        self.gamma = gamma
        self.register_buffer("class_weight", class_weight)

    def forward(self, logits, labels):
        log_p = F.log_softmax(logits, dim=1).gather(1, labels[:, None])[:, 0]
        # 1 - p, without the rounding of p near 1; a root has no slope at 0.
        missed = (-torch.expm1(log_p)).clamp(min=1e-6)
        loss = -(missed**self.gamma) * log_p
        return loss if self.class_weight is None else loss * self.class_weight[labels]


def effective_number_weights(counts, beta):
    r"""Weights of classes by the effective number of their examples (Cui et al. 2019).

    .. math:: w_c \propto \frac{1 - \beta}{1 - \beta^{n_c}}

    Parameters
    ----------
    counts : tensor of shape (n_classes,)
        Examples of each class, :math:`n_c`.
    beta : float
        In [0, 1): 0 gives equal weights; near 1, weights inverse to the counts.

    Returns
    -------
    tensor of shape (n_classes,)
        With a mean of 1.

    Examples
    --------
    >>> import torch
    >>> from sklearn_sn.losses import effective_number_weights
    >>> effective_number_weights(torch.tensor([10.0, 1000.0]), beta=0.99)
    tensor([1.8254, 0.1746])
    """
    weights = (1.0 - beta) / (1.0 - beta ** counts.double())
    return (weights / weights.mean()).float()
