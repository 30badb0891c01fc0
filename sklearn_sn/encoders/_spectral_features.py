"""The encoder of spectra that returns features of every bin."""

from typing import Any, Literal

import torch
from torch import nn
from torch.nn import functional as F

from sklearn_sn.encoders._parameter_object import BelowHalf, TwoOrMore, UnitInterval
from sklearn_sn.encoders._spectranet import check_convolutions
from sklearn_sn.encoders._spectrum_encoder import SpectrumEncoder
from sklearn_sn.modules import BatchNorm, MixedPrecisionModule
from sklearn_sn.preprocessors import ShiftedSpectrumPreprocessor


class FeatureBlock(nn.Module):
    """Dilated convolution, norm, GELU and projection, with a skip connection.

    Shapes: x (B, n_in, 1, P), covered (B, 1, 1, P); result (B, width, 1, P). Bins that are not
    covered stay zero, like the bins beyond the ends of the grid.
    """

    def __init__(self, n_in, width, kernel, dilation):
        super().__init__()
        conv_params = {"padding": (0, dilation * (kernel // 2)), "dilation": (1, dilation)}
        self.conv = nn.Conv2d(n_in, width, (1, kernel), bias=False, **conv_params)
        self.norm = BatchNorm(width)
        self.project = nn.Conv2d(width, width, 1)
        self.skip = nn.Conv2d(n_in, width, 1, bias=False)

    def forward(self, x, covered):
        y = self.project(F.gelu(self.norm(self.conv(x))))  # (B, width, 1, P)
        return (self.skip(x) + y) * covered


class SpectralFeaturesModule(MixedPrecisionModule):
    """Compute features of every bin of a spectrum, equivariant to shifts of the spectrum.

    Shapes: flux (B, n_channels, P), pad_mask (B, P); result (B, output_dim, P), zero where not
    covered.

    Parameters
    ----------
    n_channels : int
        Number of channels without that of coverage.
    widths : sequence of int
        Channels of each block.
    kernels : sequence of int
        Odd widths in bins; the dilation doubles from the second block on: 1, 1, 2, 4, …
    output_dim : int
        Number of features of each bin.
    precision : {"auto", "float32", "bfloat16"}
        Precision of convolutions and products.
    """

    def __init__(
        self,
        *,
        n_channels,
        widths=(32, 32, 32, 32),
        kernels=(15, 9, 9, 9),
        output_dim=32,
        precision="auto",
    ):
        super().__init__()
        self.output_dim, self.precision, self.widest = output_dim, precision, max(widths)
        blocks, n_in = [], n_channels + 1
        for i, (width, kernel) in enumerate(zip(widths, kernels, strict=True)):
            blocks.append(FeatureBlock(n_in, width, kernel, 2 ** max(0, i - 1)))
            n_in = width
        self.blocks = nn.ModuleList(blocks)
        self.features = nn.Conv2d(n_in, output_dim, 1)
        self.norm = BatchNorm(output_dim)

    def forward(self, flux, pad_mask, wavelength=None):
        covered = (~pad_mask).to(flux.dtype)[:, None, None]  # (B, 1, 1, P)
        x = torch.cat([flux[:, :, None] * covered, covered], dim=1)  # (B, C + 1, 1, P)
        x = x.contiguous(memory_format=torch.channels_last)
        with self.autocast(x):
            for block in self.blocks:
                x = block(x, covered)
            x = self.norm(self.features(x)) * covered
        return x[:, :, 0].to(flux.dtype)


class SpectralFeatures(SpectrumEncoder):
    """Convolutions without stride that give features of every bin, for template matching.

    Only :class:`~sklearn_sn.classification.SpectralRedshiftClassifier` takes this encoder, because
    its output is not one vector per object.

    Parameters
    ----------
    n_features : int, default=32
        Features of each bin.
    widths : sequence of int, default=(32, 32, 32, 32)
        Channels of each block.
    kernels : sequence of int, default=(15, 9, 9, 9)
        Odd widths in bins of the convolution of each block, dilated by 1, 1, 2, 4, …
    dropout : float, default=0.2
        Probability to drop a feature in all bins.
    precision : {"auto", "float32", "bfloat16"}, default="auto"
        Precision of convolutions, as in :class:`SpectraNet`.
    %(spectrum_scaling)s

    Examples
    --------
    >>> from sklearn_sn.encoders import SpectralFeatures
    >>> SpectralFeatures(n_features=16)
    SpectralFeatures(n_features=16)
    """

    n_features: int = 32
    widths: Any = (32, 32, 32, 32)
    kernels: Any = (15, 9, 9, 9)
    dropout: UnitInterval = 0.2
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    n_bins: TwoOrMore = 1024
    max_crop: BelowHalf = 0.25
    max_shift: BelowHalf | None = 0.1

    gives_features_per_bin = True
    _preprocessor_class = ShiftedSpectrumPreprocessor
    _parameter_constraints = {"widths": ["array-like"], "kernels": ["array-like"]}

    def check(self) -> None:
        super().check()
        check_convolutions(self, tuple(self.widths), tuple(self.kernels))

    def make_module(self, preprocessor: Any) -> nn.Module:
        return SpectralFeaturesModule(
            n_channels=preprocessor.n_channels,
            widths=tuple(int(width) for width in self.widths),
            kernels=tuple(int(kernel) for kernel in self.kernels),
            output_dim=self.n_features,
            precision=self.precision,
        )
