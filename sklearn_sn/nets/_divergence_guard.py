"""Stop training on divergence, and keep the best finite weights."""

import math
from typing import Any

import torch
from skorch import NeuralNet
from skorch.callbacks import Callback
from torch import nn


class DivergenceGuard(Callback):
    """End training when the loss or a weight is not finite, and restore the best weights.

    The best weights are those at the end of the epoch with the lowest validation loss (or training
    loss, without a validation part), and the initial weights if no epoch had a finite loss. The
    attribute ``stop_reason_`` of the net is set to "diverged".

    Attributes
    ----------
    first_weights_, best_weights_ : dict of str to tensor
        Initial and best state of the module.
    """

    def on_train_begin(self, net: NeuralNet, **kwargs: Any) -> None:
        self.best_loss_ = math.inf
        self.first_weights_ = self.best_weights_ = _copy(net)

    def on_epoch_end(self, net: NeuralNet, **kwargs: Any) -> None:
        last = net.history[-1]
        loss = last.get("valid_loss", last["train_loss"])
        if not (math.isfinite(last["train_loss"]) and all_finite(net.module_)):
            net.stop_reason_ = "diverged"
            net.module_.load_state_dict(self.best_weights_)
            raise KeyboardInterrupt  # ends training in skorch
        if loss < self.best_loss_:
            self.best_loss_, self.best_weights_ = loss, _copy(net)

    def release(self) -> None:
        """Drop the copies of the weights, which neither a pickle nor a prediction needs."""
        self.first_weights_ = self.best_weights_ = None


def all_finite(module: nn.Module) -> bool:
    """Return whether all weights and statistics of a module are finite."""
    checks = [v.isfinite().all() for v in module.state_dict().values() if v.is_floating_point()]
    # One comparison on the device and one transfer, not one per tensor.
    return bool(torch.stack(checks).all()) if checks else True


def _copy(net):
    return {name: value.clone() for name, value in net.module_.state_dict().items()}
