"""The module of momentum contrast: an encoder and a projection."""

import torch
from torch import nn
from torch.nn import functional as F

from sklearn_sn.modules._freezable import FreezableModule


class MomentumContrastModule(FreezableModule):
    """Encoder of images and a projection to unit vectors.

    Parameters
    ----------
    encoder : torch.nn.Module
        Encoder that maps the keyword tensor ``image`` to (B, width).
    width : int
        Width of the encoder's output.
    projection_dim : int
        Width of the projection, which has one hidden layer of the width of the encoder.
    """

    def __init__(self, encoder: nn.Module, width: int, projection_dim: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.projection = nn.Sequential(
            nn.Linear(width, width), nn.ReLU(), nn.Linear(width, projection_dim)
        )
        self.projection_dim = projection_dim

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Return unit vectors of images (B, C, H, W), as (B, projection_dim)."""
        return F.normalize(self.projection(self.encoder(image=image)), dim=1)
