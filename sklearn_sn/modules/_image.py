"""Encoder of cutouts: a small convolutional network."""

import torch
from torch import nn
from torch.nn import functional as F

from sklearn_sn.modules._configurable import ConfigurableModule


class ImageConvNet(ConfigurableModule):
    """Encode cutouts.

    Shapes: image (B, n_channels, H, W); result (B, output_dim).
    """

    def __init__(self, *, n_channels, d_model=32, n_layers=3, output_dim=32, dropout=0.0):
        super().__init__()
        self.output_dim = output_dim
        widths = [d_model * 2**layer for layer in range(n_layers)]
        self.blocks = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(n_in, n_out, 3, padding=1),
                nn.GroupNorm(min(8, n_out), n_out),
                nn.GELU(),
                nn.Conv2d(n_out, n_out, 3, padding=1),
                nn.GroupNorm(min(8, n_out), n_out),
                nn.GELU(),
                nn.Dropout(dropout),
                nn.AvgPool2d(2, ceil_mode=True),
            )
            for n_in, n_out in zip([n_channels, *widths[:-1]], widths, strict=True)
        )
        self.head = nn.Linear(2 * widths[-1], output_dim)

    def forward(self, image):
        x = image
        for block in self.blocks:
            x = block(x)
        pooled = torch.cat([F.adaptive_avg_pool2d(x, 1), F.adaptive_max_pool2d(x, 1)], dim=1)
        return self.head(pooled.flatten(1))

    def first_block(self):
        """The layers nearest to the data."""
        return [self.blocks[0]]
