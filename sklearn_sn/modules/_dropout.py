"""Dropout with masks that are drawn quickly."""

import torch
from torch import nn


class Dropout(nn.Dropout):
    """Dropout that draws sixteen random bits for a number.

    On a CPU, torch draws a Bernoulli variable for every number, which takes several times as long
    as the rest. The probability of a zero is rounded to a multiple of 2⁻¹⁶. Other devices use
    torch's dropout.

    Shapes: x (...); result (...).
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training or self.p in (0.0, 1.0) or x.device.type != "cpu":
            return super().forward(x)
        # Four numbers of 16 bits are drawn as one of 64 bits.
        bits = torch.empty(-(-x.numel() // 4), dtype=torch.int64, device=x.device)
        bits = bits.random_(-(2**63), None)
        bits = bits.view(torch.int16)[: x.numel()].view(x.shape)
        keep = bits >= min(round(self.p * 2**16) - 2**15, 2**15 - 1)
        return x * keep.to(x.dtype).mul_(1.0 / (1.0 - self.p))
