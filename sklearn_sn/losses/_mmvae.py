"""Evidence bounds of a variational autoencoder whose posterior is a mixture of experts."""

import math

import torch
from torch import nn


def laplace_log_likelihood(value, mean, scale, pad_mask, error=None):
    r"""Log-likelihood of sets of points, each a Laplace; padding contributes nothing.

    .. math::

        \log p(x \mid z) = -\sum_l \left[ \log 2 b_l + |x_l - \mu_l| / b_l \right],
        \quad b_l^2 = s_l^2 + \sigma_l^2 / 2

    with the decoder's scale :math:`s`, and the standard deviation :math:`\sigma` of the
    measurement, whose variance a Laplace of scale :math:`\sigma / \sqrt 2` has.

    Parameters
    ----------
    value : tensor of shape (N, L)
    mean, scale : tensor of shape (..., N, L)
    pad_mask : bool tensor of shape (N, L)
        True at padding; values there do not matter, be they NaN.
    error : tensor of shape (N, L), optional

    Returns
    -------
    tensor of shape (..., N)
    """
    value = value.masked_fill(pad_mask, 0.0)
    if error is not None:
        scale = torch.sqrt(scale**2 + 0.5 * error.masked_fill(pad_mask, 0.0) ** 2)
    points = -torch.log(2.0 * scale) - (value - mean).abs() / scale
    return points.masked_fill(pad_mask, 0.0).sum(-1)


class MMVAELoss(nn.Module):
    r"""Negative bound on the log-evidence of all modalities that an object has.

    The posterior of an object is the mixture :math:`q(z) = \frac 1M \sum_m q_m(z)` of its experts,
    each a product of Laplaces; the prior :math:`p(z)` is a product of standard Laplaces. From every
    expert come K samples, with weights against the full mixture,

    .. math:: w_{mk} = p(z_{mk}) \prod_{m'} p(x_{m'} \mid z_{mk})^{\lambda_{m'}} / q(z_{mk}).

    "iwae" averages the experts' importance-weighted bounds [1]_ [2]_, so that each of them has to
    explain all modalities; "iwae_joint" puts all samples in one average, which bounds tighter but
    lets the best expert do the work; "elbo" averages the logarithms:

    .. math::

        L_\mathrm{iwae} &= -\frac 1M \sum_m \log \frac 1K \sum_k w_{mk} \\
        L_\mathrm{joint} &= -\log \frac{1}{MK} \sum_{mk} w_{mk} \\
        L_\mathrm{elbo} &= -\frac{1}{MK} \sum_{mk} \log w_{mk}

    Experts that an object lacks take no part. With one modality this is the plain VAE.

    Parameters
    ----------
    objective : {"iwae", "iwae_joint", "elbo"}, default="iwae"

    References
    ----------
    .. [1] Burda, Grosse & Salakhutdinov (2016), "Importance weighted autoencoders", ICLR.
    .. [2] Shi et al. (2019), "Variational mixture-of-experts autoencoders for multi-modal deep
       generative models", NeurIPS.
    """

    _file_kind = "type"

    def __init__(self, objective="iwae"):
        super().__init__()
        if objective not in ("iwae", "iwae_joint", "elbo"):
            raise ValueError(f"Unknown objective {objective!r}.")
        self.objective = objective

    def forward(self, z, mean, scale, present, log_likelihood):
        """Loss of every object.

        Parameters
        ----------
        z : tensor of shape (M, K, B, D)
            Samples of each expert.
        mean, scale : tensor of shape (M, B, D)
        present : bool tensor of shape (M, B)
        log_likelihood : tensor of shape (M, K, B)
            Of all modalities, weighted, under each sample.

        Returns
        -------
        tensor of shape (B,)
            Nats; 0 for an object without any expert.
        """
        M, K, B, _ = z.shape
        lowest = torch.finfo(z.dtype).min
        n_experts = present.sum(0).clamp(min=1).to(z.dtype)  # (B,)
        prior = -(z.abs() + math.log(2.0)).sum(-1)  # (M, K, B)
        # Every sample under every expert: (M, K, 1, B, D) against (M, B, D).
        distance = (z.unsqueeze(2) - mean).abs() / scale
        density = -(distance + torch.log(2.0 * scale)).sum(-1)  # (M, K, M, B)
        density = density.masked_fill(~present, lowest).logsumexp(2)  # (M, K, B)
        log_w = prior + log_likelihood - (density - n_experts.log())
        here = present.unsqueeze(1).expand(M, K, B)
        if self.objective == "elbo":
            bound = log_w.masked_fill(~here, 0.0).sum((0, 1)) / (K * n_experts)
        elif self.objective == "iwae":
            each = log_w.logsumexp(1) - math.log(K)  # (M, B)
            bound = each.masked_fill(~present, 0.0).sum(0) / n_experts
        else:
            total = log_w.masked_fill(~here, lowest).logsumexp((0, 1))  # (B,)
            bound = total - math.log(K) - n_experts.log()
        return -bound.masked_fill(~present.any(0), 0.0)
