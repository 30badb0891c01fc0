"""Gradual unfreezing of a pretrained encoder as a skorch callback."""

from typing import Any

from skorch import NeuralNet
from skorch.callbacks import Callback


class GradualUnfreezing(Callback):
    """Train the head first, then the layers of the encoder from the top down.

    The groups of layers are those of ``layers_from_top()`` of the encoder. They start at even
    steps, and the last one at `last_start`. Before its start, a group keeps its weights and runs
    without dropout.

    Parameters
    ----------
    last_start : int
        Epoch, counted from 0, in which the lowest group starts.
    """

    def __init__(self, last_start: int) -> None:
        self.last_start = last_start

    def starts(self, n_groups: int) -> list[int]:
        """Return the epoch, counted from 0, in which each group starts, the top one first."""
        return [-(-(i + 1) * self.last_start // n_groups) for i in range(n_groups)]

    def on_epoch_begin(self, net: NeuralNet, **kwargs: Any) -> None:
        epoch, encoder = len(net.history) - 1, net.module_.encoder
        groups = encoder.layers_from_top()
        starts = self.starts(len(groups))
        trained = [
            module
            for start, group in zip(starts, groups, strict=True)
            if start <= epoch
            for module in group
        ]
        # Modules without weights, such as the dropout of the tokens, belong to no group.
        net.module_.train_only(encoder, [encoder] if starts[-1] <= epoch else trained)

    def on_train_end(self, net: NeuralNet, **kwargs: Any) -> None:
        net.module_.train_only(net.module_.encoder, [net.module_.encoder])
