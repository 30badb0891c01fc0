"""Supervised contrastive loss."""

import torch
from torch import nn
from torch.nn import functional as F


class SupConLoss(nn.Module):
    r"""Pull objects of one class together, push those of others apart (Khosla et al. 2020).

    .. math::

        L = \frac{1}{|P|} \sum_{(i, j) \in P} -\log
            \frac{e^{s_{ij} / T}}{\sum_{k \ne i} e^{s_{ik} / T}},
        \qquad P = \{(i, j) : i \ne j,\; y_i = y_j\},

    with the cosine :math:`s_{ij}` of two latents: the mean over all ordered pairs of one class, as
    Gupta et al. (2025) average. A batch without such a pair contributes 0.

    Shapes: latent (B, d), labels (B,) int64, negative for objects to leave out; result a scalar.

    Parameters
    ----------
    temperature : float, default=0.5
        The :math:`T` above.

    Examples
    --------
    >>> import torch
    >>> from sklearn_sn.losses import SupConLoss
    >>> latent, labels = torch.eye(4), torch.tensor([0, 0, 1, 2])
    >>> round(float(SupConLoss(temperature=0.5)(latent, labels)), 4)  # log 3: all are equally far
    1.0986
    """

    def __init__(self, temperature=0.5):
        super().__init__()
        self.temperature = temperature

    def forward(self, latent, labels):
        unit = F.normalize(latent, dim=1)
        itself = torch.eye(len(labels), dtype=torch.bool, device=labels.device)
        logits = unit @ unit.T / self.temperature  # (B, B)
        # The lowest finite number, not -inf: a row of -inf has no softmax.
        left_out = itself | (labels < 0)[None]
        log_p = F.log_softmax(logits.masked_fill(left_out, torch.finfo(logits.dtype).min), dim=1)
        positive = (labels[:, None] == labels[None]) & ~left_out & (labels >= 0)[:, None]
        return -log_p.masked_fill(~positive, 0.0).sum() / positive.sum().clamp(min=1)
