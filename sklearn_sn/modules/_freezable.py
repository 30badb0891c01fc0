"""Modules whose parts can be excluded from training."""

from collections.abc import Iterable
from typing import Self

from torch import nn

from sklearn_sn.modules._configurable import ConfigurableModule


class FreezableModule(ConfigurableModule):
    """Module whose frozen parts keep their weights and statistics in training."""

    def __init__(self) -> None:
        super().__init__()
        self.frozen = []

    def freeze(self, modules: Iterable[nn.Module]) -> Self:
        """Exclude submodules from training, with their dropout and batch norms in eval mode."""
        self.frozen = list(modules)
        for module in self.frozen:
            module.requires_grad_(False)
        return self.train(self.training)

    def train(self, mode: bool = True) -> Self:
        super().train(mode)
        for module in self.frozen:
            for part in module.modules():
                # cuDNN has no gradients through a recurrent layer in eval mode. Recurrent layers
                # without internal dropout give the same result in both modes.
                if not isinstance(part, nn.RNNBase):
                    part.training = False
        return self
