"""Blocks of SpectraNet-1D: parallel convolutions with kernels of several widths."""

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional as F

from sklearn_sn.modules._joint_statistics import joint_moments, uses_joint_statistics
from sklearn_sn.modules._wide_convolution import WideConv


class BatchNorm(nn.modules.batchnorm._BatchNorm):
    """Batch norm for any shape that accepts a single value per channel in training.

    Such a batch has no spread and is normalised by the running statistics. Within
    :func:`joint_statistics`, the batch is that of all processes of a data-parallel training.
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.training and uses_joint_statistics():
            return self._forward_joint(x)
        if self.training and x.numel() == x.shape[1]:
            return F.batch_norm(
                x, self.running_mean, self.running_var, self.weight, self.bias, False, 0.0, self.eps
            )
        return super().forward(x)

    def _forward_joint(self, x):
        """Normalise by the moments of all processes; torch's SyncBatchNorm needs GPUs."""
        values = x.to(self.running_mean.dtype)
        # Clone, because the running mean changes before the gradient is computed.
        mean, variance, count = joint_moments(values, self.running_mean.clone())
        with torch.no_grad():
            unbiased = variance * count / (count - 1.0).clamp(min=1.0)
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(unbiased, self.momentum)
            self.num_batches_tracked += 1
        shape = (-1, *(1,) * (x.ndim - 2))  # of one value per channel
        scale = self.weight * torch.rsqrt(variance + self.eps)
        normed = (values - mean.view(shape)) * scale.view(shape) + self.bias.view(shape)
        return normed.to(x.dtype)

    def _check_input_dim(self, x):
        """Accept any shape whose second axis is the channels."""


class TriPool(nn.Module):
    """Pooling by maximum, mean and minimum: (B, C, 1, P) to (B, 3 C, 1, P / size).

    The last bin is repeated if the number of bins is not a multiple of `size`.
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
    """Multiply every channel by a gate in (0, 1) that depends on the means of all channels."""

    def __init__(self, n_channels, hidden):
        super().__init__()
        self.squeeze = nn.Linear(n_channels, hidden)
        self.excite = nn.Linear(hidden, n_channels)

    def forward(self, x):
        gate = torch.sigmoid(self.excite(F.gelu(self.squeeze(x.mean((2, 3))))))  # (B, C)
        return x * gate[:, :, None, None]


class SpectraBlock(nn.Module):
    """Parallel convolutions, norms, GELU, pooling, gate, projection and skip connection.

    Shapes: (B, n_in, 1, P) to (B, width, 1, P / pooling).
    """

    def __init__(self, n_in: int, width: int, kernels: Sequence[int], pooling: int) -> None:
        super().__init__()
        self.branches = nn.ModuleList(WideConv(n_in, width, kernel) for kernel in kernels)
        joined = width * len(kernels)
        # A group norm of one group is a layer norm over channels and bins, for any number of bins.
        self.layer_norm = nn.GroupNorm(1, joined)
        self.batch_norm = BatchNorm(joined)
        # Without pooling, maximum, mean and minimum of a bin are equal.
        self.pool = TriPool(pooling) if pooling > 1 else nn.Identity()
        pooled = joined * (3 if pooling > 1 else 1)
        self.gate = ChannelGate(pooled, max(4, width // 4))
        self.project = nn.Conv2d(pooled, width, 1)
        # count_include_pad=False averages a last, incomplete window over its own bins.
        self.skip_pool = nn.AvgPool2d((1, pooling), ceil_mode=True, count_include_pad=False)
        self.skip = nn.Conv2d(n_in, width, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.cat([branch(x) for branch in self.branches], dim=1)  # (B, 3 width, 1, P)
        y = self.pool(F.gelu(self.batch_norm(self.layer_norm(y))))  # (B, 9 width, 1, P / pooling)
        return self.project(self.gate(y)) + self.skip(self.skip_pool(x))


def dense(n_in: int, n_out: int) -> tuple[nn.Module, ...]:
    """Return the layers of one dense step of the head."""
    return nn.Linear(n_in, n_out), nn.LayerNorm(n_out), BatchNorm(n_out), nn.GELU()
