"""Perceiver-IO blocks: latent tokens read any number of points, and queries decode them."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from sklearn_sn.modules._scaled_normal import scaled_normal


class CrossAttention(nn.Module):
    """Multi-head attention of queries to a context.

    For a context of few tokens, such as a latent, the projections of queries and results are
    absorbed into the context: ``softmax(x (W_q K)) (V W_o)`` is equal to attention, and needs only
    two small products for every query. A long context uses the fused kernel of torch.

    Shapes: x (s, n, L, d) and context (S, N, C, d), where s is S or 1 and n is N or 1; keep
    (N, C), True where the context may be read, or None; result (S, N, L, d).
    """

    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.query = nn.Linear(d_model, d_model)
        self.key_value = nn.Linear(d_model, 2 * d_model)
        self.out = nn.Linear(d_model, d_model)

    def forward(self, x, context, keep=None):
        S, N, C, d_model = context.shape
        L = x.shape[-2]
        if keep is None and C * self.n_heads <= d_model:
            return self._absorbed(x, context)
        # Project a shared query once, and repeat only the result.
        query = self.query(x).expand(S, N, L, d_model).reshape(S * N, L, self.n_heads, -1)
        # (S, N, C, 2 d) -> (2, S N, n_heads, C, d_head)
        key_value = self.key_value(context).view(S * N, C, 2, self.n_heads, -1)
        key, value = key_value.permute(2, 0, 3, 1, 4).unbind(0)
        if keep is not None:
            keep = keep.expand(S, N, C).reshape(S * N, 1, 1, C)
        x = F.scaled_dot_product_attention(query.transpose(1, 2), key, value, attn_mask=keep)
        return self.out(x.transpose(1, 2).reshape(S, N, L, d_model))

    def _absorbed(self, x, context):
        d_model, H = context.shape[-1], self.n_heads
        # (S, N, C, 2 d) -> (2, S, N, H, C, d_head)
        key_value = self.key_value(context).unflatten(-1, (2, H, -1))
        key, value = key_value.permute(3, 0, 1, 4, 2, 5).unbind(0)
        # Fold the scale of the scores, 1 / sqrt(d_head), into the keys.
        key = key / math.sqrt(d_model // H)
        into = self.query.weight.view(H, -1, d_model)  # (H, d_head, d)
        out_of = self.out.weight.view(d_model, H, -1).permute(1, 2, 0)  # (H, d_head, d)
        query = (key @ into).flatten(2, 3).transpose(-1, -2)  # (S, N, d, H C)
        offset = (key @ self.query.bias.view(H, -1, 1)).flatten(2)  # (S, N, H C)
        if torch.is_grad_enabled():
            # torch's softmax over a last axis of four entries takes twenty times as long as over
            # an inner axis. Predictions keep it, so that they stay equal bit for bit.
            scores = query.mT @ x.mT + offset.unsqueeze(-1)  # (S, N, H C, L)
            weights = scores.unflatten(2, (H, -1)).softmax(3).flatten(2, 3).mT
        else:
            scores = x @ query + offset.unsqueeze(2)  # (S, N, L, H C)
            weights = scores.unflatten(-1, (H, -1)).softmax(-1).flatten(-2)
        return weights @ (value @ out_of).flatten(2, 3) + self.out.bias


class TransceiverBlock(nn.Module):
    """Optional self-attention of the queries, attention to the context, feed-forward layer.

    Each part has a layer norm at its input. Shapes as in :class:`CrossAttention`; gain and shift
    (S, N, 1, d) modulate the input of the feed-forward layer.
    """

    def __init__(self, d_model, n_heads, d_feedforward, dropout=0.0, self_attention=True):
        super().__init__()
        self.self_attention = CrossAttention(d_model, n_heads) if self_attention else None
        self.cross_attention = CrossAttention(d_model, n_heads)
        self.norm_self = nn.LayerNorm(d_model) if self_attention else None
        self.norm_cross = nn.LayerNorm(d_model)
        self.norm_feed_forward = nn.LayerNorm(d_model)
        self.feed_forward = nn.Sequential(
            nn.Linear(d_model, d_feedforward), nn.GELU(), nn.Linear(d_feedforward, d_model)
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, context, keep=None, gain=0.0, shift=0.0):
        if self.self_attention is not None:
            normed = self.norm_self(x)
            x = x + self.dropout(self.self_attention(normed, normed))
        x = x + self.dropout(self.cross_attention(self.norm_cross(x), context, keep))
        modulated = self.norm_feed_forward(x) * (1.0 + gain) + shift
        return x + self.dropout(self.feed_forward(modulated))


class TransceiverEncoder(nn.Module):
    """Encoder in which learned queries read a context of any size [1]_.

    A learned empty token is added to every context. If all other tokens are padding, the queries
    read only this token, so that their result is finite.

    Shapes: context (N, C, d_model), pad_mask (N, C); result (N, n_queries, d_model).

    References
    ----------
    .. [1] Jaegle et al. (2022), "Perceiver IO: a general architecture for structured inputs and
       outputs", ICLR.
    """

    def __init__(
        self,
        *,
        n_queries: int,
        d_model: int,
        n_heads: int,
        n_layers: int,
        d_feedforward: int,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.queries = scaled_normal(n_queries, d_model)
        self.empty_token = scaled_normal(d_model)
        self.norm_context = nn.LayerNorm(d_model)
        self.blocks = nn.ModuleList(
            TransceiverBlock(d_model, n_heads, d_feedforward, dropout) for _ in range(n_layers)
        )
        self.norm = nn.LayerNorm(d_model)

    def forward(self, context: torch.Tensor, pad_mask: torch.Tensor) -> torch.Tensor:
        N, _, d_model = context.shape
        context = torch.cat([self.empty_token.expand(N, 1, d_model), context], dim=1)
        keep = torch.cat([pad_mask.new_ones(N, 1), ~pad_mask], dim=1)
        context = self.norm_context(context).unsqueeze(0)  # (1, N, C + 1, d)
        x = self.queries.expand(1, N, -1, -1)
        for block in self.blocks:
            x = block(x, context, keep)
        return self.norm(x)[0]


class TransceiverDecoderModule(nn.Module):
    """Decoder in which queries at any coordinates read the tokens of a latent.

    In addition to attention, the latent modulates every feed-forward layer (FiLM, Perez et al.
    2018). Training is faster than with attention alone, which only averages over a few tokens.

    The queries do not attend to each other. The result at a wavelength therefore does not depend on
    the other queries, no matrix of size L × L is computed, and the projection of the queries in the
    first block is computed once for all samples.

    Shapes: queries (N or 1, L, d_model), tokens (S, N, n_tokens, d_model); result
    (S, N, L, d_model).
    """

    def __init__(
        self, *, n_tokens: int, d_model: int, n_heads: int, n_layers: int, d_feedforward: int
    ) -> None:
        super().__init__()
        self.norm_context = nn.LayerNorm(d_model)
        self.modulate = nn.Linear(n_tokens * d_model, 2 * n_layers * d_model)
        self.blocks = nn.ModuleList(
            TransceiverBlock(d_model, n_heads, d_feedforward, self_attention=False)
            for _ in range(n_layers)
        )
        self.norm = nn.LayerNorm(d_model)

    def forward(self, queries: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        # (S, N, 2 n_layers d) -> 2 n_layers of (S, N, 1, d)
        modulation = self.modulate(tokens.flatten(2)).unsqueeze(2).chunk(2 * len(self.blocks), -1)
        tokens = self.norm_context(tokens)
        x = queries.unsqueeze(0)  # (1, N or 1, L, d)
        for block, gain, shift in zip(self.blocks, modulation[::2], modulation[1::2], strict=True):
            x = block(x, tokens, gain=gain, shift=shift)
        return self.norm(x)
