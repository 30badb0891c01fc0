"""ConvNeXt: a convolutional network of images with blocks like those of transformers."""

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional as F


class ConvNeXtBlock(nn.Module):
    """Depthwise convolution, layer norm and two linear layers, with a scaled skip connection [1]_.

    Shapes: (B, H, W, width) to the same. Channels are last, as linear layers need them.

    Parameters
    ----------
    width : int
        Number of channels.
    kernel : int
        Odd width of the depthwise convolution in pixels.
    dropout : float
        Probability in training that an image skips the block (stochastic depth).
    layer_scale : float
        Initial factor of the block relative to its skip connection.

    References
    ----------
    .. [1] Liu, Z., Mao, H., Wu, C.-Y., Feichtenhofer, C., Darrell, T. & Xie, S. (2022). "A ConvNet
       for the 2020s". CVPR.
    """

    def __init__(self, width: int, kernel: int, dropout: float, layer_scale: float) -> None:
        super().__init__()
        self.spatial = nn.Conv2d(width, width, kernel, padding=kernel // 2, groups=width)
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.expand = nn.Linear(width, 4 * width)
        self.project = nn.Linear(4 * width, width)
        self.scale = nn.Parameter(torch.full((width,), layer_scale))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.spatial(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)  # (B, H, W, width)
        y = self.scale * self.project(F.gelu(self.expand(self.norm(y))))
        if self.training:
            # Dropout of one number for each image drops the whole block.
            y = y * self.dropout(torch.ones_like(y[:, :1, :1, :1]))
        return x + y


class Patches(nn.Module):
    """Convolution over patches that do not overlap: (B, H, W, n_in) to (B, H / p, W / p, n_out).

    A rest at the right and the bottom that fills no patch is left out, except in an image that is
    smaller than a patch.

    Parameters
    ----------
    n_in, n_out : int
        Channels before and after.
    patch : int
        Side p of a patch in pixels.
    """

    def __init__(self, n_in: int, n_out: int, patch: int) -> None:
        super().__init__()
        self.patch = patch
        # The patch as one vector makes the convolution a linear layer, which is faster on a CPU.
        self.linear = nn.Linear(patch * patch * n_in, n_out)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        p = self.patch
        _, H, W, _ = x.shape
        if min(H, W) < p:
            x = F.pad(x, (0, 0, 0, max(0, p - W), 0, max(0, p - H)))
        B, H, W, C = x.shape
        x = x[:, : H // p * p, : W // p * p].reshape(B, H // p, p, W // p, p, C)
        return self.linear(x.permute(0, 1, 3, 2, 4, 5).flatten(3))  # (B, H / p, W / p, n_out)


class ConvNeXt(nn.Module):
    """Stages of ConvNeXt blocks, between which sides are halved: (B, H, W, C) to (B, h, w, width).

    Parameters
    ----------
    n_channels : int
        Channels of the image.
    depths, widths : sequence of int
        Number of blocks and channels of each stage.
    patch : int
        Side of the patches of the first layer in pixels.
    kernel : int
        Odd width of the depthwise convolutions in pixels.
    dropout : float
        Probability of skipping the last block in training; that of earlier blocks is smaller.
    layer_scale : float
        Initial factor of a block relative to its skip connection.
    """

    def __init__(
        self,
        n_channels: int,
        depths: Sequence[int],
        widths: Sequence[int],
        *,
        patch: int = 4,
        kernel: int = 7,
        dropout: float = 0.0,
        layer_scale: float = 1e-6,
    ) -> None:
        super().__init__()
        self.stem = Patches(n_channels, widths[0], patch)
        self.stem_norm = nn.LayerNorm(widths[0], eps=1e-6)
        last = max(sum(depths) - 1, 1)
        rates = [dropout * i / last for i in range(sum(depths))]
        stages = []
        for i, (depth, width) in enumerate(zip(depths, widths, strict=True)):
            layers = []
            if i:
                norm = nn.LayerNorm(widths[i - 1], eps=1e-6)
                layers += [norm, Patches(widths[i - 1], width, 2)]
            first = sum(depths[:i])
            for rate in rates[first : first + depth]:
                layers.append(ConvNeXtBlock(width, kernel, rate, layer_scale))
            stages.append(nn.Sequential(*layers))
        self.stages = nn.Sequential(*stages)

    def forward(self, image: torch.Tensor, offset: torch.Tensor | None = None) -> torch.Tensor:
        x = self.stem(image)
        if offset is not None:  # (B, widths[0]), the contribution of channels that are constant
            x = x + offset[:, None, None]
        return self.stages(self.stem_norm(x))
