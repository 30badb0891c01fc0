"""The loss of masked pretraining: flux, band and time step of hidden points."""

import torch
from torch import nn
from torch.nn import functional as F


class MaskedEventLoss(nn.Module):
    r"""Weighted sum of the losses of flux, band and time step of hidden points [1]_.

    .. math::

        L = \frac{w_f}{N} \sum_i (f_i - \hat f_i)^2
            - \frac{w_b}{N_b} \sum_i \log p_{i, b_i}
            + \frac{w_s}{N_s} \sum_i (s_i - \hat s_i)^2

    The sums are over hidden points. Points of a band without a class, and the step after the last
    point of a light curve, are left out.

    Parameters
    ----------
    weights : tuple of float, default=(5.0, 3.0, 5.0)
        Weights :math:`w_f, w_b, w_s` of flux, band and step.

    References
    ----------
    .. [1] Junell, A., Sasli, A., Fontinele Nunes, F., Xu, M., Border, B., Rehemtulla, N. et al.
       (2025). "Applying multimodal learning to Classify transient Detections Early (AppleCiDEr) I:
       Data set, methods, and infrastructure".

    Examples
    --------
    >>> import torch
    >>> from sklearn_sn.losses import MaskedEventLoss
    >>> outputs = torch.zeros(1, 4)  # flux, step and the logits of two bands
    >>> flux, band, step = torch.tensor([1.0]), torch.tensor([0]), torch.tensor([2.0])
    >>> loss = MaskedEventLoss((1.0, 0.0, 1.0))
    >>> loss(outputs, flux=flux, band=band, step=step, has_step=torch.tensor([True]))
    tensor(5.)
    """

    _file_kind = "type"

    def __init__(self, weights: tuple[float, float, float] = (5.0, 3.0, 5.0)) -> None:
        super().__init__()
        self.weights = tuple(weights)

    def forward(
        self,
        outputs: torch.Tensor,
        *,
        flux: torch.Tensor,
        band: torch.Tensor,
        step: torch.Tensor,
        has_step: torch.Tensor,
    ) -> torch.Tensor:
        """Compute the loss of all hidden points of a batch.

        Parameters
        ----------
        outputs : tensor of shape (n_hidden, 2 + n_bands)
            Predicted flux and step, and logits of the bands.
        flux, step : tensor of shape (n_hidden,)
            Targets.
        band : int64 tensor of shape (n_hidden,)
            Classes of the bands; -1 where unknown.
        has_step : bool tensor of shape (n_hidden,)
            Whether another point follows.

        Returns
        -------
        tensor of shape ()
            The loss; 0 without hidden points.
        """
        flux_loss = (outputs[:, 0] - flux) ** 2
        step_loss = (outputs[:, 1] - step) ** 2
        band_loss = F.cross_entropy(outputs[:, 2:], band, ignore_index=-1, reduction="none")
        parts = (
            _mean(flux_loss, torch.ones_like(has_step)),
            _mean(band_loss, band >= 0),
            _mean(step_loss, has_step),
        )
        return sum(weight * part for weight, part in zip(self.weights, parts, strict=True))


def _mean(values, mask):
    return values.masked_fill(~mask, 0.0).sum() / mask.sum().clamp(min=1)
