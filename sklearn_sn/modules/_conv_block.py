"""A residual block of two convolutions along the wavelength."""

import torch
from torch import nn
from torch.nn import functional as F

from sklearn_sn.modules._dropout import Dropout


class ConvBlock(nn.Module):
    """Two convolutions with a skip connection, and pooling: (B, n_in, P) to (B, n_out, P / 2)."""

    def __init__(self, n_in: int, n_out: int, kernel: int, dropout: float) -> None:
        super().__init__()
        self.conv_1 = nn.Conv1d(n_in, n_out, kernel, padding=kernel // 2)
        self.conv_2 = nn.Conv1d(n_out, n_out, kernel, padding=kernel // 2)
        # Group norm has no batch statistics, so that a result does not depend on other rows.
        self.norm_1 = nn.GroupNorm(min(8, n_out), n_out)
        self.norm_2 = nn.GroupNorm(min(8, n_out), n_out)
        self.skip = nn.Conv1d(n_in, n_out, 1)
        self.dropout = Dropout(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = F.gelu(self.norm_1(self.conv_1(x)))
        y = self.dropout(self.norm_2(self.conv_2(y)))
        return F.max_pool1d(F.gelu(y + self.skip(x)), 2, ceil_mode=True)
