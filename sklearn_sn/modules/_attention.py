"""Transformer blocks for padded sets of tokens, and masked pooling."""

import math
from functools import lru_cache

import torch
from torch import nn
from torch.nn import functional as F

from sklearn_sn.modules._dropout import Dropout
from sklearn_sn.modules._scaled_normal import scaled_normal


def sinusoid(values: torch.Tensor, d_model: int, max_period: float) -> torch.Tensor:
    """Compute sines and cosines of a coordinate at geometrically spaced frequencies.

    Entry ``2k`` is ``sin(t w_k)`` and entry ``2k + 1`` is ``cos(t w_k)``, with
    ``w_k = max_period ** (-2k / d_model)``; `max_period` is n_t in Zhang et al. (2024).

    Shapes: values (...), result (..., d_model); d_model is even.
    """
    # Predictions alone use a tensor again: autograd and exports must not see that of another call.
    of = _frequencies if torch.is_inference_mode_enabled() else _frequencies.__wrapped__
    frequencies = of(d_model, max_period, values.device, values.dtype)
    angles = values.unsqueeze(-1) * frequencies  # (..., d_model / 2)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(-2)


@lru_cache(maxsize=64)
def _frequencies(d_model, max_period, device, dtype):
    """Return the angular frequencies of :func:`sinusoid`, (d_model / 2,)."""
    exponents = torch.arange(0, d_model, 2, device=device, dtype=dtype) / d_model
    return max_period ** (-exponents)


class SelfAttention(nn.Module):
    """Multi-head self-attention.

    With `n_queries`, only the first tokens attend, to all tokens.
    Shapes: x (B, L, d_model), keep (B, 1, 1, L), True where attention is allowed; result
    (B, L, d_model) or (B, n_queries, d_model).
    """

    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.qkv = nn.Linear(d_model, 3 * d_model)
        self.out = nn.Linear(d_model, d_model)

    def forward(self, x, keep, n_queries=None):
        B, L, d_model = x.shape
        if n_queries is None:
            # (B, L, 3 d) -> (3, B, n_heads, L, d_head)
            qkv = self.qkv(x).view(B, L, 3, self.n_heads, -1).permute(2, 0, 3, 1, 4).unbind(0)
        else:
            weight, bias = self.qkv.weight, self.qkv.bias
            query = F.linear(x[:, :n_queries], weight[:d_model], bias[:d_model])
            key_value = F.linear(x, weight[d_model:], bias[d_model:])
            # (B, L, 2 d) -> (2, B, n_heads, L, d_head)
            key_value = key_value.view(B, L, 2, self.n_heads, -1).permute(2, 0, 3, 1, 4)
            qkv = query.view(B, n_queries, self.n_heads, -1).transpose(1, 2), *key_value.unbind(0)
        # Dropout is applied to the result: inside the attention, it prevents the fused kernel.
        x = F.scaled_dot_product_attention(*qkv, attn_mask=keep)
        return self.out(x.transpose(1, 2).reshape(B, -1, d_model))

    def weights(self, x, keep):
        """Return the weights of the attention, which ``forward`` never forms: (B, n_heads, L, L).

        The last axis is that of the tokens that are attended to, along which the sum is 1.
        """
        query, key, _ = self.qkv(x).chunk(3, dim=-1)
        # (B, L, d) -> (B, n_heads, L, d_head)
        query, key = (t.unflatten(2, (self.n_heads, -1)).transpose(1, 2) for t in (query, key))
        scores = query @ key.transpose(2, 3) / math.sqrt(query.shape[-1])
        return scores.masked_fill(~keep, -torch.inf).softmax(-1)


class TransformerBlock(nn.Module):
    """Self-attention and a feed-forward layer, post-norm or pre-norm.

    The feed-forward layer has four times the width unless `d_feedforward` is given.
    """

    def __init__(self, d_model, n_heads, dropout=0.0, norm_first=False, d_feedforward=None):
        super().__init__()
        d_feedforward = 4 * d_model if d_feedforward is None else d_feedforward
        self.norm_first = norm_first
        self.attention = SelfAttention(d_model, n_heads)
        self.norm_1 = nn.LayerNorm(d_model)
        self.feed_forward = nn.Sequential(
            nn.Linear(d_model, d_feedforward), nn.ReLU(), nn.Linear(d_feedforward, d_model)
        )
        self.norm_2 = nn.LayerNorm(d_model)
        self.dropout = Dropout(dropout)

    def forward(self, x, keep, n_queries=None):
        first = x if n_queries is None else x[:, :n_queries]
        if self.norm_first:
            x = first + self.dropout(self.attention(self.norm_1(x), keep, n_queries))
            return x + self.dropout(self.feed_forward(self.norm_2(x)))
        x = self.norm_1(first + self.dropout(self.attention(x, keep, n_queries)))
        return self.norm_2(x + self.dropout(self.feed_forward(x)))


class TransformerStack(nn.Module):
    """Sequence of transformer blocks: (B, L, d_model), pad_mask (B, L) to (B, L, d_model).

    With `n_queries`, only the states of the first tokens are computed in the last block and
    returned, (B, n_queries, d_model).
    """

    def __init__(
        self,
        d_model: int,
        n_heads: int,
        n_layers: int,
        dropout: float = 0.0,
        norm_first: bool = False,
        d_feedforward: int | None = None,
    ) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            TransformerBlock(d_model, n_heads, dropout, norm_first, d_feedforward)
            for _ in range(n_layers)
        )
        # Pre-norm blocks leave their sum unnormalised.
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(
        self, x: torch.Tensor, pad_mask: torch.Tensor, n_queries: int | None = None
    ) -> torch.Tensor:
        keep = attention_mask(pad_mask)
        for block in self.blocks[:-1]:
            x = block(x, keep)
        return self.norm(self.blocks[-1](x, keep, n_queries))

    def attention_weights(
        self, x: torch.Tensor, pad_mask: torch.Tensor, layer: int = -1
    ) -> torch.Tensor:
        """Return the weights of the attention in one block, (B, n_heads, L, L)."""
        keep = attention_mask(pad_mask)
        layer = range(len(self.blocks))[layer]
        for block in self.blocks[:layer]:
            x = block(x, keep)
        block = self.blocks[layer]
        return block.attention.weights(block.norm_1(x) if block.norm_first else x, keep)

    def from_top(self) -> list[list[nn.Module]]:
        """Return the modules of every block, the last block first."""
        first, *others = reversed(self.blocks)
        return [[self.norm, first], *([block] for block in others)]


def attention_mask(pad_mask):
    """Return the mask that is True where attention is allowed: (B, L) to (B, 1, 1, L).

    A row of padding alone attends to its first token, so that its result is finite.
    """
    keep = ~pad_mask
    first = torch.zeros_like(keep)
    first[:, :1] = True
    keep = keep | (first & pad_mask.all(dim=1, keepdim=True))
    return keep[:, None, None, :]


class MeanPooling(nn.Module):
    """Mean over the tokens that are not padding: (B, L, d), (B, L) to (B, d)."""

    def __init__(self, d_model: int, n_heads: int | None = None) -> None:
        super().__init__()

    def forward(self, x: torch.Tensor, pad_mask: torch.Tensor) -> torch.Tensor:
        weight = (~pad_mask).to(x.dtype).unsqueeze(-1)  # (B, L, 1)
        return (x * weight).sum(1) / weight.sum(1).clamp(min=1.0)


class AttentionPooling(nn.Module):
    """Attention of one learned query to the tokens: (B, L, d), (B, L) to (B, d)."""

    def __init__(self, d_model: int, n_heads: int = 2) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.query = scaled_normal(d_model)
        self.key_value = nn.Linear(d_model, 2 * d_model)
        self.out = nn.Linear(d_model, d_model)

    def forward(self, x: torch.Tensor, pad_mask: torch.Tensor) -> torch.Tensor:
        B, L, d_model = x.shape
        # (B, L, 2 d) -> (2, B, n_heads, L, d_head)
        key, value = self.key_value(x).view(B, L, 2, self.n_heads, -1).permute(2, 0, 3, 1, 4)
        query = self.query.view(1, self.n_heads, 1, -1).expand(B, -1, -1, -1)
        pooled = F.scaled_dot_product_attention(
            query, key, value, attn_mask=attention_mask(pad_mask)
        )
        return self.out(pooled.reshape(B, d_model))


class QueryPooling(nn.Module):
    """Mean of the tokens, weighted by their product with one learned query of two heads.

    Unlike in :class:`AttentionPooling`, tokens are not projected.
    Shapes: (B, L, d), (B, L) to (B, d).
    """

    def __init__(self, d_model: int, n_heads: int = 2) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.query = scaled_normal(d_model)

    def forward(self, x: torch.Tensor, pad_mask: torch.Tensor) -> torch.Tensor:
        B, L, d_model = x.shape
        tokens = x.view(B, L, self.n_heads, -1).transpose(1, 2)  # (B, n_heads, L, d_head)
        query = self.query.view(1, self.n_heads, 1, -1).expand(B, -1, -1, -1)
        keep = attention_mask(pad_mask)
        pooled = F.scaled_dot_product_attention(query, tokens, tokens, attn_mask=keep)
        return pooled.reshape(B, d_model)


class MaxPooling(nn.Module):
    """Maximum over the tokens that are not padding: (B, L, d), (B, L) to (B, d)."""

    def __init__(self, d_model: int, n_heads: int | None = None) -> None:
        super().__init__()

    def forward(self, x: torch.Tensor, pad_mask: torch.Tensor) -> torch.Tensor:
        lowest = torch.finfo(x.dtype).min
        pooled = x.masked_fill(pad_mask.unsqueeze(-1), lowest).amax(1)
        # A row of padding alone gives 0 instead of the fill value.
        return pooled.masked_fill(pad_mask.all(1, keepdim=True), 0.0)


POOLINGS = {
    "mean": MeanPooling,
    "attention": AttentionPooling,
    "query": QueryPooling,
    "max": MaxPooling,
}
