"""Focal loss and class weights, for hard and rare examples."""

import torch
from torch import nn
from torch.nn import functional as F


class FocalLoss(nn.Module):
    r"""Focal loss: cross-entropy with less weight on well-classified examples.

    The loss of an example with label :math:`y_i` is [1]_

    .. math:: L_i = -w_{y_i} (1 - p_{i, y_i})^\gamma \log p_{i, y_i}.

    Parameters
    ----------
    gamma : float, default=2.0
        Focusing exponent :math:`\gamma`. With 0 the loss is the cross-entropy.
    class_weight : tensor of shape (n_classes,), optional
        Weight :math:`w` of each class. By default all weights are 1.

    References
    ----------
    .. [1] Lin, T.-Y., Goyal, P., Girshick, R., He, K. & Dollár, P. (2017). "Focal Loss for Dense
       Object Detection". ICCV.

    Examples
    --------
    >>> import torch
    >>> from sklearn_sn.losses import FocalLoss
    >>> logits, labels = torch.tensor([[3.0, 0.0], [0.0, 3.0]]), torch.tensor([0, 0])
    >>> [round(float(value), 4) for value in FocalLoss(gamma=2.0)(logits, labels)]
    [0.0001, 2.7663]
    """

    _file_kind = "type"

    class_weight: torch.Tensor | None

    def __init__(self, gamma: float = 2.0, class_weight: torch.Tensor | None = None) -> None:
        super().__init__()
        self.gamma = gamma
        self.register_buffer("class_weight", class_weight)

    def forward(self, logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Compute the loss of each object.

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
        log_p = F.log_softmax(logits, dim=1).gather(1, labels[:, None])[:, 0]
        # 1 - p without rounding near p = 1; the clamp avoids an infinite gradient for gamma < 1.
        missed = (-torch.expm1(log_p)).clamp(min=1e-6)
        loss = -(missed**self.gamma) * log_p
        return loss if self.class_weight is None else loss * self.class_weight[labels]


def effective_number_weights(counts: torch.Tensor, beta: float) -> torch.Tensor:
    r"""Compute class weights from the effective number of examples.

    The weight of class :math:`c` with :math:`n_c` examples is [1]_

    .. math:: w_c \propto \frac{1 - \beta}{1 - \beta^{n_c}}.

    Parameters
    ----------
    counts : tensor of shape (n_classes,)
        Number of examples of each class, :math:`n_c`.
    beta : float
        Parameter in [0, 1). With 0 the weights are equal; near 1 they are inversely proportional to
        the counts.

    Returns
    -------
    tensor of shape (n_classes,)
        Weights, with a mean of 1.

    References
    ----------
    .. [1] Cui, Y., Jia, M., Lin, T.-Y., Song, Y. & Belongie, S. (2019). "Class-Balanced Loss Based
       on Effective Number of Samples". CVPR.

    Examples
    --------
    >>> import torch
    >>> from sklearn_sn.losses import effective_number_weights
    >>> effective_number_weights(torch.tensor([10.0, 1000.0]), beta=0.99)
    tensor([1.8254, 0.1746])
    """
    weights = (1.0 - beta) / (1.0 - beta ** counts.double())
    return (weights / weights.mean()).float()
