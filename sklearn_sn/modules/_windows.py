"""Overlapping windows of the bins of spectra."""

import torch
from torch.nn import functional as F


def n_windows(n_bins: int, window: int, stride: int) -> int:
    """Return the number of windows that contain all bins; the last one may be incomplete.

    Examples
    --------
    >>> from sklearn_sn.modules import n_windows
    >>> n_windows(7781, window=20, stride=10)
    778
    """
    return 1 + -(-max(n_bins - window, 0) // stride)


def to_windows(
    values: torch.Tensor, window: int, stride: int, fill: float | bool = 0.0
) -> torch.Tensor:
    """Cut the last axis into overlapping windows: (..., P) to (..., L, window).

    An incomplete last window is completed by `fill`.
    """
    n_bins = values.shape[-1]
    short = (n_windows(n_bins, window, stride) - 1) * stride + window - n_bins
    # With a stride larger than the window, bins between the windows may remain at the end.
    values = F.pad(values, (0, max(short, 0)), value=fill)
    return values.unfold(-1, window, stride)


def from_windows(
    windows: torch.Tensor, counted: torch.Tensor, n_bins: int, stride: int
) -> torch.Tensor:
    """Return the mean over the windows that contain a bin: (B, C, L, W) to (B, C, n_bins).

    Only entries where `counted` (B, L, W) is True are averaged; bins without any are 0.
    """
    count, window = windows.shape[-2:]
    weight = counted.to(windows.dtype)[:, None]  # (B, 1, L, W)
    size = (1, (count - 1) * stride + window)

    def add(values):
        # (B, C, L, W) -> (B, C W, L), the layout of torch's fold
        columns = values.transpose(2, 3).flatten(1, 2)
        return F.fold(columns, size, (1, window), stride=(1, stride))[:, :, 0, :n_bins]

    return add(windows * weight) / add(weight).clamp(min=1.0)
