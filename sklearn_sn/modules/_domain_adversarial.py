"""A supervised module that must not tell the domain, such as the survey."""

import torch
from torch import nn

from sklearn_sn.modules._supervised import SupervisedModule


class DomainAdversarialModule(SupervisedModule):
    """A :class:`SupervisedModule` with a second head that guesses the domain of the latent.

    Parameters
    ----------
    encoder, width, n_outputs, dropout, normalize
        As in :class:`SupervisedModule`.
    n_domains : int
    """

    def __init__(self, encoder, width, n_outputs, *, n_domains, dropout=0.0, normalize=True):
        super().__init__(encoder, width, n_outputs, dropout=dropout, normalize=normalize)
        self.n_domains = n_domains
        self.discriminator = nn.Sequential(
            nn.Linear(width, width), nn.ReLU(), nn.Linear(width, n_domains)
        )

    def guess_domain(self, latent, weight):
        """Logits of the domains, (B, n_domains), of which the latent learns the opposite.

        The discriminator's own gradient is that of its loss; what reaches the latent is that times
        ``-weight``.
        """
        return self.discriminator(_Reverse.apply(latent, weight))


class _Reverse(torch.autograd.Function):
    """The identity, whose gradient is turned round (Ganin & Lempitsky 2015)."""

    @staticmethod
    def forward(ctx, x, weight):
        ctx.weight = weight
        return x.view_as(x)

    @staticmethod
    def backward(ctx, gradient):
        return -ctx.weight * gradient, None
