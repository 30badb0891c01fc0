"""ConvNeXt for cutouts, with masks, distance from the centre and position in the sky."""

from numbers import Integral
from typing import Any, Literal

import torch
from torch import nn

from sklearn_sn.encoders._encoder import DataSettings
from sklearn_sn.encoders._image_cnn import ImageEncoder
from sklearn_sn.encoders._parameter_object import UnitInterval
from sklearn_sn.modules import ConfigurableModule, ConvNeXt
from sklearn_sn.preprocessors import CutoutPreprocessor, Preprocessor

SIZES = {
    "small": {"depths": (1, 1, 2), "widths": (32, 64, 128), "kernel": 5, "layer_scale": 1.0},
    "tiny": {
        "depths": (3, 3, 9, 3),
        "widths": (96, 192, 384, 768),
        "kernel": 7,
        "layer_scale": 1e-6,
    },
}


class ConvNeXtImageModule(ConfigurableModule):
    """Encode cutouts by ConvNeXt and, with `split_head`, two heads.

    The input channels are those of the image, one mask of covered pixels for each, the distance
    from the centre, and constant channels of the position in the sky. The features of ConvNeXt are
    reduced to their maximum over the image. The auxiliary head multiplies them by functions of the
    position in the sky. Without a position it does not change them.

    Shapes: image, covered (B, n_channels, H, W); sky (B, n_sky_values); result (B, output_dim).
    """

    def __init__(
        self, *, n_channels, n_sky_values, output_dim, split_head=True, depths, widths, **options
    ):
        super().__init__()
        self.output_dim = output_dim
        self.trunk = ConvNeXt(2 * n_channels + 1, depths, widths, **options)
        self.norm = nn.LayerNorm(widths[-1])
        self.is_split = split_head and n_sky_values > 0 and output_dim > 1
        n_auxiliary = output_dim // 2 if self.is_split else 0
        self.main_head = nn.Linear(widths[-1], output_dim - n_auxiliary)
        # The first convolution has no padding, so that constant channels add a constant to it.
        self.stem_of_sky = nn.Linear(n_sky_values, widths[0], bias=False) if n_sky_values else None
        if self.is_split:
            self.modulation = nn.Sequential(
                nn.Linear(n_sky_values, widths[-1]), nn.GELU(), nn.Linear(widths[-1], widths[-1])
            )
            self.auxiliary_head = nn.Linear(widths[-1], n_auxiliary)

    def forward(self, image, covered, sky=None):
        radius = distance_from_centre(image)
        x = torch.cat([image, covered, radius], dim=1).permute(0, 2, 3, 1)  # (B, H, W, 2 C + 1)
        offset = None if self.stem_of_sky is None else self.stem_of_sky(sky)
        # The mean would dilute a point source among patches of noise, which layer norms amplify.
        pooled = self.norm(self.trunk(x, offset).amax(dim=(1, 2)))  # (B, widths[-1])
        latent = self.main_head(pooled)
        if self.is_split:
            known = (sky != 0).any(dim=1, keepdim=True)
            factor = torch.where(known, 2.0 * torch.sigmoid(self.modulation(sky)), 1.0)
            latent = torch.cat([latent, self.auxiliary_head(factor * pooled)], dim=1)
        return latent

    def first_block(self):
        """Return the layers nearest to the data."""
        return [self.trunk.stem]

    def dense_layers(self):
        """Return the layers after the convolutions."""
        heads = [self.main_head]
        return [*heads, self.modulation, self.auxiliary_head] if self.is_split else heads


def distance_from_centre(image):
    """Return the distance from the centre in units of half a side, (B, 1, H, W)."""
    B, _, H, W = image.shape
    y, x = (
        (torch.arange(n, device=image.device, dtype=image.dtype) - (n - 1) / 2) / max(n / 2, 1)
        for n in (H, W)
    )
    return torch.hypot(y[:, None], x[None]).expand(B, 1, H, W)


class ConvNeXtImage(ImageEncoder, name="convnext"):
    """ConvNeXt [1]_ for cutouts, as in AstroMiNN [2]_.

    The network reads each channel with a mask of covered pixels, the distance from the centre, and
    the position in the sky. A pixel or channel of NaN is not covered, which differs from a flux of
    0. Features are reduced to their maximum over the image, because the mean of ConvNeXt would
    dilute a point source. For cutouts of 49 pixels, "tiny" has a single position, and both are
    equal.

    Parameters
    ----------
    size : {"small", "tiny"}, default="small"
        "small" has three stages of 32, 64 and 128 channels and 0.3 million weights. "tiny" has the
        depths and widths of ConvNeXt-Tiny and 28 million weights.
    depths, widths : sequence of int, default=None
        Blocks and channels of each stage, instead of those of `size`.
    patch : int, default=4
        Side in pixels of the patches of the first layer.
    crop : int or None, default=49
        Side in pixels to which larger cutouts are cropped; None keeps their size.
    sky_position : bool, default=True
        Whether to read the columns ``ra`` and ``dec`` (degrees), if X has both. Embedders of
        several modalities do not pass them.
    split_head : bool, default=True
        Whether half of the output comes from an auxiliary head, in which sines and cosines of the
        position in the sky modulate the channels. It needs the position.
    n_frequencies : int, default=4
        Frequencies of the sines and cosines of each angle: 1, 2, 4, … in a turn.
    latent_dim : int, default=64
        Width of the output.
    dropout : float, default=0.1
        Probability in training that an image skips the last block. It is smaller for earlier
        blocks.
    augmentation : bool, default=True
        Flip and rotate images in training.
    rotation : {"any", "right_angles"}, default="right_angles"
        Whether training rotates images by any angle or by multiples of 90°.
    hidden_fraction : float, default=0.1
        Probability in training that one channel of a cutout is hidden, and likewise its position in
        the sky, from which the network learns to do without them.

    References
    ----------
    .. [1] Liu, Z., Mao, H., Wu, C.-Y., Feichtenhofer, C., Darrell, T. & Xie, S. (2022). "A ConvNet
       for the 2020s". CVPR.
    .. [2] Junell, A., Sasli, A., Fontinele Nunes, F., Xu, M., Border, B., Rehemtulla, N. et al.
       (2025). "Applying multimodal learning to Classify transient Detections Early (AppleCiDEr) I:
       Data set, methods, and infrastructure".

    Examples
    --------
    >>> from sklearn_sn.encoders import ConvNeXtImage
    >>> ConvNeXtImage(size="tiny", crop=None)
    ConvNeXtImage(crop=None, size='tiny')
    """

    size: Literal["small", "tiny"] = "small"
    depths: Any = None
    widths: Any = None
    patch: int = 4
    crop: int | None = 49
    sky_position: bool = True
    split_head: bool = True
    n_frequencies: int = 4
    latent_dim: int = 64
    dropout: UnitInterval = 0.1
    hidden_fraction: UnitInterval = 0.1

    _parameter_constraints = {"depths": ["array-like", None], "widths": ["array-like", None]}

    @property
    def reads_sky_position(self) -> bool:
        """Whether the encoder reads the position in the sky, if the table has it."""
        return self.sky_position

    def check(self) -> None:
        super().check()
        self._sizes()

    def make_preprocessor(self, settings: DataSettings) -> Preprocessor:
        return CutoutPreprocessor(
            crop=self.crop,
            sky_columns=settings.sky_columns if self.sky_position else (),
            n_frequencies=self.n_frequencies,
            augmentation=self.augmentation,
            rotation=self.rotation,
            hidden_fraction=self.hidden_fraction,
        )

    def make_module(self, preprocessor: Any) -> nn.Module:
        return ConvNeXtImageModule(
            n_channels=preprocessor.n_channels_,
            n_sky_values=preprocessor.n_sky_values,
            output_dim=self.latent_dim,
            split_head=self.split_head,
            patch=self.patch,
            dropout=self.dropout,
            **self._sizes(),
        )

    def _sizes(self):
        sizes = dict(SIZES[self.size])
        for name in ("depths", "widths"):
            if getattr(self, name) is not None:
                sizes[name] = tuple(getattr(self, name))
            if not sizes[name] or not all(isinstance(n, Integral) and n > 0 for n in sizes[name]):
                raise ValueError(
                    f"The {name!r} parameter of ConvNeXtImage must hold positive whole numbers. "
                    f"Got {getattr(self, name)!r} instead."
                )
        if len(sizes["depths"]) != len(sizes["widths"]):
            raise ValueError(
                f"The 'depths' parameter of ConvNeXtImage has {len(sizes['depths'])} stages and "
                f"'widths' {len(sizes['widths'])}. Use equal lengths."
            )
        return sizes
