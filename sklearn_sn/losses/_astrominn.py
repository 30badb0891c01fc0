"""Loss of the router of a mixture of experts."""

import torch
from torch import nn
from torch.nn import functional as F


class ExpertLoss(nn.Module):
    r"""Load balance and specialisation of a mixture of experts.

    With the probability :math:`w_{ik}` that the router gives expert :math:`k` of :math:`K` for
    object :math:`i` of class :math:`y_i`, and :math:`f_k`, the fraction of choices that fall on
    expert :math:`k`, the loss is [1]_ [2]_

    .. math:: L = \beta K \sum_k f_k \langle w_{ik} \rangle_i
        + \lambda \langle (w_{ik} - \delta_{k,\, y_i \bmod K})^2 \rangle_{ik}.

    The first term is smallest, :math:`\beta`, if all experts are used equally often. The second
    assigns an expert to each class.

    Parameters
    ----------
    balance_weight, specialization_weight : float
        Weights :math:`\beta` and :math:`\lambda`.

    References
    ----------
    .. [1] Junell, A., Sasli, A., Fontinele Nunes, F., Xu, M., Border, B., Rehemtulla, N. et al.
       (2025). "Applying multimodal learning to Classify transient Detections Early (AppleCiDEr) I:
       Data set, methods, and infrastructure".
    .. [2] Fedus, W., Zoph, B. & Shazeer, N. (2022). "Switch Transformers: Scaling to Trillion
       Parameter Models with Simple and Efficient Sparsity". Journal of Machine Learning Research
       23, 120.

    Examples
    --------
    >>> import torch
    >>> from sklearn_sn.losses import ExpertLoss
    >>> routing, labels = torch.eye(2), torch.tensor([0, 1])
    >>> float(ExpertLoss(balance_weight=1.0, specialization_weight=1.0)(routing, routing, labels))
    1.0
    """

    def __init__(self, balance_weight: float, specialization_weight: float) -> None:
        super().__init__()
        self.balance_weight = balance_weight
        self.specialization_weight = specialization_weight

    def forward(
        self,
        routing: torch.Tensor,
        shares: torch.Tensor,
        labels: torch.Tensor,
        weight: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Compute the loss of a batch.

        Parameters
        ----------
        routing : tensor of shape (B, K)
            Probabilities of the router.
        shares : tensor of shape (B, K)
            Shares of the experts in the output; those of experts that were not chosen are 0.
        labels : int64 tensor of shape (B,)
            Class labels.
        weight : tensor of shape (B,), optional
            Weights of the objects. By default all weights are 1.

        Returns
        -------
        scalar tensor
            Loss; 0 if all weights are 0.
        """
        n_experts = routing.shape[1]
        weight = torch.ones_like(routing[:, 0]) if weight is None else weight
        weight = (weight / weight.sum().clamp(min=1e-6))[:, None]
        chosen = (shares > 0).to(routing.dtype)
        fraction = (weight * chosen / chosen.sum(dim=1, keepdim=True)).sum(dim=0)  # (K,)
        balance = n_experts * (fraction * (weight * routing).sum(dim=0)).sum()
        ideal = F.one_hot(labels % n_experts, n_experts).to(routing.dtype)
        special = (weight * (routing - ideal) ** 2).sum() / n_experts
        return self.balance_weight * balance + self.specialization_weight * special
