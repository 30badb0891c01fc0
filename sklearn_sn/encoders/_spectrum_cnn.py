"""The convolutional encoder of spectra."""

from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from sklearn_sn.encoders._parameter_object import UnitInterval
from sklearn_sn.encoders._spectrum_encoder import SpectrumEncoder
from sklearn_sn.modules import ConfigurableModule, ConvBlock, to_windows


class SpectrumCNNModule(ConfigurableModule):
    """Encode spectra by convolutions, with coverage as a channel of its own.

    Shapes: flux (B, n_channels, P), pad_mask (B, P), wavelength (P,) in Å; result (B, output_dim).
    """

    whole_windows = False

    def __init__(self, *, n_channels, d_model=32, n_layers=4, output_dim=32, dropout=0.0, kernel=7):
        super().__init__()
        self.output_dim = output_dim
        self.state_window = self.state_stride = 2**n_layers
        # Double the channels while bins are halved, up to a factor of 8.
        widths = [min(d_model * 2**layer, 8 * d_model) for layer in range(n_layers)]
        self.blocks = nn.ModuleList(
            ConvBlock(n_in, n_out, kernel, dropout)
            for n_in, n_out in zip([n_channels + 1, *widths[:-1]], widths, strict=True)
        )
        self.head = nn.Linear(3 * widths[-1], output_dim)
        self.state_dim = widths[-1] + output_dim

    def forward(self, flux, pad_mask, wavelength=None):
        return self._pooled(self._features(flux, pad_mask))

    def window_states(self, flux, pad_mask, wavelength=None, hidden=None):
        """Return features and, repeated, the output for each window, (B, L, state_dim).

        The windows do not overlap. `hidden` bins count as not covered. The output is a part of the
        states, so that masked pretraining trains the last layer too.
        """
        features = self._features(flux, pad_mask if hidden is None else pad_mask | hidden)
        output = self._pooled(features)[..., None].expand(-1, -1, features.shape[-1])
        return torch.cat([features, output], dim=1).transpose(1, 2)

    def window_mask(self, pad_mask):
        """Return the mask of windows with a covered bin, (B, P) to (B, L)."""
        covered = to_windows((~pad_mask).to(torch.uint8), self.state_window, self.state_stride)
        return covered.bool().any(-1)

    def _features(self, flux, pad_mask):
        covered = (~pad_mask).to(flux.dtype).unsqueeze(1)
        x = torch.cat([flux * covered, covered], dim=1)  # (B, C + 1, P)
        for block in self.blocks:
            x = block(x)
        return x

    def _pooled(self, x):
        # The means over thirds of the grid keep coarse positions, which identify lines.
        x = F.adaptive_avg_pool1d(x, 3)  # (B, width, 3)
        return self.head(x.flatten(1))

    def first_block(self):
        """Return the layers nearest to the data."""
        return [self.blocks[0]]

    def dense_layers(self):
        """Return the layers after the convolutions."""
        return [self.head]


class SpectrumCNN(SpectrumEncoder, name="cnn"):
    """Residual convolutional network along the wavelength axis.

    Parameters
    ----------
    d_model, n_layers : int, default=16, 4
        Channels of the first block, which double per block up to a factor of 8; number of blocks.
    latent_dim : int, default=32
        Width of the output.
    kernel : int, default=7
        Odd width of the convolutions in bins.
    dropout : float, default=0.1
        Dropout inside the blocks.
    %(spectrum_scaling)s

    Examples
    --------
    >>> from sklearn_sn.encoders import SpectrumCNN
    >>> SpectrumCNN(n_bins=512)
    SpectrumCNN(n_bins=512)
    """

    d_model: int = 16
    n_layers: int = 4
    latent_dim: int = 32
    kernel: int = 7
    dropout: UnitInterval = 0.1

    gives_window_states = True
    exports_to_onnx = True

    def check(self) -> None:
        super().check()
        if not self.kernel % 2:
            raise ValueError(
                f"The 'kernel' parameter of SpectrumCNN must be odd. Got {self.kernel!r} instead."
            )

    def make_module(self, preprocessor: Any) -> nn.Module:
        return SpectrumCNNModule(
            n_channels=preprocessor.n_channels,
            d_model=self.d_model,
            n_layers=self.n_layers,
            output_dim=self.latent_dim,
            dropout=self.dropout,
            kernel=self.kernel,
        )
