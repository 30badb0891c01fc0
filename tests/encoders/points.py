"""Light curves as tensors, with and without padding."""

import torch


def light_curves(n=3, length=7):
    return {
        "values": torch.randn(n, length, 3),
        "time": torch.rand(n, length) * 50,
        "log_wavelength": torch.randn(n, length) * 0.2,
        "pad_mask": torch.zeros(n, length, dtype=torch.bool),
    }


def padded(tensors, extra=5):
    out = {}
    for name, value in tensors.items():
        shape = (value.shape[0], extra, *value.shape[2:])
        filler = torch.ones(shape, dtype=torch.bool) if name == "pad_mask" else torch.randn(shape)
        out[name] = torch.cat([value, filler], dim=1)
    return out
