"""Pooling of tokens by a block of cross-attention with one learned query."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from sklearn_sn.modules._attention import attention_mask


class CrossAttentionPooling(nn.Module):
    """Cross-attention of one learned query to the tokens, and a feed-forward layer.

    The result of the attention is normalised, and the feed-forward layer of four times the width
    is added to it, as in the head of AstroCLIP (Lanusse et al. 2023).

    Shapes: x (B, L, d_model), pad_mask (B, L); result (B, width).

    Parameters
    ----------
    d_model : int
        Width of the tokens.
    width : int, default=128
        Width of the query and of the result, a multiple of `n_heads`.
    n_heads : int, default=4
        Attention heads.
    dropout : float, default=0.0
        Dropout of the result of the attention and in the feed-forward layer.
    """

    def __init__(
        self, d_model: int, width: int = 128, n_heads: int = 4, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.query = nn.Parameter(torch.randn(width))
        self.to_query = nn.Linear(width, width)
        self.key_value = nn.Linear(d_model, 2 * width)
        self.out = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width)
        self.feed_forward = nn.Sequential(
            nn.Linear(width, 4 * width),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(4 * width, width),
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor, pad_mask: torch.Tensor) -> torch.Tensor:
        query, key, value = self._projected(x)
        pooled = F.scaled_dot_product_attention(
            query, key, value, attn_mask=attention_mask(pad_mask)
        )
        pooled = self.norm(self.dropout(self.out(pooled.flatten(1))))  # (B, width)
        return pooled + self.dropout(self.feed_forward(pooled))

    def _projected(self, x):
        """Return query (B, n_heads, 1, d_head), and keys and values (B, n_heads, L, d_head)."""
        query = self.to_query(self.query).view(1, self.n_heads, 1, -1).expand(len(x), -1, -1, -1)
        # (B, L, 2 width) -> (2, B, n_heads, L, d_head)
        key_value = self.key_value(x).unflatten(2, (2, self.n_heads, -1)).permute(2, 0, 3, 1, 4)
        return query, *key_value.unbind(0)

    def weights(self, x: torch.Tensor, pad_mask: torch.Tensor) -> torch.Tensor:
        """Return the weights of the attention to the tokens, (B, n_heads, L)."""
        query, key, _ = self._projected(x)
        scores = (query @ key.transpose(2, 3))[:, :, 0] / math.sqrt(query.shape[-1])
        return scores.masked_fill(~attention_mask(pad_mask)[:, 0], -torch.inf).softmax(-1)
