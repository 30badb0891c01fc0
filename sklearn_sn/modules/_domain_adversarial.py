"""A supervised module that must not tell the domain, such as the survey."""

from torch import nn

from sklearn_sn.modules._supervised import SupervisedModule


class DomainAdversarialModule(SupervisedModule):
    """A :class:`SupervisedModule`, and a ``discriminator`` that guesses the domain of a latent.

    The discriminator maps (B, width) to logits (B, n_domains); ``forward`` does not use it.

    Parameters
    ----------
    encoder, width, n_outputs, dropout, normalize
        As in :class:`SupervisedModule`.
    n_domains : int
    """

    def __init__(self, encoder, width, n_outputs, *, n_domains, dropout=0.0, normalize=True):
        super().__init__(encoder, width, n_outputs, dropout=dropout, normalize=normalize)
        self.discriminator = nn.Sequential(
            # A domain hides in directions of little spread as well as in others.
            nn.BatchNorm1d(width, affine=False, track_running_stats=False),
            nn.Linear(width, width),
            nn.ReLU(),
            nn.Linear(width, n_domains),
        )
