"""Residual convolutional network for images of galaxies."""

from typing import Any, Literal

import torch
from torch import nn

from sklearn_sn.encoders._encoder import DataSettings
from sklearn_sn.encoders._image_cnn import ImageEncoder
from sklearn_sn.encoders._parameter_object import TwoOrMore
from sklearn_sn.encoders._resnet_weights import load_trunk
from sklearn_sn.modules import ConfigurableModule, ResNet
from sklearn_sn.preprocessors import FluxImagePreprocessor, Preprocessor

SIZES = {
    "small": {
        "block": "basic",
        "depths": (1, 1, 2),
        "widths": (32, 64, 128),
        "stem": 24,
        "kernel": 5,
        "pooling": "mean_max",
    },
    "resnet50": {
        "block": "bottleneck",
        "depths": (3, 4, 6, 3),
        "widths": (64, 128, 256, 512),
        "stem": 64,
        "kernel": 7,
    },
}


class ResNetImageModule(ConfigurableModule):
    """Encode images by a residual network and two dense layers.

    Shapes: image (B, n_channels, H, W); result (B, output_dim).
    """

    def __init__(self, *, n_channels, output_dim, **sizes):
        super().__init__()
        self.output_dim = output_dim
        self.trunk = ResNet(n_channels, **sizes)
        n_features, width = self.trunk.n_features, self.trunk.n_out
        self.dense = nn.Sequential(
            nn.Linear(n_features, width), nn.ReLU(), nn.Linear(width, output_dim)
        )

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.dense(self.trunk(image))

    def first_block(self):
        """Return the layers nearest to the data."""
        return [self.trunk.conv1, self.trunk.bn1]

    def dense_layers(self):
        """Return the layers after the convolutions."""
        return [self.dense]


class ResNetImage(ImageEncoder, name="resnet"):
    """Residual convolutional network [1]_ for images of galaxies, as in AstroCLIP [2]_.

    All images are on one flux scale for each channel, so that magnitudes and colours are inputs.
    Two dense layers follow the mean over the image; size="small" also takes the maximum. Pixels of
    NaN count as sky.

    Parameters
    ----------
    size : {"small", "resnet50"}, default="small"
        "small" has three stages of 32, 64 and 128 channels and 0.6 million weights. "resnet50" has
        23.5 million weights in its convolutions, and 4.5 million in the dense layers.
    weights : str or None, default=None
        Pretrained weights of the convolutions of size="resnet50": the path of a file of
        ``torch.save``, or "torchvision" for the ImageNet weights of that package. They are read in
        `fit`; their batch norms keep the statistics of the file. None starts from random weights,
        with norms over each image.
    crop : int or None, default=None
        Side in pixels to which larger images are cropped at their centre; None keeps their size.
    latent_dim : int, default=128
        Width of the output.
    augmentation : bool, default=True
        Flip and rotate images in training. What a rotation brings into the crop is read from the
        image around it.
    rotation : {"any", "right_angles"}, default="any"
        Whether training rotates images by any angle or by multiples of 90°.

    References
    ----------
    .. [1] He, K., Zhang, X., Ren, S. & Sun, J. (2016). "Deep Residual Learning for Image
       Recognition". CVPR.
    .. [2] Lanusse, F., Parker, L., Golkar, S., Cranmer, M. et al. (2023). "AstroCLIP: Cross-Modal
       Pre-Training for Astronomical Foundation Models".

    Examples
    --------
    >>> from sklearn_sn.encoders import ResNetImage
    >>> ResNetImage(size="resnet50", crop=96)
    ResNetImage(crop=96, size='resnet50')
    """

    size: Literal["small", "resnet50"] = "small"
    weights: str | None = None
    crop: TwoOrMore | None = None
    latent_dim: int = 128
    rotation: Literal["any", "right_angles"] = "any"

    _parameter_constraints = {"weights": [str, None]}

    def check(self) -> None:
        super().check()
        if self.weights is not None and self.size != "resnet50":
            raise ValueError(
                "The 'weights' parameter of ResNetImage holds weights of a ResNet-50 and needs "
                f"size='resnet50'. Got size={self.size!r} instead."
            )

    def make_preprocessor(self, settings: DataSettings) -> Preprocessor:
        return FluxImagePreprocessor(
            crop=self.crop, rotation=self.rotation, augmentation=self.augmentation
        )

    def make_module(self, preprocessor: Any) -> nn.Module:
        module = ResNetImageModule(
            n_channels=preprocessor.n_channels_,
            output_dim=self.latent_dim,
            norm="image" if self.weights is None else "constant",
            **SIZES[self.size],
        )
        if self.weights is not None:
            load_trunk(module.trunk, self.weights)
        return module
