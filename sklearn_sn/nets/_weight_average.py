"""Exponential moving average of the weights, for validation and prediction."""

from typing import Any

import torch
from skorch import NeuralNet
from skorch.callbacks import Callback


class WeightAverage(Callback):
    r"""Keep a moving average of the weights, for validation and the fitted model.

    .. math::

        a \leftarrow d\, a + (1 - d)\, w, \qquad d = \min(\text{decay}, \frac{1 + t}{10 + t})

    after step :math:`t`. The decay is small in the first steps, so that the average does not lag
    behind in a short training. Statistics of batch norms are averaged too. At the end of every
    epoch the average is in the module, so that early stopping stores it. The trained weights return
    with the next training batch.

    Parameters
    ----------
    decay : float
        Decay of the average, in [0, 1).
    """

    def __init__(self, decay: float) -> None:
        self.decay = decay

    def on_train_begin(self, net: NeuralNet, **kwargs: Any) -> None:
        self.step_ = 0
        self.average_ = {name: v.clone() for name, v in _floats(net)}
        self.trained_ = None

    def on_batch_begin(self, net: NeuralNet, training: bool = False, **kwargs: Any) -> None:
        self._hold(net, not training)

    def on_batch_end(self, net: NeuralNet, training: bool = False, **kwargs: Any) -> None:
        if not training:
            return
        decay = min(self.decay, (1 + self.step_) / (10 + self.step_))
        self.step_ += 1
        with torch.no_grad():
            for name, value in _floats(net):
                self.average_[name].lerp_(value, 1.0 - decay)

    def on_epoch_end(self, net: NeuralNet, **kwargs: Any) -> None:
        self._hold(net, True)

    def on_train_end(self, net: NeuralNet, **kwargs: Any) -> None:
        self._hold(net, True)
        # Drop the copies: neither a pickle nor a prediction needs them.
        self.average_ = self.trained_ = None

    def _hold(self, net, average):
        """Put the average or the trained weights into the module."""
        # While the average is in the module, trained_ keeps the trained weights.
        if average == (self.trained_ is not None):
            return
        with torch.no_grad():
            if average:
                self.trained_ = {name: value.clone() for name, value in _floats(net)}
            source = self.average_ if average else self.trained_
            for name, value in _floats(net):
                value.copy_(source[name])
        if not average:
            self.trained_ = None


def _floats(net):
    """Yield the name and value of every floating-point weight and statistic."""
    for name, value in net.module_.state_dict().items():
        if value.is_floating_point():
            yield name, value
