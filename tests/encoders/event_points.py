"""Light curves of events as tensors."""

import torch


def events(n=3, length=7, by_wavelength=True):
    """Points with values, times and bands; no padding."""
    step = torch.rand(n, length) * 5
    step[:, 0] = 0.0
    band = {"log_wavelength": torch.randn(n, length) * 0.2}
    if not by_wavelength:
        band = {"band": torch.randint(0, 2, (n, length))}
    return {
        "values": torch.randn(n, length, 3),
        "time": step.cumsum(1),
        "since_previous": step,
        **band,
        "pad_mask": torch.zeros(n, length, dtype=torch.bool),
    }
