"""Blocks of SpectraNet-1D: parallel convolutions with kernels of several widths."""

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional as F

from sklearn_sn.modules._wide_convolution import WideConv


class BatchNorm(nn.modules.batchnorm._BatchNorm):
    """Batch normalisation of any shape that accepts one value per channel in training.

    Such a batch has no spread; the running statistics normalise it.
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.training and x.numel() == x.shape[1]:
            return F.batch_norm(
                x, self.running_mean, self.running_var, self.weight, self.bias, False, 0.0, self.eps
            )
        return super().forward(x)

    def _check_input_dim(self, x):
        """Accept any shape with channels in second place."""


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
    """Multiply every channel by a gate in (0, 1), computed from the means of all channels."""

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

    def __init__(self, n_in: int, width: int, kernels: Sequence[int], pooling: int) -> None:
        super().__init__()
        self.branches = nn.ModuleList(WideConv(n_in, width, kernel) for kernel in kernels)
        joined = width * len(kernels)
        # One group: a layer norm over channels and bins of a spectrum, of any number.
        self.layer_norm = nn.GroupNorm(1, joined)
        self.batch_norm = BatchNorm(joined)
        # Maximum, mean and minimum of single bins are the same.
        self.pool = TriPool(pooling) if pooling > 1 else nn.Identity()
        pooled = joined * (3 if pooling > 1 else 1)
        self.gate = ChannelGate(pooled, max(4, width // 4))
        self.project = nn.Conv2d(pooled, width, 1)
        self.skip_pool = nn.AvgPool2d((1, pooling), ceil_mode=True, count_include_pad=False)
        self.skip = nn.Conv2d(n_in, width, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.cat([branch(x) for branch in self.branches], dim=1)  # (B, 3 width, 1, P)
        y = self.pool(F.gelu(self.batch_norm(self.layer_norm(y))))  # (B, 9 width, 1, P / pooling)
        return self.project(self.gate(y)) + self.skip(self.skip_pool(x))


def dense(n_in: int, n_out: int) -> tuple[nn.Module, ...]:
    """Return the layers of one dense step of the head."""
    return nn.Linear(n_in, n_out), nn.LayerNorm(n_out), BatchNorm(n_out), nn.GELU()
