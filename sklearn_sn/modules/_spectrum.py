"""Encoders of spectra on a common wavelength grid: a transformer and a convolutional network."""

import torch
from torch import nn
from torch.nn import functional as F

from sklearn_sn.modules._attention import POOLINGS, TransformerStack, sinusoid
from sklearn_sn.modules._configurable import ConfigurableModule


class SpectrumTransformer(ConfigurableModule):
    """Encode spectra as sets of bins, or of patches of neighbouring bins (Zhang et al. 2024).

    A token is a linear map of its bins plus a sinusoid of its wavelength. Bins that a spectrum does
    not cover hold 0; a patch is padding when none of its bins is covered.

    Shapes: flux (B, n_channels, P), pad_mask (B, P), wavelength (P,) in Å; result (B, output_dim).
    """

    def __init__(
        self,
        *,
        n_channels,
        d_model=32,
        n_heads=2,
        n_layers=13,
        output_dim=32,
        patch=1,
        pooling="mean",
        dropout=0.0,
        norm_first=False,
        n_t=1000.0,
    ):
        super().__init__()
        self.d_model, self.patch, self.n_t = d_model, patch, n_t
        self.output_dim = output_dim
        # A patch of one bin needs no coverage channel: the mask says it all.
        self.project = nn.Linear((n_channels + (patch > 1)) * patch, d_model)
        self.stack = TransformerStack(d_model, n_heads, n_layers, dropout, norm_first)
        self.pool = POOLINGS[pooling](d_model)
        self.head = nn.Linear(d_model, output_dim)

    def forward(self, flux, pad_mask, wavelength):
        if self.patch > 1:
            flux = torch.cat([flux, (~pad_mask).to(flux.dtype).unsqueeze(1)], dim=1)
            short = -flux.shape[-1] % self.patch
            flux = F.pad(flux, (0, short))
            pad_mask = F.pad(pad_mask, (0, short), value=True)
            wavelength = F.pad(wavelength[None], (0, short), mode="replicate")[0]
            pad_mask = pad_mask.unflatten(1, (-1, self.patch)).all(-1)  # (B, L)
            wavelength = wavelength.unflatten(0, (-1, self.patch)).mean(-1)  # (L,)
            # (B, C, L patch) -> (B, L, C patch)
            tokens = flux.unflatten(2, (-1, self.patch)).transpose(1, 2).flatten(2)
        else:
            tokens = flux.transpose(1, 2)  # (B, L, C)
        x = self.project(tokens) + sinusoid(wavelength / 10.0, self.d_model, self.n_t)
        return self.head(self.pool(self.stack(x, pad_mask), pad_mask))

    def first_block(self):
        """The layers nearest to the data."""
        return [self.project, self.stack.blocks[0]]


class ConvBlock(nn.Module):
    """Two convolutions with a skip, then pooling by two: (B, C, P) to (B, 2C or width, P / 2)."""

    def __init__(self, n_in, n_out, kernel, dropout):
        super().__init__()
        self.conv_1 = nn.Conv1d(n_in, n_out, kernel, padding=kernel // 2)
        self.conv_2 = nn.Conv1d(n_out, n_out, kernel, padding=kernel // 2)
        # Group norm needs no batch statistics: an answer never depends on the other rows.
        self.norm_1 = nn.GroupNorm(min(8, n_out), n_out)
        self.norm_2 = nn.GroupNorm(min(8, n_out), n_out)
        self.skip = nn.Conv1d(n_in, n_out, 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        y = F.gelu(self.norm_1(self.conv_1(x)))
        y = self.dropout(self.norm_2(self.conv_2(y)))
        return F.max_pool1d(F.gelu(y + self.skip(x)), 2, ceil_mode=True)


class SpectrumConvNet(ConfigurableModule):
    """Encode spectra by convolutions; coverage is a channel of its own.

    Shapes: flux (B, n_channels, P), pad_mask (B, P), wavelength (P,) in Å; result (B, output_dim).
    """

    def __init__(self, *, n_channels, d_model=32, n_layers=4, output_dim=32, dropout=0.0, kernel=7):
        super().__init__()
        self.output_dim = output_dim
        widths = [min(d_model * 2**layer, 8 * d_model) for layer in range(n_layers)]
        self.blocks = nn.ModuleList(
            ConvBlock(n_in, n_out, kernel, dropout)
            for n_in, n_out in zip([n_channels + 1, *widths[:-1]], widths, strict=True)
        )
        self.head = nn.Linear(3 * widths[-1], output_dim)

    def forward(self, flux, pad_mask, wavelength=None):
        covered = (~pad_mask).to(flux.dtype).unsqueeze(1)
        x = torch.cat([flux * covered, covered], dim=1)  # (B, C + 1, P)
        for block in self.blocks:
            x = block(x)
        # Thirds of the grid keep coarse positions: a line is told apart by where it is.
        x = F.adaptive_avg_pool1d(x, 3)  # (B, width, 3)
        return self.head(x.flatten(1))

    def first_block(self):
        """The layers nearest to the data."""
        return [self.blocks[0]]
