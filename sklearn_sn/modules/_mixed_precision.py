"""Modules with bfloat16 support."""

import torch

from sklearn_sn.modules._configurable import ConfigurableModule

# Smallest width for which the faster products in bfloat16 outweigh the conversion.
MIN_WIDTH = 256


class MixedPrecisionModule(ConfigurableModule):
    """Module that computes matrix products and convolutions in bfloat16 if that is faster.

    Weights, normalisations and results stay in single precision. Subclasses set ``precision`` and
    ``widest``, the number of channels of their widest layer.
    """

    precision = "auto"
    widest = 0

    def autocast(self, x: torch.Tensor) -> torch.autocast:
        """Return the autocast context in which ``forward`` processes the tensor `x`."""
        # Arrays are processed in double precision, which must not be reduced.
        enabled = x.dtype != torch.float64 and self.uses_bfloat16(x.device)
        return torch.autocast(x.device.type, dtype=torch.bfloat16, enabled=enabled)

    def uses_bfloat16(self, device: torch.device) -> bool:
        """Return whether products on a device are computed in bfloat16."""
        if self.precision != "auto":
            return self.precision == "bfloat16"
        if self.widest < MIN_WIDTH:
            return False
        device = torch.device(device)
        if device.type == "cuda":
            # Emulated bfloat16 is slower than single precision.
            return torch.cuda.is_bf16_supported(including_emulation=False)
        # Without AMX tiles, a processor loses more time by the conversion than it gains.
        return device.type == "cpu" and bool(getattr(torch.cpu, "_is_amx_tile_supported", bool)())
