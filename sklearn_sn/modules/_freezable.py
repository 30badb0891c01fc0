"""Modules of which parts can stop training."""

from collections.abc import Iterable
from typing import Self

from torch import nn

from sklearn_sn.modules._configurable import ConfigurableModule


class FreezableModule(ConfigurableModule):
    """A module whose frozen parts keep their weights and statistics while others train."""

    def __init__(self) -> None:
        super().__init__()
        self.frozen: list[nn.Module] = []

    def freeze(self, modules: Iterable[nn.Module]) -> Self:
        """Stop training some submodules, and keep their dropout and batch norms in eval mode."""
        self.frozen = list(modules)
        for module in self.frozen:
            module.requires_grad_(False)
        return self.train(self.training)

    def train(self, mode: bool = True) -> Self:
        super().train(mode)
        for module in self.frozen:
            for part in module.modules():
                # cuDNN has no gradients through a recurrent layer in eval mode. Without dropout of
                # their own, recurrent layers compute the same in both modes.
                if not isinstance(part, nn.RNNBase):
                    part.training = False
        return self
