"""GalSpecNet: a plain convolutional network of spectra, to compare with."""

import torch
from torch import nn
from torch.nn import functional as F

from sklearn_sn.modules._mixed_precision import MixedPrecisionModule


class GalSpecNet(MixedPrecisionModule):
    """Encode spectra by four plain convolutions, as Wu et al. (2024) classify galaxies.

    Convolutions of 64, 64, 32 and 32 channels with ReLU, the first three followed by max pooling,
    then dropout and one dense layer: the baseline that SpectraNet's paper compares with. Coverage
    is an input channel, as in :class:`SpectraNet`, so that the two differ in architecture alone.

    Shapes: flux (B, n_channels, P), pad_mask (B, P); result (B, output_dim).

    Parameters
    ----------
    n_channels : int
        Without that of coverage.
    n_bins : int
    widths, kernels : sequence of int
        Channels and (odd) widths in bins of the convolutions.
    pooling : int
        Bins that max pooling makes one of, after every convolution but the last.
    output_dim : int
    dropout : float

    Examples
    --------
    >>> import torch
    >>> from sklearn_sn.modules import GalSpecNet
    >>> net = GalSpecNet(n_channels=1, n_bins=64, output_dim=8)
    >>> net(flux=torch.randn(5, 1, 64), pad_mask=torch.zeros(5, 64, dtype=torch.bool)).shape
    torch.Size([5, 8])
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
    ):
        super().__init__()
        self.output_dim, self.pooling = output_dim, pooling
        n_in = [n_channels + 1, *widths[:-1]]
        self.layers = nn.ModuleList(
            nn.Conv2d(n_before, n_after, (1, kernel), padding=(0, kernel // 2))
            for n_before, n_after, kernel in zip(n_in, widths, kernels, strict=True)
        )
        for _ in widths[1:]:
            n_bins = -(-n_bins // pooling)
        self.n_positions = n_bins
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Linear(widths[-1] * n_bins, output_dim)

    def forward(self, flux, pad_mask, wavelength=None):
        covered = (~pad_mask).to(flux.dtype).unsqueeze(1)
        x = torch.cat([flux * covered, covered], dim=1)[:, :, None]  # (B, C + 1, 1, P)
        x = x.contiguous(memory_format=torch.channels_last)
        with self.autocast(x):
            for layer in self.layers[:-1]:
                x = F.max_pool2d(F.relu(layer(x)), (1, self.pooling), ceil_mode=True)
            x = F.relu(self.layers[-1](x))
            x = F.adaptive_max_pool2d(x, (1, self.n_positions)).flatten(1)
            latent = F.relu(self.dense(self.dropout(x)))
        return latent.to(flux.dtype)

    def first_block(self):
        """The layers nearest to the data."""
        return [self.layers[0]]
