"""SpectraNet-1D, a convolutional encoder of spectra with kernels of three widths in parallel."""

import math
from numbers import Integral
from typing import Any, Literal

import torch
from torch import nn

from sklearn_sn.encoders._parameter_object import BelowHalf, TwoOrMore, UnitInterval
from sklearn_sn.encoders._spectrum_encoder import SpectrumEncoder
from sklearn_sn.modules import MixedPrecisionModule, SpectraBlock, dense, to_windows

# The kernels of "small" span as many km/s on 1,024 logarithmic bins of the optical as those of the
# published network on 4,096 linear bins.
_PUBLISHED = {
    "widths": (32, 64, 128, 256, 512),
    "kernels": ((3, 61, 1021), (3, 31, 251), (3, 15, 61), (3, 11, 31), (3, 7, 13)),
    "poolings": (4, 4, 4, 4, 1),
    "n_positions": 16,
    "hidden_dim": 2048,
}
SIZES = {
    "small": {
        "widths": (16, 32, 64, 96, 128),
        "kernels": ((3, 21, 255), (3, 15, 63), (3, 11, 31), (3, 7, 15), (3, 5, 9)),
        "poolings": (4, 4, 2, 2, 1),
        "n_positions": 8,
        "hidden_dim": 256,
    },
    "base": _PUBLISHED,
    "paper": {**_PUBLISHED, "widths": (32, 64, 128, 256, 1536)},
}
N_BINS = {"small": 1024, "base": 4096, "paper": 4096}


class SpectraNetModule(MixedPrecisionModule):
    """Encode spectra by parallel convolutions of three widths.

    Five blocks, then flatten -> hidden_dim -> output_dim, each with layer norm, batch norm and
    GELU. Coverage is an input channel of its own, so that a bin without data differs from a flux
    of 0.

    Shapes: flux (B, n_channels, P), pad_mask (B, P); result (B, output_dim). The wavelengths are
    not used: a bin is identified by its position.

    Parameters
    ----------
    n_channels : int
        Number of channels without that of coverage.
    n_bins : int
        Number of bins; kernels that are wider than the grid are cut.
    widths : sequence of int
        Channels of each block and of each of its convolutions.
    kernels : sequence of sequence of int
        Odd widths in bins of the convolutions of each block.
    poolings : sequence of int
        Bins that each block pools into one.
    n_positions : int
        Positions along the spectrum that remain after pooling.
    hidden_dim, output_dim : int
        Widths of the dense layers.
    dropout : float
        Dropout between the dense layers.
    precision : {"auto", "float32", "bfloat16"}
        Precision of convolutions and products.
    """

    whole_windows = False

    def __init__(
        self,
        *,
        n_channels,
        n_bins,
        widths=(32, 64, 128, 256, 512),
        kernels=((3, 61, 1021), (3, 31, 251), (3, 15, 61), (3, 11, 31), (3, 7, 13)),
        poolings=(4, 4, 4, 4, 1),
        n_positions=16,
        hidden_dim=2048,
        output_dim=256,
        dropout=0.0,
        precision="auto",
    ):
        super().__init__()
        self.output_dim, self.precision, self.widest = output_dim, precision, max(widths)
        blocks, n_in = [], n_channels + 1
        for width, widest, pooling in zip(widths, kernels, poolings, strict=True):
            # A wider kernel would only reach beyond the ends of the grid.
            kernel_widths = sorted({min(kernel, 2 * n_bins - 1) for kernel in widest})
            blocks.append(SpectraBlock(n_in, width, kernel_widths, pooling))
            n_in, n_bins = width, -(-n_bins // pooling)
        self.blocks = nn.ModuleList(blocks)
        self.positions = nn.AdaptiveAvgPool2d((1, min(n_positions, n_bins)))
        self.dense = nn.Sequential(
            *dense(n_in * min(n_positions, n_bins), hidden_dim),
            nn.Dropout(dropout),
            *dense(hidden_dim, output_dim),
        )
        self.state_window = self.state_stride = math.prod(poolings)
        self.state_dim = n_in + output_dim

    def forward(self, flux, pad_mask, wavelength=None):
        with self.autocast(flux):
            latent = self.dense(self.positions(self._features(flux, pad_mask)).flatten(1))
        return latent.to(flux.dtype)

    def window_states(self, flux, pad_mask, wavelength=None, hidden=None):
        """Return features and, repeated, the output for each window, (B, L, state_dim).

        The windows do not overlap. `hidden` bins count as not covered. The output is a part of the
        states, so that masked pretraining trains the dense layers too.
        """
        with self.autocast(flux):
            features = self._features(flux, pad_mask if hidden is None else pad_mask | hidden)
            output = self.dense(self.positions(features).flatten(1))
        features = features[:, :, 0]  # (B, C, L)
        output = output[..., None].expand(-1, -1, features.shape[-1])
        return torch.cat([features, output], dim=1).transpose(1, 2).to(flux.dtype)

    def window_mask(self, pad_mask):
        """Return the mask of windows with a covered bin, (B, P) to (B, L)."""
        covered = to_windows((~pad_mask).to(torch.uint8), self.state_window, self.state_stride)
        return covered.bool().any(-1)

    def _features(self, flux, pad_mask):
        """Return the features of the last block, (B, C, 1, L)."""
        covered = (~pad_mask).to(flux.dtype).unsqueeze(1)
        x = torch.cat([flux * covered, covered], dim=1)[:, :, None]  # (B, C + 1, 1, P)
        # torch convolves and pools faster in this memory layout.
        x = x.contiguous(memory_format=torch.channels_last)
        for block in self.blocks:
            x = block(x)
        return x

    def first_block(self):
        """Return the layers nearest to the data."""
        return [self.blocks[0]]

    def dense_layers(self):
        """Return the layers after the convolutions."""
        return [self.dense]


class SpectraNet(SpectrumEncoder, name="spectranet"):
    """SpectraNet-1D: parallel convolutions with kernels of three widths, in five blocks [1]_.

    Parameters
    ----------
    size : {"small", "base", "paper"}, default="small"
        "small" has 1 million weights on 1,024 bins. "base" is the network of the public code, with
        25 million weights on 4,096 bins. "paper" is that of the paper, whose last block of 1536
        channels at 16 positions is flattened into a layer of 2,048.
    widths, kernels : sequence, default=None
        Channels of each block, and odd widths in bins of its convolutions, instead of those of
        `size`.
    latent_dim : int, default=256
        Width of the output.
    dropout : float or None, default=None
        Dropout between the dense layers; None means 0.2 in classifiers and 0 in regressors.
    precision : {"auto", "float32", "bfloat16"}, default="auto"
        Precision of convolutions; "auto" is bfloat16 if the network is wide and the processor has
        fast bfloat16 products.
    %(spectrum_scaling)s

    References
    ----------
    .. [1] Junell, A., Sasli, A., Fontinele Nunes, F., Xu, M., Border, B., Rehemtulla, N. et al.
       (2025). "Applying multimodal learning to Classify transient Detections Early (AppleCiDEr) I:
       Data set, methods, and infrastructure".

    Examples
    --------
    >>> from sklearn_sn.encoders import SpectraNet
    >>> SpectraNet(size="base")
    SpectraNet(size='base')
    """

    size: Literal["small", "base", "paper"] = "small"
    widths: Any = None
    kernels: Any = None
    latent_dim: int = 256
    dropout: UnitInterval | None = None
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    n_bins: TwoOrMore | None = None
    max_crop: BelowHalf = 0.25

    normalize_latent = False
    gives_window_states = True
    exports_to_onnx = True
    _parameter_constraints = {"widths": ["array-like", None], "kernels": ["array-like", None]}

    def check(self) -> None:
        super().check()
        self._sizes()

    @property
    def resolved_n_bins(self) -> int:
        return N_BINS[self.size] if self.n_bins is None else self.n_bins

    def make_module(self, preprocessor: Any) -> nn.Module:
        return SpectraNetModule(
            n_channels=preprocessor.n_channels,
            n_bins=preprocessor.n_bins,
            output_dim=self.latent_dim,
            dropout=self.dropout or 0.0,
            precision=self.precision,
            **self._sizes(),
        )

    def _sizes(self):
        sizes = dict(SIZES[self.size])
        n_blocks = len(sizes["widths"])
        if self.widths is not None:
            sizes["widths"] = tuple(self.widths)
        if self.kernels is not None:
            sizes["kernels"] = tuple(tuple(k) if hasattr(k, "__len__") else k for k in self.kernels)
        check_convolutions(self, sizes["widths"], sizes["kernels"], parallel=True)
        # Other numbers of blocks pool by 4, except in the last block.
        if len(sizes["widths"]) != n_blocks:
            sizes["poolings"] = (4,) * (len(sizes["widths"]) - 1) + (1,)
        return sizes


def check_convolutions(encoder, widths, kernels, parallel=False):
    """Raise a ValueError unless widths and kernels describe convolutions.

    Parameters
    ----------
    encoder : Encoder
        Encoder whose parameters are checked.
    widths : tuple
        Channels of each block.
    kernels : tuple
        Odd widths of each block: integers or, if `parallel`, tuples of integers.
    parallel : bool
        Whether each block has several convolutions.
    """
    name = type(encoder).__name__
    if not widths or not all(isinstance(w, Integral) and w > 0 for w in widths):
        raise ValueError(
            f"The 'widths' parameter of {name} must hold positive whole numbers. Got "
            f"{encoder.widths!r} instead."
        )
    rows = [k if isinstance(k, tuple) and k else (0,) for k in kernels] if parallel else [kernels]
    if not all(isinstance(k, Integral) and k > 0 and k % 2 for row in rows for k in row):
        each = "a tuple of odd whole numbers for each block" if parallel else "odd whole numbers"
        raise ValueError(
            f"The 'kernels' parameter of {name} must hold {each}. Got {encoder.kernels!r} instead."
        )
    if len(widths) != len(kernels):
        raise ValueError(
            f"The 'widths' parameter of {name} has {len(widths)} blocks and 'kernels' "
            f"{len(kernels)}. Use equal lengths."
        )
