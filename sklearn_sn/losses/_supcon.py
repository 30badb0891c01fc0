"""Supervised contrastive loss."""

import torch
from torch import nn
from torch.nn import functional as F


class SupConLoss(nn.Module):
    r"""Supervised contrastive loss.

    It attracts objects of one class and repels objects of different classes [1]_:

    .. math::

        L = \frac{1}{|P|} \sum_{(i, j) \in P} -\log
            \frac{e^{s_{ij} / T}}{\sum_{k \ne i} e^{s_{ik} / T}},
        \qquad P = \{(i, j) : i \ne j,\; y_i = y_j\},

    with the cosine similarity :math:`s_{ij}` of two latent vectors. The mean extends over all
    ordered pairs of one class, as in [2]_. A batch without such a pair contributes 0.

    Parameters
    ----------
    temperature : float, default=0.5
        Temperature :math:`T`.

    References
    ----------
    .. [1] Khosla, P. et al. (2020). "Supervised Contrastive Learning". NeurIPS 33.
    .. [2] "Simulation-Pretrained Foundation Models for Domain-General Astronomical Time Series
       Tasks with Minimal Labeled Data" (2025). Workshop paper (anonymous copy).

    Examples
    --------
    >>> import torch
    >>> from sklearn_sn.losses import SupConLoss
    >>> latent, labels = torch.eye(4), torch.tensor([0, 0, 1, 2])
    >>> round(float(SupConLoss(temperature=0.5)(latent, labels)), 4)  # log 3: equal distances
    1.0986
    """

    def __init__(self, temperature: float = 0.5) -> None:
        super().__init__()
        self.temperature = temperature

    def forward(self, latent: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Compute the loss of a batch.

        Parameters
        ----------
        latent : tensor of shape (B, d)
            Latent vectors; their length has no effect.
        labels : int64 tensor of shape (B,)
            Class labels; objects with a negative label are left out.

        Returns
        -------
        scalar tensor
            Loss.
        """
        unit = F.normalize(latent, dim=1)
        itself = torch.eye(len(labels), dtype=torch.bool, device=labels.device)
        logits = unit @ unit.T / self.temperature  # (B, B)
        # Mask with the lowest finite number: the softmax of a row of -inf is NaN.
        left_out = itself | (labels < 0)[None]
        log_p = F.log_softmax(logits.masked_fill(left_out, torch.finfo(logits.dtype).min), dim=1)
        positive = (labels[:, None] == labels[None]) & ~left_out & (labels >= 0)[:, None]
        return -log_p.masked_fill(~positive, 0.0).sum() / positive.sum().clamp(min=1)
