"""The patch transformer of spectra, with overlapping windows of pixels as tokens."""

from typing import Any, Literal

import torch
from torch import nn

from sklearn_sn.encoders._encoder import DataSettings
from sklearn_sn.encoders._parameter_object import TwoOrMore, UnitInterval
from sklearn_sn.encoders._spectrum_encoder import SpectrumEncoder
from sklearn_sn.modules import (
    CrossAttentionPooling,
    MeanPooling,
    MixedPrecisionModule,
    TransformerStack,
    n_windows,
    sinusoid,
    to_windows,
)
from sklearn_sn.preprocessors import CHANNELS, PatchSpectrumPreprocessor, Preprocessor

SIZES = {
    "small": {"d_model": 128, "n_heads": 4, "n_layers": 4},
    "base": {"d_model": 768, "n_heads": 6, "n_layers": 6},
}
N_BINS = {"small": 1024, "base": 7781}
HEAD_WIDTH, HEAD_HEADS = 128, 4  # of the cross-attention of the paper
N_MOMENTS = 2  # slots of the mean and the standard deviation
# The fastest sinusoid of ln(wavelength) has a period of 2 pi times this, the slowest of MAX_PERIOD
# times as much, which is longer than any spectrum.
RESOLUTION, MAX_PERIOD = 0.004, 1000.0


class PatchSpectrumModule(MixedPrecisionModule):
    """Encode spectra by a pre-norm transformer over overlapping windows of bins.

    The first token holds the moments of the spectrum in its first slots. The other tokens hold the
    bins of a window in the slots after these. A window without a covered bin is padding.

    Shapes: flux (B, n_channels, P), pad_mask (B, P), wavelength (P,) in Å, moments (B, 2); result
    (B, output_dim).

    Parameters
    ----------
    n_channels, n_bins : int
        Channels and bins of the flux.
    d_model, n_heads, n_layers : int
        Width, attention heads and blocks.
    window, stride : int
        Bins of a window, and bins from one window to the next.
    positions : {"wavelength", "learned"}
        Encoding of the positions of windows.
    pooling : {"mean", "first", "cross_attention"}
        Pooling of the states of the tokens.
    output_dim : int or None
        Width of the output; None means `d_model`, or 128 with cross-attention.
    dropout : float
        Dropout of attention outputs and feed-forward layers.
    precision : {"auto", "float32", "bfloat16"}
        Precision of matrix products.
    """

    whole_windows = True

    def __init__(
        self,
        *,
        n_channels,
        n_bins,
        d_model=128,
        n_heads=4,
        n_layers=4,
        window=20,
        stride=10,
        positions="wavelength",
        pooling="mean",
        output_dim=None,
        dropout=0.0,
        precision="auto",
    ):
        super().__init__()
        self.d_model, self.dropout = d_model, dropout
        self.precision, self.widest = precision, d_model
        self.state_dim, self.state_window, self.state_stride = d_model, window, stride
        self.n_slots = N_MOMENTS + n_channels * window
        self.embed = nn.Linear(self.n_slots, d_model)
        self.position = None
        if positions == "learned":
            self.position = nn.Embedding(n_windows(n_bins, window, stride), d_model)
            nn.init.normal_(self.position.weight, std=d_model**-0.5)
        self.stack = TransformerStack(d_model, n_heads, n_layers, dropout, norm_first=True)
        for part in [self.embed, *self.stack.modules()]:
            if isinstance(part, nn.Linear):
                nn.init.normal_(part.weight, std=(2 * part.in_features * n_layers) ** -0.5)
                nn.init.zeros_(part.bias)
        self._make_head(pooling, output_dim)

    def _make_head(self, pooling, output_dim):
        self.pooling, self.project = pooling, nn.Identity()
        if pooling == "cross_attention":
            self.output_dim = HEAD_WIDTH if output_dim is None else output_dim
            self.pool = CrossAttentionPooling(
                self.d_model, self.output_dim, HEAD_HEADS, self.dropout
            )
            return
        self.pool = FirstPooling() if pooling == "first" else MeanPooling(self.d_model)
        self.output_dim = self.d_model if output_dim is None else output_dim
        if output_dim is not None:
            self.project = nn.Linear(self.d_model, output_dim)

    def replace_head(self, *, pooling, latent_dim):
        """Replace pooling and output layer by new ones."""
        self._make_head(pooling, latent_dim)
        self.config.update(pooling=pooling, output_dim=latent_dim)

    def forward(self, flux, pad_mask, wavelength, moments):
        with self.autocast(flux):
            states, token_pad = self._states(flux, pad_mask, wavelength, moments)
            return self.project(self.pool(states, token_pad)).to(flux.dtype)

    def window_states(self, flux, pad_mask, wavelength, moments, hidden=None):
        """Return the state of every window, (B, L, d_model).

        The flux in `hidden` bins, which must be 0, is covered, so that hidden windows are tokens.
        """
        with self.autocast(flux):
            states, _ = self._states(flux, pad_mask, wavelength, moments)
        return states[:, 1:].to(flux.dtype)

    def window_mask(self, pad_mask):
        """Return the mask of windows with a covered bin, (B, P) to (B, L)."""
        covered = to_windows((~pad_mask).to(torch.uint8), self.state_window, self.state_stride)
        return covered.bool().any(-1)

    def window_wavelength(self, wavelength):
        """Return the mean wavelength of the bins of each window, (P,) to (L,)."""
        values = to_windows(wavelength, self.state_window, self.state_stride)
        inside = to_windows(torch.ones_like(wavelength), self.state_window, self.state_stride)
        return values.sum(-1) / inside.sum(-1)

    def attention_maps(self, flux, pad_mask, wavelength, moments, layer=None):
        """Return the attention that each window receives, (B, n_heads, L).

        For a block, numbered by `layer`, it is the mean over the tokens of the spectrum; for None,
        it is the attention of the query of the cross-attention.
        """
        tokens, token_pad = self._tokens(flux, pad_mask, wavelength, moments)
        if layer is None:
            return self.pool.weights(self.stack(tokens, token_pad), token_pad)[..., 1:]
        weights = self.stack.attention_weights(tokens, token_pad, layer)  # (B, n_heads, L, L)
        asks = (~token_pad).to(weights.dtype)[:, None, :, None]
        return ((weights * asks).sum(2) / asks.sum(2))[..., 1:]

    def _states(self, flux, pad_mask, wavelength, moments):
        tokens, token_pad = self._tokens(flux, pad_mask, wavelength, moments)
        return self.stack(tokens, token_pad), token_pad

    def _tokens(self, flux, pad_mask, wavelength, moments):
        """Return the embedded tokens (B, 1 + L, d_model), and the mask of padding (B, 1 + L)."""
        windows = to_windows(flux, self.state_window, self.state_stride)  # (B, C, L, window)
        windows = windows.transpose(1, 2).flatten(2)  # (B, L, C window)
        windows = nn.functional.pad(windows, (N_MOMENTS, 0))
        first = nn.functional.pad(moments[:, None], (0, self.n_slots - N_MOMENTS))
        tokens = self.embed(torch.cat([first, windows], dim=1))
        if self.position is None:
            # Bins without a wavelength are numbered from 0.
            scale = self.window_wavelength(wavelength).clamp(min=1.0) / 5000.0
            position = sinusoid(scale.log() / RESOLUTION, self.d_model, MAX_PERIOD)
        else:
            position = self.position.weight
        tokens = tokens + nn.functional.pad(position, (0, 0, 1, 0))
        return tokens, nn.functional.pad(~self.window_mask(pad_mask), (1, 0))

    def first_block(self):
        """Return the layers nearest to the data."""
        positions = [] if self.position is None else [self.position]
        return [self.embed, *positions, self.stack.blocks[0]]

    def head_modules(self):
        """Return the layers that are trained with trainable="head"."""
        return [self.pool, self.project]

    def layers_from_top(self):
        """Return groups of layers, the one nearest to the output first."""
        first, *others = self.first_block()[:-1]
        head = [part for part in self.head_modules() if any(True for _ in part.parameters())]
        return [*([head] if head else []), *self.stack.from_top(), [first, *others]]


class FirstPooling(nn.Module):
    """The first token: (B, L, d), (B, L) to (B, d)."""

    def forward(self, x: torch.Tensor, pad_mask: torch.Tensor) -> torch.Tensor:
        return x[:, 0]


class PatchSpectrumTransformer(SpectrumEncoder, name="patch_transformer"):
    """Transformer over overlapping windows of pixels, the spectrum encoder of AstroCLIP [1]_.

    Each spectrum is standardised over its covered bins. A token has two slots and one for every bin
    of a window. The first token holds the mean and the standard deviation of the spectrum, relative
    to the training data and compressed by arsinh, in the first two slots; the other tokens hold the
    bins of a window in the others. The last window is completed by zeros. Windows without a covered
    bin are masked. Blocks are pre-norm, and their weights start from a normal distribution with the
    standard deviation (2 fan_in n_layers)^(-1/2).

    Parameters
    ----------
    size : {"small", "base"}, default="small"
        "small" has 4 blocks and heads of a width of 128 on 1,024 bins: 0.8 million weights. "base"
        is the published network, with 6 blocks, 6 heads and a width of 768 on 7,781 bins: 43
        million.
    d_model, n_heads, n_layers : int, default=None
        Width, attention heads and blocks, instead of those of `size`.
    window, stride : int, default=20, 10
        Bins of a window, and bins from one window to the next, at most `window`.
    positions : {"wavelength", "learned"}, default="wavelength"
        "wavelength" encodes the logarithm of the central wavelength of each window by sinusoids.
        "learned" is a table of one vector for each window of the grid; on the published grid it
        has 778.
    pooling : {"mean", "first", "cross_attention"}, default="mean"
        Pooling of the tokens: their mean, the state of the first token, or a block of
        cross-attention with one learned query and four heads.
    latent_dim : int or None, default=None
        Width of the output. None means `d_model`, or 128 with cross-attention, where it must be a
        multiple of 4.
    amplitude : bool, default=True
        Whether the first token holds the mean and the standard deviation. Without them, the output
        does not depend on the scale of the flux.
    dropout : float, default=0.1
        Dropout of attention outputs and feed-forward layers.
    precision : {"auto", "float32", "bfloat16"}, default="auto"
        Precision of matrix products; "auto" is bfloat16 if the network is wide and the processor
        has fast bfloat16 products.
    %(spectrum_scaling)s

    See Also
    --------
    sklearn_sn.embedding.MaskedSpectrumEmbedder : Pretrain the encoder without labels.

    Notes
    -----
    With a pretrained encoder, `pooling` and `latent_dim` may differ from those of the pretraining;
    pooling and output layer are then new. With ``trainable="head"`` they are trained, and the other
    layers are not.

    The published grid has 7,781 pixels of 0.8 Å. It is that of ``PatchSpectrumTransformer(
    size="base", grid="linear", wavelength_range=(3599.6, 9824.4), positions="learned")``. Only 777
    of its 778 windows are complete. The published network drops the last one, and has a position
    for the first token instead, which is recognised by its slots here.

    References
    ----------
    .. [1] Lanusse, F., Parker, L., Golkar, S., Cranmer, M. et al. (2023). "AstroCLIP: Cross-Modal
       Pre-Training for Astronomical Foundation Models".

    Examples
    --------
    >>> from sklearn_sn.encoders import PatchSpectrumTransformer
    >>> PatchSpectrumTransformer(pooling="cross_attention")
    PatchSpectrumTransformer(pooling='cross_attention')
    """

    size: Literal["small", "base"] = "small"
    d_model: int | None = None
    n_heads: int | None = None
    n_layers: int | None = None
    window: int = 20
    stride: int = 10
    positions: Literal["wavelength", "learned"] = "wavelength"
    pooling: Literal["mean", "first", "cross_attention"] = "mean"
    latent_dim: int | None = None
    amplitude: bool = True
    dropout: UnitInterval = 0.1
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    n_bins: TwoOrMore | None = None

    gives_window_states = True
    head_parameters = ("pooling", "latent_dim")
    _preprocessor_class = PatchSpectrumPreprocessor

    @property
    def resolved_n_bins(self) -> int:
        return N_BINS[self.size] if self.n_bins is None else self.n_bins

    def check(self) -> None:
        super().check()
        name = type(self).__name__
        sizes = self._sizes()
        width, n_heads = sizes["d_model"], sizes["n_heads"]
        if width % n_heads or width % 2:
            raise ValueError(
                f"The 'd_model' parameter of {name} must be even and a multiple of 'n_heads'. Got "
                f"{width} and {n_heads} instead."
            )
        if self.stride > self.window:
            raise ValueError(
                f"The 'stride' parameter of {name} must be at most 'window', so that every bin is "
                f"in a window. Got {self.stride} and {self.window} instead."
            )
        if self.pooling == "cross_attention" and (self.latent_dim or HEAD_WIDTH) % HEAD_HEADS:
            raise ValueError(
                f"The 'latent_dim' parameter of {name} must be a multiple of {HEAD_HEADS} with "
                f"pooling='cross_attention'. Got {self.latent_dim} instead."
            )

    def make_preprocessor(self, settings: DataSettings) -> Preprocessor:
        preprocessor = super().make_preprocessor(settings)
        preprocessor.amplitude = self.amplitude
        return preprocessor

    def _default_channels(self, on_array):
        return CHANNELS[:1]

    def make_module(self, preprocessor: Any) -> nn.Module:
        return PatchSpectrumModule(
            n_channels=preprocessor.n_channels,
            n_bins=preprocessor.n_bins,
            window=self.window,
            stride=self.stride,
            positions=self.positions,
            pooling=self.pooling,
            output_dim=self.latent_dim,
            dropout=self.dropout,
            precision=self.precision,
            **self._sizes(),
        )

    def _sizes(self):
        own = {name: getattr(self, name) for name in ("d_model", "n_heads", "n_layers")}
        return SIZES[self.size] | {name: n for name, n in own.items() if n is not None}
