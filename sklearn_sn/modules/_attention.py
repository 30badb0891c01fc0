"""Transformer blocks for padded sets of tokens, and masked pooling."""

import math

import torch
from torch import nn
from torch.nn import functional as F


def sinusoid(values: torch.Tensor, d_model: int, max_period: float) -> torch.Tensor:
    """Compute sines and cosines of a coordinate at geometrically spaced frequencies.

    Entry ``2k`` is ``sin(t w_k)`` and entry ``2k + 1`` is ``cos(t w_k)``, with
    ``w_k = max_period ** (-2k / d_model)``; `max_period` is n_t in Zhang et al. (2024).

    Shapes: values (...), result (..., d_model); d_model is even.
    """
    exponents = torch.arange(0, d_model, 2, device=values.device, dtype=values.dtype) / d_model
    angles = values.unsqueeze(-1) * max_period ** (-exponents)  # (..., d_model / 2)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(-2)


class SelfAttention(nn.Module):
    """Multi-head self-attention.

    Shapes: x (B, L, d_model), keep (B, 1, 1, L), True where attention is allowed; result
    (B, L, d_model).
    """

    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.qkv = nn.Linear(d_model, 3 * d_model)
        self.out = nn.Linear(d_model, d_model)

    def forward(self, x, keep):
        B, L, d_model = x.shape
        # (B, L, 3 d) -> (3, B, n_heads, L, d_head)
        qkv = self.qkv(x).view(B, L, 3, self.n_heads, -1).permute(2, 0, 3, 1, 4)
        # Dropout is applied to the result: inside the attention, it prevents the fused kernel.
        x = F.scaled_dot_product_attention(*qkv.unbind(0), attn_mask=keep)
        return self.out(x.transpose(1, 2).reshape(B, L, d_model))


class TransformerBlock(nn.Module):
    """Self-attention and a feed-forward layer of four times the width, post-norm or pre-norm."""

    def __init__(self, d_model, n_heads, dropout=0.0, norm_first=False):
        super().__init__()
        self.norm_first = norm_first
        self.attention = SelfAttention(d_model, n_heads)
        self.norm_1 = nn.LayerNorm(d_model)
        self.feed_forward = nn.Sequential(
            nn.Linear(d_model, 4 * d_model), nn.ReLU(), nn.Linear(4 * d_model, d_model)
        )
        self.norm_2 = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, keep):
        if self.norm_first:
            x = x + self.dropout(self.attention(self.norm_1(x), keep))
            return x + self.dropout(self.feed_forward(self.norm_2(x)))
        x = self.norm_1(x + self.dropout(self.attention(x, keep)))
        return self.norm_2(x + self.dropout(self.feed_forward(x)))


class TransformerStack(nn.Module):
    """Sequence of transformer blocks: (B, L, d_model), pad_mask (B, L) to (B, L, d_model)."""

    def __init__(
        self,
        d_model: int,
        n_heads: int,
        n_layers: int,
        dropout: float = 0.0,
        norm_first: bool = False,
    ) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            TransformerBlock(d_model, n_heads, dropout, norm_first) for _ in range(n_layers)
        )
        # Pre-norm blocks leave their sum unnormalised.
        self.norm = nn.LayerNorm(d_model) if norm_first else nn.Identity()

    def forward(self, x: torch.Tensor, pad_mask: torch.Tensor) -> torch.Tensor:
        keep = attention_mask(pad_mask)
        for block in self.blocks:
            x = block(x, keep)
        return self.norm(x)


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
        self.query = nn.Parameter(torch.randn(d_model) / math.sqrt(d_model))
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
        self.query = nn.Parameter(torch.randn(d_model) / math.sqrt(d_model))

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
