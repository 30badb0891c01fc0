"""Sparse self-attention of a few selected queries, and distilling of a sequence."""

import math

import torch
from torch import nn
from torch.nn import functional as F


class ProbSparseAttention(nn.Module):
    r"""Self-attention of the queries with the least uniform scores [1]_.

    The sparsity measure of a query is :math:`M_i = \max_j s_{ij} - \frac1n \sum_j s_{ij}` with
    the scores :math:`s_{ij} = q_i k_j / \sqrt d`. In each head, the
    :math:`u = \lceil c \ln(1 + n) \rceil` queries of largest measure attend; the output of the
    others is the mean of the values.

    Shapes: x (B, L, d_model), pad_mask (B, L); result (B, L, d_model).

    Parameters
    ----------
    d_model, n_heads : int
        Width and number of heads.
    factor : int
        The factor c.

    Notes
    -----
    The paper estimates the measure from a random sample of the keys. Here all keys of the light
    curve are used, because a prediction must not depend on random numbers or on padding.

    References
    ----------
    .. [1] Zhou, H. et al. (2021). "Informer: Beyond Efficient Transformer for Long Sequence
       Time-Series Forecasting". AAAI.
    """

    def __init__(self, d_model: int, n_heads: int, factor: int = 5) -> None:
        super().__init__()
        self.n_heads, self.factor = n_heads, factor
        self.qkv = nn.Linear(d_model, 3 * d_model)
        self.out = nn.Linear(d_model, d_model)

    def forward(self, x: torch.Tensor, pad_mask: torch.Tensor) -> torch.Tensor:
        B, L, d_model = x.shape
        # (B, L, 3 d) -> (3, B, n_heads, L, d_head)
        qkv = self.qkv(x).view(B, L, 3, self.n_heads, -1).permute(2, 0, 3, 1, 4)
        query, key, value = qkv.unbind(0)
        scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])  # (B, H, L, L)
        padded = pad_mask[:, None, None, :]
        count = (~pad_mask).sum(dim=1).clamp(min=1)[:, None, None]  # (B, 1, 1)
        low = torch.finfo(x.dtype).min
        measure = scores.masked_fill(padded, low).amax(-1)
        measure = measure - scores.masked_fill(padded, 0.0).sum(-1) / count  # (B, H, L)
        measure = measure.masked_fill(pad_mask[:, None, :], low)
        n_selected = torch.ceil(self.factor * torch.log1p(count.to(x.dtype))).minimum(count)
        most = int(n_selected.max())
        # Stable, so that the earlier of two equal queries is selected.
        chosen = measure.argsort(dim=-1, descending=True, stable=True)[..., :most]  # (B, H, u)
        index = chosen[..., None]
        weights = scores.gather(2, index.expand(-1, -1, -1, L)).masked_fill(padded, low).softmax(-1)
        mean = value.masked_fill(pad_mask[:, None, :, None], 0.0).sum(2, keepdim=True)
        mean = mean / count[..., None]  # (B, H, 1, d_head)
        # A short light curve selects fewer queries than the longest of its batch.
        is_selected = torch.arange(most, device=x.device) < n_selected  # (B, 1, u)
        attended = torch.where(is_selected[..., None], weights @ value, mean)
        index = index.expand_as(attended)
        output = mean.expand_as(value).scatter(2, index, attended)
        return self.out(output.transpose(1, 2).reshape(B, L, d_model))


class Distilling(nn.Module):
    """Halve the length of a sequence by a convolution and max pooling.

    Convolution of width 3, layer norm, ELU, and pooling of width 3 and stride 2. Padding neither
    enters the convolution nor the pooling. The original has a batch norm, whose statistics would
    depend on padding.

    Shapes: x (B, L, d_model), pad_mask (B, L); result (B, ⌈L / 2⌉, d_model), (B, ⌈L / 2⌉).
    """

    def __init__(self, d_model: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(d_model, d_model, 3, padding=1)
        self.norm = nn.LayerNorm(d_model)

    def forward(self, x: torch.Tensor, pad_mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        hidden = pad_mask[..., None]
        x = self.conv(x.masked_fill(hidden, 0.0).transpose(1, 2)).transpose(1, 2)
        x = F.elu(self.norm(x)).masked_fill(hidden, torch.finfo(x.dtype).min)
        x = F.max_pool1d(x.transpose(1, 2), 3, stride=2, padding=1).transpose(1, 2)
        pad_mask = pad_mask[:, ::2]
        return x.masked_fill(pad_mask[..., None], 0.0), pad_mask
