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

    def train_only(self, part: nn.Module, trained: Iterable[nn.Module]) -> Self:
        """Exclude a submodule from training, except some modules inside it.

        Parameters
        ----------
        part : torch.nn.Module
            Submodule, all of whose modules were frozen or trained before.
        trained : iterable of torch.nn.Module
            Modules of `part` to train.
        """
        trained = list(trained)
        part.requires_grad_(False)
        for module in trained:
            module.requires_grad_(True)
        inside = {id(module) for top in trained for module in top.modules()}
        # A module that contains a trained module must not be frozen as a whole.
        self.frozen = [
            module
            for module in part.modules()
            if not any(id(inner) in inside for inner in module.modules())
        ]
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
