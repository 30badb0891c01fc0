"""Residual convolutional network with norms that never see the other images of a batch."""

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional as F

_EXPANSION = 4  # outer width of a bottleneck block, relative to its 3 x 3 convolution


class ConstantNorm(nn.Module):
    """Batch norm with constant statistics, those of a trained network.

    The statistics of a batch are never used, so that no image changes the output of another.

    Parameters
    ----------
    n_channels : int
        Number of channels.
    """

    def __init__(self, n_channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(n_channels))
        self.bias = nn.Parameter(torch.zeros(n_channels))
        self.register_buffer("running_mean", torch.zeros(n_channels))
        self.register_buffer("running_var", torch.ones(n_channels))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias)


def image_norm(n_channels):
    """Return a norm over all channels and pixels of an image, with weights for each channel."""
    # Norms of small groups would remove how bright a galaxy is in one feature against another.
    return nn.GroupNorm(1, n_channels)


NORMS = {"image": image_norm, "constant": ConstantNorm}


class BasicBlock(nn.Module):
    """Two 3 x 3 convolutions and a shortcut."""

    expansion = 1

    def __init__(self, n_in, width, stride, norm):
        super().__init__()
        self.conv1 = nn.Conv2d(n_in, width, 3, stride, 1, bias=False)
        self.bn1 = norm(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = norm(width)
        self.downsample = shortcut(n_in, width, stride, norm)

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return torch.relu(y + (x if self.downsample is None else self.downsample(x)))


class Bottleneck(nn.Module):
    """A 1 x 1, a 3 x 3 and a 1 x 1 convolution and a shortcut; the stride is that of the second."""

    expansion = _EXPANSION

    def __init__(self, n_in, width, stride, norm):
        super().__init__()
        n_out = _EXPANSION * width
        self.conv1 = nn.Conv2d(n_in, width, 1, bias=False)
        self.bn1 = norm(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = norm(width)
        self.conv3 = nn.Conv2d(width, n_out, 1, bias=False)
        self.bn3 = norm(n_out)
        self.downsample = shortcut(n_in, n_out, stride, norm)

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        y = torch.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return torch.relu(y + (x if self.downsample is None else self.downsample(x)))


def shortcut(n_in, n_out, stride, norm):
    """Return the projection of a shortcut, or None where the identity has the right shape."""
    if stride == 1 and n_in == n_out:
        return None
    return nn.Sequential(nn.Conv2d(n_in, n_out, 1, stride, bias=False), norm(n_out))


BLOCKS = {"basic": BasicBlock, "bottleneck": Bottleneck}


class ResNet(nn.Module):
    """Residual network without a classifier, which returns features of the image.

    Its weights have the names of those of torchvision, whose files it therefore reads.

    Parameters
    ----------
    n_channels : int
        Channels of the images.
    block : {"basic", "bottleneck"}
        Kind of the blocks.
    depths, widths : sequence of int
        Blocks, and width of the 3 x 3 convolutions, of each stage.
    stem : int
        Channels of the first convolution, whose stride is 2.
    kernel : int
        Size in pixels of the first convolution.
    pooling : {"mean", "mean_max"}
        Reduction over the image: the mean of each channel, or also its maximum, which an empty sky
        around a galaxy does not dilute.
    norm : {"image", "constant"}
        "image" normalises all channels and pixels of an image together. "constant" is a batch norm
        with the statistics of pretrained weights. Neither depends on the other images of a batch.

    Notes
    -----
    A norm over the batch would let the network of momentum contrast recognise the batch of a key
    instead of its object [1]_.

    References
    ----------
    .. [1] He, K., Fan, H., Wu, Y., Xie, S. & Girshick, R. (2020). "Momentum Contrast for
       Unsupervised Visual Representation Learning". CVPR.
    """

    def __init__(
        self,
        n_channels: int,
        *,
        block: str,
        depths: Sequence[int],
        widths: Sequence[int],
        stem: int,
        kernel: int,
        pooling: str = "mean",
        norm: str = "image",
    ) -> None:
        super().__init__()
        make, new_norm = BLOCKS[block], NORMS[norm]
        self.conv1 = nn.Conv2d(n_channels, stem, kernel, 2, kernel // 2, bias=False)
        self.bn1 = new_norm(stem)
        n_in = stem
        for stage, (depth, width) in enumerate(zip(depths, widths, strict=True), start=1):
            blocks = []
            for number in range(depth):
                stride = 2 if number == 0 and stage > 1 else 1
                blocks.append(make(n_in, width, stride, new_norm))
                n_in = make.expansion * width
            setattr(self, f"layer{stage}", nn.Sequential(*blocks))
        self.n_stages, self.n_out, self.pooling = len(depths), n_in, pooling
        self.n_features = 2 * n_in if pooling == "mean_max" else n_in

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        # Convolutions of a CPU are about 1.5 times as fast with the channels last.
        x = image.contiguous(memory_format=torch.channels_last)
        x = torch.relu(self.bn1(self.conv1(x)))
        x = F.max_pool2d(x, 3, 2, 1)
        for stage in range(1, self.n_stages + 1):
            x = getattr(self, f"layer{stage}")(x)
        mean = x.mean(dim=(2, 3))  # (B, width)
        return mean if self.pooling == "mean" else torch.cat([mean, x.amax(dim=(2, 3))], dim=1)
