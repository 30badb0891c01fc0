"""The Informer encoder of light curves."""

from typing import Any

from torch import nn

from sklearn_sn.encoders._event_encoder import EventEncoder
from sklearn_sn.encoders._parameter_object import UnitInterval
from sklearn_sn.modules import (
    ConfigurableModule,
    Distilling,
    EventEmbedding,
    MeanPooling,
    ProbSparseAttention,
)


class InformerBlock(nn.Module):
    """Sparse self-attention and a feed-forward layer, post-norm: (B, L, d), (B, L) to (B, L, d)."""

    def __init__(self, d_model, n_heads, d_feedforward, factor, dropout):
        super().__init__()
        self.attention = ProbSparseAttention(d_model, n_heads, factor)
        self.norm_1, self.norm_2 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        self.feed_forward = nn.Sequential(
            nn.Linear(d_model, d_feedforward), nn.GELU(), nn.Linear(d_feedforward, d_model)
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, pad_mask):
        x = self.norm_1(x + self.dropout(self.attention(x, pad_mask)))
        return self.norm_2(x + self.dropout(self.feed_forward(x)))


class InformerModule(ConfigurableModule):
    """Encode light curves by sparse attention, halving their length between blocks.

    Shapes: values (B, L, n_values), time and since_previous (B, L) in days, band (B, L) int64 or
    log_wavelength (B, L), pad_mask (B, L); result (B, output_dim).
    """

    def __init__(
        self,
        *,
        n_values,
        d_model=128,
        n_heads=8,
        n_layers=3,
        d_feedforward=512,
        factor=5,
        output_dim=128,
        n_bands=None,
        log_times=False,
        dropout=0.0,
    ):
        super().__init__()
        self.output_dim = output_dim
        self.embed = EventEmbedding(n_values, d_model, n_bands, log_times)
        self.blocks = nn.ModuleList(
            InformerBlock(d_model, n_heads, d_feedforward, factor, dropout) for _ in range(n_layers)
        )
        self.distill = nn.ModuleList(Distilling(d_model) for _ in range(n_layers - 1))
        self.dropout, self.pool = nn.Dropout(dropout), MeanPooling(d_model)
        self.head = nn.Linear(d_model, output_dim)

    def forward(self, pad_mask, **points):
        x = self.blocks[0](self.dropout(self.embed(**points)), pad_mask)
        for distill, block in zip(self.distill, self.blocks[1:], strict=True):
            x, pad_mask = distill(x, pad_mask)
            x = block(x, pad_mask)
        return self.head(self.pool(x, pad_mask))

    def first_block(self):
        """Return the layers that a change of survey affects first."""
        return [self.embed, self.blocks[0]]

    def layers_from_top(self):
        """Return groups of layers, the one nearest to the output first."""
        upper = zip(reversed(self.distill), reversed(self.blocks[1:]), strict=True)
        return [[self.head], *map(list, upper), [self.blocks[0]], [self.embed]]

    def add_bands(self, nearest):
        """Append learned vectors of new bands; see :class:`EventEmbedding`."""
        self.embed.add_bands(nearest)
        self.config["n_bands"] = self.embed.n_bands


class Informer(EventEncoder, name="informer"):
    """Transformer with sparse attention, a baseline of the event transformer [1]_ [2]_.

    In each head, only the queries whose scores are least uniform attend. Convolution and pooling
    halve the length of the light curve after each block.

    Parameters
    ----------
    d_model, n_heads, n_layers, d_feedforward : int, default=128, 8, 3, 512
        Width, attention heads, blocks, and width of the feed-forward layers.
    factor : int, default=5
        Of n points, ⌈factor · ln(1 + n)⌉ attend in each head.
    latent_dim : int, default=128
        Width of the output.
    dropout : float, default=0.1
        Dropout of tokens, attention outputs and feed-forward layers.
    %(light_curve_events)s
    %(light_curve_scaling)s

    References
    ----------
    .. [1] Zhou, H. et al. (2021). "Informer: Beyond Efficient Transformer for Long Sequence
       Time-Series Forecasting". AAAI.
    .. [2] Junell, A., Sasli, A., Fontinele Nunes, F., Xu, M., Border, B., Rehemtulla, N. et al.
       (2025). "Applying multimodal learning to Classify transient Detections Early (AppleCiDEr) I:
       Data set, methods, and infrastructure".

    Examples
    --------
    >>> from sklearn_sn.encoders import Informer
    >>> Informer(d_model=32, n_layers=2)
    Informer(d_model=32, n_layers=2)
    """

    d_model: int = 128
    n_heads: int = 8
    n_layers: int = 3
    d_feedforward: int = 512
    factor: int = 5
    latent_dim: int = 128
    dropout: UnitInterval = 0.1

    def make_module(self, preprocessor: Any) -> nn.Module:
        by_wavelength = self.band_encoding == "wavelength"
        return InformerModule(
            n_values=preprocessor.n_values,
            d_model=self.d_model,
            n_heads=self.n_heads,
            n_layers=self.n_layers,
            d_feedforward=self.d_feedforward,
            factor=self.factor,
            output_dim=self.latent_dim,
            n_bands=None if by_wavelength else len(preprocessor.bands_),
            log_times=self.log_times,
            dropout=self.dropout,
        )
