"""The base of transceivers that encode a set of points as a short latent sequence."""

import torch
from torch import nn

from sklearn_sn.modules._configurable import ConfigurableModule
from sklearn_sn.modules._coordinates import CoordinateEmbedding
from sklearn_sn.modules._transceiver import TransceiverEncoder


class LatentSequence(ConfigurableModule):
    """Base of modules in which learned queries read points and become tokens of the latent.

    Subclasses pass points to :meth:`read`. The tokens are concatenated, so that the Euclidean
    distance of two encodings is the Frobenius distance of their latent sequences.
    """

    def __init__(
        self,
        *,
        n_in: int,
        wavelength_period: tuple[float, float],
        phase_period: tuple[float, float],
        d_model: int = 32,
        n_heads: int = 4,
        n_layers: int = 4,
        n_tokens: int = 4,
        token_dim: int = 8,
        d_feedforward: int | None = None,
        n_frequencies: int = 16,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.output_dim = n_tokens * token_dim
        self.project = nn.Linear(n_in, d_model)
        self.coordinates = CoordinateEmbedding(
            d_model, n_frequencies, wavelength_period, phase_period
        )
        self.encoder = TransceiverEncoder(
            n_queries=n_tokens,
            d_model=d_model,
            n_heads=n_heads,
            n_layers=n_layers,
            d_feedforward=d_model if d_feedforward is None else d_feedforward,
            dropout=dropout,
        )
        self.head = nn.Linear(d_model, token_dim)

    def read(
        self,
        values: torch.Tensor,
        log_wavelength: torch.Tensor,
        time: torch.Tensor,
        pad_mask: torch.Tensor,
    ) -> torch.Tensor:
        """Encode points (B, L, n_in) at coordinates (B, L) to (B, n_tokens token_dim)."""
        context = self.project(values) + self.coordinates(log_wavelength, time)  # (B, L, d)
        return self.head(self.encoder(context, pad_mask)).flatten(1)

    def first_block(self) -> list[nn.Module]:
        """Return the layers nearest to the data."""
        return [self.project, self.coordinates, self.encoder.blocks[0]]
