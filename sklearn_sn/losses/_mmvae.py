"""Evidence bounds of a variational autoencoder with a mixture-of-experts posterior."""

import math

import torch
from torch import nn


def laplace_log_likelihood(
    value: torch.Tensor,
    mean: torch.Tensor,
    scale: torch.Tensor,
    pad_mask: torch.Tensor,
    error: torch.Tensor | None = None,
) -> torch.Tensor:
    r"""Compute the log-likelihood of sets of points with Laplace noise.

    .. math::

        \log p(x \mid z) = -\sum_l \left[ \log 2 b_l + |x_l - \mu_l| / b_l \right],
        \quad b_l^2 = s_l^2 + \sigma_l^2 / 2

    with the decoder's scale :math:`s` and the standard deviation :math:`\sigma` of the measurement,
    which equals that of a Laplace distribution of scale :math:`\sigma / \sqrt 2`. Padding
    contributes nothing.

    Parameters
    ----------
    value : tensor of shape (N, L)
        Measured values :math:`x`.
    mean, scale : tensor of shape (..., N, L)
        Mean :math:`\mu` and scale :math:`s` from the decoder.
    pad_mask : bool tensor of shape (N, L)
        True at padding. Values there are ignored and may be NaN.
    error : tensor of shape (N, L), optional
        Measurement errors :math:`\sigma`. By default they are 0.

    Returns
    -------
    tensor of shape (..., N)
        Log-likelihood of each set, in nats.
    """
    value = value.masked_fill(pad_mask, 0.0)
    if error is not None:
        scale = torch.sqrt(scale**2 + 0.5 * error.masked_fill(pad_mask, 0.0) ** 2)
    points = -torch.log(2.0 * scale) - (value - mean).abs() / scale
    return points.masked_fill(pad_mask, 0.0).sum(-1)


class MMVAELoss(nn.Module):
    r"""Negative bound on the log-evidence of all modalities that an object has.

    The posterior of an object is the mixture :math:`q(z) = \frac 1M \sum_m q_m(z)` of its experts,
    each a product of Laplace distributions. The prior :math:`p(z)` is a product of standard Laplace
    distributions [1]_. Each expert contributes K samples, weighted against the full mixture:

    .. math::

        w_{mk} = p(z_{mk}) \prod_{m'} p(x_{m'} \mid z_{mk})^{\lambda_{m'}} / q(z_{mk}).

    The objective "iwae" averages the importance-weighted bounds of the experts [2]_ [3]_, so that
    every expert must explain all modalities. "iwae_joint" averages all samples together, which is a
    tighter bound but lets the best expert dominate. "elbo" averages the logarithms:

    .. math::

        L_\mathrm{iwae} &= -\frac 1M \sum_m \log \frac 1K \sum_k w_{mk} \\
        L_\mathrm{joint} &= -\log \frac{1}{MK} \sum_{mk} w_{mk} \\
        L_\mathrm{elbo} &= -\frac{1}{MK} \sum_{mk} \log w_{mk}

    Experts of missing modalities are excluded. With one modality, "elbo" is the bound of the
    standard VAE.

    Parameters
    ----------
    objective : {"iwae", "iwae_joint", "elbo"}, default="iwae"
        Bound to optimise.

    Raises
    ------
    ValueError
        If the objective is unknown.

    References
    ----------
    .. [1] Shen, Y. & Gagliano, A. T. (2025). "Mixture-of-Expert Variational Autoencoders for
       Cross-Modality Embedding of Type Ia Supernova Data". ML4Astro workshop, ICML.
    .. [2] Burda, Y., Grosse, R. & Salakhutdinov, R. (2016). "Importance Weighted Autoencoders".
       ICLR.
    .. [3] Shi, Y., Siddharth, N., Paige, B. & Torr, P. H. S. (2019). "Variational
       Mixture-of-Experts Autoencoders for Multi-Modal Deep Generative Models". NeurIPS 32.
    """

    _file_kind = "type"

    def __init__(self, objective: str = "iwae") -> None:
        super().__init__()
        if objective not in ("iwae", "iwae_joint", "elbo"):
            raise ValueError(
                "The 'objective' parameter of MMVAELoss must be 'iwae', 'iwae_joint' or 'elbo'. "
                f"Got {objective!r} instead."
            )
        self.objective = objective

    def forward(
        self,
        z: torch.Tensor,
        mean: torch.Tensor,
        scale: torch.Tensor,
        present: torch.Tensor,
        log_likelihood: torch.Tensor,
    ) -> torch.Tensor:
        """Compute the loss of each object.

        Parameters
        ----------
        z : tensor of shape (M, K, B, D)
            K samples from each of M experts.
        mean, scale : tensor of shape (M, B, D)
            Parameters of the experts' Laplace distributions.
        present : bool tensor of shape (M, B)
            Whether an object has the modality of an expert.
        log_likelihood : tensor of shape (M, K, B)
            Weighted log-likelihood of all modalities given each sample, in nats.

        Returns
        -------
        tensor of shape (B,)
            Loss in nats; 0 for an object without experts.
        """
        M, K, B, _ = z.shape
        lowest = torch.finfo(z.dtype).min
        n_experts = present.sum(0).clamp(min=1).to(z.dtype)  # (B,)
        prior = -(z.abs() + math.log(2.0)).sum(-1)  # (M, K, B)
        # Density of every sample under every expert: (M, K, 1, B, D) against (M, B, D).
        distance = (z.unsqueeze(2) - mean).abs() / scale
        density = -(distance + torch.log(2.0 * scale)).sum(-1)  # (M, K, M, B)
        density = density.masked_fill(~present, lowest).logsumexp(2)  # (M, K, B)
        log_w = prior + log_likelihood - (density - n_experts.log())
        mask = present.unsqueeze(1).expand(M, K, B)
        if self.objective == "elbo":
            bound = log_w.masked_fill(~mask, 0.0).sum((0, 1)) / (K * n_experts)
        elif self.objective == "iwae":
            each = log_w.logsumexp(1) - math.log(K)  # (M, B)
            bound = each.masked_fill(~present, 0.0).sum(0) / n_experts
        else:
            total = log_w.masked_fill(~mask, lowest).logsumexp((0, 1))  # (B,)
            bound = total - math.log(K) - n_experts.log()
        return -bound.masked_fill(~present.any(0), 0.0)
