"""Encoders of images: their base and a convolutional network."""

from typing import Any, Literal

import torch
from torch import nn
from torch.nn import functional as F

from sklearn_sn.encoders._encoder import DataSettings, Encoder
from sklearn_sn.encoders._parameter_object import UnitInterval
from sklearn_sn.modules import ConfigurableModule
from sklearn_sn.preprocessors import ImagePreprocessor, Preprocessor


class ImageEncoder(Encoder, modality="image"):
    """Base of encoders of images.

    The module receives the keyword tensor ``image`` (B, C, H, W) and returns (B, latent_dim).

    Parameters
    ----------
    augmentation : bool, default=True
        Flip and rotate images in training.
    rotation : {"any", "right_angles"}, default="right_angles"
        Whether training rotates images by any angle or by multiples of 90°.
    """

    augmentation: bool = True
    rotation: Literal["any", "right_angles"] = "right_angles"

    def make_preprocessor(self, settings: DataSettings) -> Preprocessor:
        return ImagePreprocessor(augmentation=self.augmentation, rotation=self.rotation)


class ImageCNNModule(ConfigurableModule):
    """Encode cutouts by a convolutional network.

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
        """Return the layers nearest to the data."""
        return [self.blocks[0]]

    def dense_layers(self):
        """Return the layers after the convolutions."""
        return [self.head]


class ImageCNN(ImageEncoder, name="cnn"):
    """Small convolutional network for cutouts.

    Parameters
    ----------
    d_model, n_layers : int, default=16, 3
        Channels of the first block, which double from block to block; number of blocks.
    latent_dim : int, default=32
        Width of the output.
    dropout : float, default=0.1
        Dropout inside the blocks.
    augmentation : bool, default=True
        Flip and rotate images in training.
    rotation : {"any", "right_angles"}, default="right_angles"
        Whether training rotates images by any angle or by multiples of 90°.

    Examples
    --------
    >>> from sklearn_sn.encoders import ImageCNN
    >>> ImageCNN(n_layers=4)
    ImageCNN(n_layers=4)
    """

    d_model: int = 16
    n_layers: int = 3
    latent_dim: int = 32
    dropout: UnitInterval = 0.1

    def make_module(self, preprocessor: Any) -> nn.Module:
        return ImageCNNModule(
            n_channels=preprocessor.n_channels_,
            d_model=self.d_model,
            n_layers=self.n_layers,
            output_dim=self.latent_dim,
            dropout=self.dropout,
        )
