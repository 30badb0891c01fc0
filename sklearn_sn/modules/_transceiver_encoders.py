"""Transceiver encoders of light curves and spectra that answer a short latent sequence."""

import torch
from torch import nn

from sklearn_sn.modules._configurable import ConfigurableModule
from sklearn_sn.modules._coordinates import CoordinateEmbedding
from sklearn_sn.modules._transceiver import TransceiverEncoder

REFERENCE_WAVELENGTH = 5000.0  # Å
SPEED_OF_LIGHT = 299792.458  # km/s
_PERIODS = {
    # Lines of 1,000 km/s to 1,000 - 30,000 Å; changes within two days to two years.
    "wavelength_period": (2.0 * 1000.0 / SPEED_OF_LIGHT, 4.0),
    "phase_period": (4.0, 1500.0),
}


class LatentSequence(ConfigurableModule):
    """Learned queries read a set of points; each becomes one token of the latent.

    Subclasses hand points over. The tokens are laid out flat: the Euclidean distance of two
    encodings is the Frobenius distance of the two latent sequences.
    """

    def __init__(
        self,
        *,
        n_in,
        d_model=32,
        n_heads=4,
        n_layers=4,
        n_tokens=4,
        token_dim=8,
        d_feedforward=None,
        n_frequencies=16,
        dropout=0.0,
    ):
        super().__init__()
        self.output_dim = n_tokens * token_dim
        self.project = nn.Linear(n_in, d_model)
        self.coordinates = CoordinateEmbedding(d_model, n_frequencies, **_PERIODS)
        self.encoder = TransceiverEncoder(
            n_queries=n_tokens,
            d_model=d_model,
            n_heads=n_heads,
            n_layers=n_layers,
            d_feedforward=d_model if d_feedforward is None else d_feedforward,
            dropout=dropout,
        )
        self.head = nn.Linear(d_model, token_dim)

    def read(self, values, log_wavelength, time, pad_mask):
        """Points (B, L, n_in) at their places to (B, n_tokens token_dim)."""
        context = self.project(values) + self.coordinates(log_wavelength, time)  # (B, L, d)
        return self.head(self.encoder(context, pad_mask)).flatten(1)

    def first_block(self):
        """The layers that a survey change touches first."""
        return [self.project, self.coordinates, self.encoder.blocks[0]]


class LightCurveTransceiver(LatentSequence):
    """Encode light curves as Shen & Gagliano (2025) do, with bands that enter by wavelength.

    Shapes: values (B, L, n_in), time (B, L) in days, log_wavelength (B, L), pad_mask (B, L);
    result (B, output_dim), n_tokens tokens side by side.
    """

    def forward(self, values, time, pad_mask, log_wavelength):
        return self.read(values, log_wavelength, time, pad_mask)


class SpectrumTransceiver(LatentSequence):
    """Encode spectra as sets of bins; their phase is not looked at.

    Shapes: flux (B, n_in, P), pad_mask (B, P), wavelength (P,) in Å; result (B, output_dim),
    n_tokens tokens side by side.
    """

    def forward(self, flux, pad_mask, wavelength):
        place = torch.log(wavelength / REFERENCE_WAVELENGTH)
        unknown = torch.full_like(place, torch.nan)
        return self.read(flux.transpose(1, 2), place, unknown, pad_mask)
