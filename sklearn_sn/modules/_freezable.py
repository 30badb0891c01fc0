"""Modules of which parts can stop training."""

from sklearn_sn.modules._configurable import ConfigurableModule


class FreezableModule(ConfigurableModule):
    """A module whose frozen parts keep their weights, and drop nothing out, while others train."""

    def __init__(self):
        super().__init__()
        self.frozen = []

    def freeze(self, modules):
        """Stop training some submodules, and keep them in evaluation mode."""
        self.frozen = list(modules)
        for module in self.frozen:
            module.requires_grad_(False)
        return self.train(self.training)

    def train(self, mode=True):
        super().train(mode)
        for module in self.frozen:
            module.eval()
        return self
