"""The event transformer of light curves."""

from typing import Any

import torch
from torch import nn

from sklearn_sn.encoders._event_encoder import EventEncoder
from sklearn_sn.encoders._parameter_object import UnitInterval
from sklearn_sn.modules import ConfigurableModule, EventEmbedding, TransformerStack


class EventTransformerModule(ConfigurableModule):
    """Encode light curves by a transformer, and return the state of its [CLS] token.

    Shapes: values (B, L, n_values), time and since_previous (B, L) in days, band (B, L) int64 or
    log_wavelength (B, L), pad_mask (B, L); result (B, output_dim), normalised by a layer norm.
    """

    def __init__(
        self,
        *,
        n_values,
        d_model=128,
        n_heads=8,
        n_layers=4,
        d_feedforward=512,
        output_dim=None,
        n_bands=None,
        log_times=False,
        dropout=0.0,
    ):
        super().__init__()
        self.d_model = d_model
        self.output_dim = d_model if output_dim is None else output_dim
        self.embed = EventEmbedding(n_values, d_model, n_bands, log_times)
        self.summary = nn.Embedding(1, d_model)  # the [CLS] token
        self.stack = TransformerStack(
            d_model, n_heads, n_layers, dropout, norm_first=True, d_feedforward=d_feedforward
        )
        self.dropout = nn.Dropout(dropout)
        self.project = nn.Identity() if output_dim is None else nn.Linear(d_model, output_dim)
        self.norm = nn.LayerNorm(self.output_dim)

    def forward(self, pad_mask, **points):
        x, pad_mask = self._with_summary(self.embed(**points), pad_mask)
        return self.norm(self.project(self.stack(x, pad_mask, n_queries=1)[:, 0]))

    def _with_summary(self, tokens, pad_mask):
        summary = self.summary.weight.expand(len(tokens), 1, -1)
        x = self.dropout(torch.cat([summary, tokens], dim=1))  # (B, 1 + L, d)
        return x, nn.functional.pad(pad_mask, (1, 0))

    def point_tokens(self, pad_mask, **points):
        """Return the token of every point, (B, L, d_model)."""
        return self.embed(**points)

    def point_states(self, tokens, pad_mask):
        """Return the states of the points (B, L, d_model) and the result (B, output_dim)."""
        x = self.stack(*self._with_summary(tokens, pad_mask))
        return x[:, 1:], self.norm(self.project(x[:, 0]))

    def first_block(self):
        """Return the layers that a change of survey affects first."""
        return [self.embed, self.summary, self.stack.blocks[0]]

    def layers_from_top(self):
        """Return groups of layers, the one nearest to the output first."""
        return [[self.norm, self.project], *self.stack.from_top(), [self.embed, self.summary]]

    def add_bands(self, nearest):
        """Append learned vectors of new bands; see :class:`EventEmbedding`."""
        self.embed.add_bands(nearest)
        self.config["n_bands"] = self.embed.n_bands


class EventTransformer(EventEncoder, name="event_transformer"):
    """Transformer over photometric points with a learned time embedding and a [CLS] token [1]_.

    A token holds the flux, its error, the time since the first and since the previous point, the
    band, and which colours were observed in the last days. An embedding of time, one linear term
    and sinusoids of learned frequencies [2]_, is added to it.

    Parameters
    ----------
    d_model, n_heads, n_layers, d_feedforward : int, default=128, 8, 4, 512
        Width, attention heads, blocks, and width of the feed-forward layers.
    latent_dim : int or None, default=None
        Width of the output. None means `d_model`: the output is the state of the [CLS] token.
    dropout : float, default=0.1
        Dropout of tokens, attention outputs and feed-forward layers.
    %(light_curve_events)s
    %(light_curve_scaling)s

    See Also
    --------
    sklearn_sn.embedding.MaskedEventEmbedder : Pretrain the encoder without labels.

    References
    ----------
    .. [1] Junell, A., Sasli, A., Fontinele Nunes, F., Xu, M., Border, B., Rehemtulla, N. et al.
       (2025). "Applying multimodal learning to Classify transient Detections Early (AppleCiDEr) I:
       Data set, methods, and infrastructure".
    .. [2] Kazemi, S. M. et al. (2019). "Time2Vec: Learning a Vector Representation of Time".
       arXiv:1907.05321.

    Examples
    --------
    >>> from sklearn_sn.encoders import EventTransformer
    >>> EventTransformer(d_model=32, n_layers=2)
    EventTransformer(d_model=32, n_layers=2)
    """

    d_model: int = 128
    n_heads: int = 8
    n_layers: int = 4
    d_feedforward: int = 512
    latent_dim: int | None = None
    dropout: UnitInterval = 0.1

    normalize_latent = False
    gives_point_states = True

    def make_module(self, preprocessor: Any) -> nn.Module:
        by_wavelength = self.band_encoding == "wavelength"
        return EventTransformerModule(
            n_values=preprocessor.n_values,
            d_model=self.d_model,
            n_heads=self.n_heads,
            n_layers=self.n_layers,
            d_feedforward=self.d_feedforward,
            output_dim=self.latent_dim,
            n_bands=None if by_wavelength else len(preprocessor.bands_),
            log_times=self.log_times,
            dropout=self.dropout,
        )
