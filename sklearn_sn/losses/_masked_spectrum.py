"""The loss of masked pretraining of spectra: the squared error in hidden windows."""

import torch
from torch import nn


class MaskedSpectrumLoss(nn.Module):
    r"""Mean squared error of the flux over the covered bins of hidden windows [1]_.

    .. math:: L = \frac{1}{N} \sum_i (f_i - \hat f_i)^2

    References
    ----------
    .. [1] Lanusse, F., Parker, L., Golkar, S., Cranmer, M. et al. (2023). "AstroCLIP: Cross-Modal
       Pre-Training for Astronomical Foundation Models".

    Examples
    --------
    >>> import torch
    >>> from sklearn_sn.losses import MaskedSpectrumLoss
    >>> counted = torch.tensor([[[True, True, False]]])
    >>> target = torch.tensor([[[[1.0, 3.0, 9.0]]]])
    >>> MaskedSpectrumLoss()(torch.zeros(1, 1, 1, 3), target=target, counted=counted)
    tensor(5.)
    """

    _file_kind = "type"

    def forward(
        self, outputs: torch.Tensor, *, target: torch.Tensor, counted: torch.Tensor
    ) -> torch.Tensor:
        """Compute the loss of all hidden windows of a batch.

        Parameters
        ----------
        outputs, target : tensor of shape (B, C, L, W)
            Predicted and true flux of W bins in L windows and C channels.
        counted : bool tensor of shape (B, L, W)
            Covered bins of hidden windows.

        Returns
        -------
        tensor of shape ()
            The loss; 0 without hidden windows.
        """
        counted = counted[:, None].expand_as(outputs)
        squares = ((outputs - target) ** 2).masked_fill(~counted, 0.0)
        return squares.sum() / counted.sum().clamp(min=1)
