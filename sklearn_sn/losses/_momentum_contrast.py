"""The loss of momentum contrast: a query against its key and a queue of other keys."""

import torch
from torch import nn
from torch.nn import functional as F


class MomentumContrastLoss(nn.Module):
    r"""InfoNCE loss of queries, with negatives from the batch and from a queue [1]_.

    For unit vectors, queries :math:`q_i`, their keys :math:`k_i`, and temperature :math:`\tau`,

    .. math::

        L = -\frac{1}{B} \sum_i \log
            \frac{e^{q_i \cdot k_i / \tau}}
                 {\sum_j e^{q_i \cdot k_j / \tau} + \sum_m e^{q_i \cdot u_m / \tau}},

    where the sums in the denominator extend over the keys of the batch and over the earlier keys
    :math:`u_m` of the queue, without those of the same object.

    Earlier keys differ from those of the batch by age as well, and a network could lower the loss
    by moving all queries away from them. A constant is therefore added to the logits of each query
    with the queue, such that their mean is that of the logits with the other keys of the batch.

    Parameters
    ----------
    temperature : float, default=0.2
        Temperature :math:`\tau`.

    References
    ----------
    .. [1] He, K., Fan, H., Wu, Y., Xie, S. & Girshick, R. (2020). "Momentum Contrast for
       Unsupervised Visual Representation Learning". CVPR.

    Examples
    --------
    >>> import torch
    >>> from sklearn_sn.losses import MomentumContrastLoss
    >>> queries = keys = torch.eye(2)
    >>> MomentumContrastLoss(temperature=1.0)(queries, keys, torch.empty(0, 2))
    tensor(0.3133)
    """

    _file_kind = "type"

    def __init__(self, temperature: float = 0.2) -> None:
        super().__init__()
        self.temperature = temperature

    def forward(
        self,
        queries: torch.Tensor,
        keys: torch.Tensor,
        queue: torch.Tensor,
        same: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Compute the loss of a batch.

        Parameters
        ----------
        queries, keys : tensor of shape (B, D)
            Unit vectors of two views of each object.
        queue : tensor of shape (K, D)
            Unit vectors of earlier keys; K may be 0.
        same : bool tensor of shape (B, K), optional
            Whether a key of the queue belongs to the object of the query.

        Returns
        -------
        tensor of shape ()
            The loss.
        """
        current = queries @ keys.T  # (B, B)
        own = torch.arange(len(queries), device=queries.device)
        earlier = queries @ queue.T  # (B, K)
        if same is None:
            same = torch.zeros_like(earlier, dtype=torch.bool)
        if queue.shape[0] and len(queries) > 1:
            others = (current.sum(dim=1) - current.diagonal()) / (len(queries) - 1)
            kept = (~same).to(earlier.dtype)
            aged = (earlier * kept).sum(dim=1) / kept.sum(dim=1).clamp(min=1.0)
            earlier = earlier + (others - aged)[:, None]
        earlier = earlier.masked_fill(same, torch.finfo(earlier.dtype).min)
        logits = torch.cat([current, earlier], dim=1) / self.temperature
        return F.cross_entropy(logits, own)
