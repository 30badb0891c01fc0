"""GalSpecNet, a plain convolutional encoder of spectra, for comparison."""

from typing import Any, Literal

import torch
from torch import nn
from torch.nn import functional as F

from sklearn_sn.encoders._parameter_object import BelowHalf, TwoOrMore, UnitInterval
from sklearn_sn.encoders._spectranet import check_convolutions
from sklearn_sn.encoders._spectrum_encoder import SpectrumEncoder
from sklearn_sn.modules import MixedPrecisionModule


class GalSpecNetModule(MixedPrecisionModule):
    """Encode spectra by four plain convolutions.

    Convolutions of 64, 64, 32 and 32 channels with ReLU, the first three followed by max pooling,
    then dropout and one dense layer. Coverage is an input channel, as in
    :class:`SpectraNetModule`, so that the two differ only in architecture.

    Shapes: flux (B, n_channels, P), pad_mask (B, P); result (B, output_dim).

    Parameters
    ----------
    n_channels : int
        Number of channels without that of coverage.
    n_bins : int
        Number of bins.
    widths, kernels : sequence of int
        Channels and (odd) widths in bins of the convolutions.
    pooling : int
        Bins that max pooling merges, after every convolution but the last.
    output_dim : int
        Width of the output.
    dropout : float
        Dropout before the dense layer.
    precision : {"auto", "float32", "bfloat16"}
        Precision of convolutions and products.
    """

    def __init__(
        self,
        *,
        n_channels,
        n_bins,
        widths=(64, 64, 32, 32),
        kernels=(3, 3, 3, 3),
        pooling=4,
        output_dim=256,
        dropout=0.0,
        precision="auto",
    ):
        super().__init__()
        self.output_dim, self.pooling = output_dim, pooling
        self.precision, self.widest = precision, max(widths)
        n_in = [n_channels + 1, *widths[:-1]]
        self.layers = nn.ModuleList(
            nn.Conv2d(n_before, n_after, (1, kernel), padding=(0, kernel // 2))
            for n_before, n_after, kernel in zip(n_in, widths, kernels, strict=True)
        )
        # Max pooling with ceil_mode rounds the number of bins up.
        for _ in widths[1:]:
            n_bins = -(-n_bins // pooling)
        self.n_positions = n_bins
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Linear(widths[-1] * n_bins, output_dim)

    def forward(self, flux, pad_mask, wavelength=None):
        covered = (~pad_mask).to(flux.dtype).unsqueeze(1)
        x = torch.cat([flux * covered, covered], dim=1)[:, :, None]  # (B, C + 1, 1, P)
        # torch convolves faster in this memory layout.
        x = x.contiguous(memory_format=torch.channels_last)
        with self.autocast(x):
            for layer in self.layers[:-1]:
                x = F.max_pool2d(F.relu(layer(x)), (1, self.pooling), ceil_mode=True)
            x = F.relu(self.layers[-1](x))
            x = F.adaptive_max_pool2d(x, (1, self.n_positions)).flatten(1)
            latent = F.relu(self.dense(self.dropout(x)))
        return latent.to(flux.dtype)

    def first_block(self):
        """Return the layers nearest to the data."""
        return [self.layers[0]]

    def dense_layers(self):
        """Return the layers after the convolutions."""
        return [self.dense]


class GalSpecNet(SpectrumEncoder, name="galspecnet"):
    """Four plain convolutions, the baseline in the paper of SpectraNet [1]_.

    Parameters
    ----------
    widths, kernels : sequence of int, default=(64, 64, 32, 32), (3, 3, 3, 3)
        Channels and odd widths in bins of the convolutions.
    latent_dim : int, default=256
        Width of the output.
    dropout : float or None, default=None
        Dropout before the dense layer; None means 0.2 in classifiers and 0 in regressors.
    precision : {"auto", "float32", "bfloat16"}, default="auto"
        Precision of convolutions, as in :class:`SpectraNet`.
    %(spectrum_scaling)s

    References
    ----------
    .. [1] Wu, Y., Tao, Y., Fan, D., Cui, C. & Zhang, Y. (2024). "Galaxy spectral classification and
       feature analysis based on convolutional neural network". Monthly Notices of the Royal
       Astronomical Society 527, 1163.

    Examples
    --------
    >>> from sklearn_sn.encoders import GalSpecNet
    >>> GalSpecNet(latent_dim=64)
    GalSpecNet(latent_dim=64)
    """

    widths: Any = (64, 64, 32, 32)
    kernels: Any = (3, 3, 3, 3)
    latent_dim: int = 256
    dropout: UnitInterval | None = None
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    n_bins: TwoOrMore = 1024
    max_crop: BelowHalf = 0.25

    normalize_latent = False
    _parameter_constraints = {"widths": ["array-like"], "kernels": ["array-like"]}

    def check(self) -> None:
        super().check()
        check_convolutions(self, tuple(self.widths), tuple(self.kernels))

    def make_module(self, preprocessor: Any) -> nn.Module:
        return GalSpecNetModule(
            n_channels=preprocessor.n_channels,
            n_bins=preprocessor.n_bins,
            widths=tuple(self.widths),
            kernels=tuple(self.kernels),
            output_dim=self.latent_dim,
            dropout=self.dropout or 0.0,
            precision=self.precision,
        )
