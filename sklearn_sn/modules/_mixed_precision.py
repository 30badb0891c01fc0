"""Encoders that can compute in half the bits."""

import torch

from sklearn_sn.modules._configurable import ConfigurableModule


class MixedPrecisionModule(ConfigurableModule):
    """A module that runs its matrix products and convolutions in bfloat16 where ``mixed`` is set.

    Weights, sums of normalisation and results stay in single precision. Whether it pays depends on
    the machine, so that ``mixed`` is no size: whoever runs the module sets it.
    """

    mixed = False

    def autocast(self, x):
        """The context in which ``forward`` treats its tensor."""
        return torch.autocast(x.device.type, dtype=torch.bfloat16, enabled=self.mixed)
