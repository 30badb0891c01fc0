"""SpectraNet-1D: kernels of three widths in parallel, over five blocks."""

import torch
from torch import nn
from torch.nn import functional as F

from sklearn_sn.modules._mixed_precision import MixedPrecisionModule
from sklearn_sn.modules._wide_convolution import WideConv


class BatchNorm(nn.modules.batchnorm._BatchNorm):
    """Batch normalisation of any shape; a batch of one value per channel is no error in training.

    Such a batch has no spread: it is normalised by what earlier ones had.
    """

    def forward(self, x):
        if self.training and x.numel() == x.shape[1]:
            return F.batch_norm(
                x, self.running_mean, self.running_var, self.weight, self.bias, False, 0.0, self.eps
            )
        return super().forward(x)

    def _check_input_dim(self, x):
        """Any shape with channels in second place."""


class TriPool(nn.Module):
    """Maximum, mean and minimum of neighbouring bins: (B, C, 1, P) to (B, 3C, 1, P / size).

    The last bin is repeated where `size` does not divide their number.
    """

    def __init__(self, size):
        super().__init__()
        self.size = size

    def forward(self, x):
        if lacking := -x.shape[-1] % self.size:
            x = F.pad(x, (0, lacking, 0, 0), mode="replicate")
        window = (1, self.size)
        pools = F.max_pool2d(x, window), F.avg_pool2d(x, window), -F.max_pool2d(-x, window)
        return torch.cat(pools, dim=1)


class ChannelGate(nn.Module):
    """Multiply every channel by a number in (0, 1) that the means of all channels give."""

    def __init__(self, n_channels, hidden):
        super().__init__()
        self.squeeze = nn.Linear(n_channels, hidden)
        self.excite = nn.Linear(hidden, n_channels)

    def forward(self, x):
        gate = torch.sigmoid(self.excite(F.gelu(self.squeeze(x.mean((2, 3))))))  # (B, C)
        return x * gate[:, :, None, None]


class SpectraBlock(nn.Module):
    """Parallel convolutions, norms, GELU, pooling, gate, projection and skip.

    Shapes: (B, n_in, 1, P) to (B, width, 1, P / pooling).
    """

    def __init__(self, n_in, width, kernels, pooling):
        super().__init__()
        self.branches = nn.ModuleList(WideConv(n_in, width, kernel) for kernel in kernels)
        joined = width * len(kernels)
        # One group: over channels and bins of a spectrum, whatever their number.
        self.layer_norm = nn.GroupNorm(1, joined)
        self.batch_norm = BatchNorm(joined)
        # Of single bins, maximum, mean and minimum are one.
        self.pool = TriPool(pooling) if pooling > 1 else nn.Identity()
        pooled = joined * (3 if pooling > 1 else 1)
        self.gate = ChannelGate(pooled, max(4, width // 4))
        self.project = nn.Conv2d(pooled, width, 1)
        self.skip_pool = nn.AvgPool2d((1, pooling), ceil_mode=True, count_include_pad=False)
        self.skip = nn.Conv2d(n_in, width, 1)

    def forward(self, x):
        y = torch.cat([branch(x) for branch in self.branches], dim=1)  # (B, 3 width, 1, P)
        y = self.pool(F.gelu(self.batch_norm(self.layer_norm(y))))  # (B, 9 width, 1, P / pooling)
        return self.project(self.gate(y)) + self.skip(self.skip_pool(x))


def dense(n_in, n_out):
    """The layers of one dense step of the head."""
    return nn.Linear(n_in, n_out), nn.LayerNorm(n_out), BatchNorm(n_out), nn.GELU()


class SpectraNet(MixedPrecisionModule):
    """Encode spectra by convolutions of three widths at once, as in Junell et al. (2025).

    Five blocks; then flatten -> hidden_dim -> output_dim, each with layer norm, batch norm and
    GELU. Coverage is an input channel of its own, so that no zero is taken for a flux. The defaults
    are the paper's sizes, for 4,096 bins: 25 million weights.

    Shapes: flux (B, n_channels, P), pad_mask (B, P); result (B, output_dim). The wavelengths are
    not looked at: a bin is known by its place.

    Parameters
    ----------
    n_channels : int
        Without that of coverage.
    n_bins : int
        No kernel is wider than what meets a bin of a spectrum.
    widths : sequence of int
        Channels of each block, and of each of its convolutions.
    kernels : sequence of sequence of int
        Odd widths in bins, of the convolutions of each block.
    poolings : sequence of int
        Bins that each block makes one of.
    n_positions : int
        Places along the spectrum that the flattening keeps apart.
    hidden_dim, output_dim : int
    dropout : float

    Examples
    --------
    >>> import torch
    >>> from sklearn_sn.modules import SpectraNet
    >>> sizes = {"widths": (4, 8), "kernels": ((3, 7, 31), (3, 5, 9)), "poolings": (4, 1)}
    >>> net = SpectraNet(n_channels=2, n_bins=64, hidden_dim=16, output_dim=8, **sizes).eval()
    >>> covered = torch.ones(5, 64, dtype=torch.bool)
    >>> net(flux=torch.randn(5, 2, 64), pad_mask=~covered).shape
    torch.Size([5, 8])
    """

    def __init__(
        self,
        *,
        n_channels,
        n_bins,
        widths=(32, 64, 128, 256, 512),
        kernels=((3, 61, 1021), (3, 31, 251), (3, 15, 61), (3, 11, 31), (3, 7, 13)),
        poolings=(4, 4, 4, 4, 1),
        n_positions=16,
        hidden_dim=2048,
        output_dim=256,
        dropout=0.0,
    ):
        super().__init__()
        self.output_dim = output_dim
        blocks, n_in = [], n_channels + 1
        for width, widest, pooling in zip(widths, kernels, poolings, strict=True):
            # Wider, a kernel would only see what is beyond the ends.
            own = sorted({min(kernel, 2 * n_bins - 1) for kernel in widest})
            blocks.append(SpectraBlock(n_in, width, own, pooling))
            n_in, n_bins = width, -(-n_bins // pooling)
        self.blocks = nn.ModuleList(blocks)
        self.positions = nn.AdaptiveAvgPool2d((1, min(n_positions, n_bins)))
        self.dense = nn.Sequential(
            *dense(n_in * min(n_positions, n_bins), hidden_dim),
            nn.Dropout(dropout),
            *dense(hidden_dim, output_dim),
        )

    def forward(self, flux, pad_mask, wavelength=None):
        covered = (~pad_mask).to(flux.dtype).unsqueeze(1)
        x = torch.cat([flux * covered, covered], dim=1)[:, :, None]  # (B, C + 1, 1, P)
        x = x.contiguous(memory_format=torch.channels_last)
        with self.autocast(x):
            for block in self.blocks:
                x = block(x)
            latent = self.dense(self.positions(x).flatten(1))
        return latent.to(flux.dtype)

    def first_block(self):
        """The layers nearest to the data."""
        return [self.blocks[0]]
