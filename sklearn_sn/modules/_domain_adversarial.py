"""The supervised module with a discriminator of domains, such as surveys."""

from torch import nn

from sklearn_sn.modules._supervised import SupervisedModule


class DomainAdversarialModule(SupervisedModule):
    """:class:`SupervisedModule` with a ``discriminator`` that predicts the domain of a latent.

    The discriminator maps (B, width) to logits (B, n_domains); ``forward`` does not use it.

    Parameters
    ----------
    encoder, width, n_outputs, dropout, normalize
        As in :class:`SupervisedModule`.
    n_domains : int
        Number of domains.
    """

    def __init__(
        self,
        encoder: nn.Module,
        width: int,
        n_outputs: int,
        *,
        n_domains: int,
        dropout: float = 0.0,
        normalize: bool = True,
    ) -> None:
        super().__init__(encoder, width, n_outputs, dropout=dropout, normalize=normalize)
        self.discriminator = nn.Sequential(
            # Give all dimensions one scale: those with little spread may reveal the domain too.
            nn.BatchNorm1d(width, affine=False, track_running_stats=False),
            nn.Linear(width, width),
            nn.ReLU(),
            nn.Linear(width, n_domains),
        )
