"""Training of a given number of steps as a skorch callback."""

import numbers
from typing import Any

from skorch import NeuralNet
from skorch.callbacks import Callback

from sklearn_sn.nets._callbacks import Schedule


class MaxSteps(Callback):
    """Train for a number of optimiser steps, instead of a number of epochs.

    The parameter `max_epochs` of the estimator is not used: training lasts as many epochs as the
    steps need, and the last epoch may be shorter. The learning-rate schedule spans all steps. Early
    stopping may end the training before.

    Parameters
    ----------
    n_steps : int
        Number of steps, that is, of training batches.

    Examples
    --------
    >>> from sklearn_sn import ContrastiveEmbedder
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.nets import MaxSteps
    >>> X, y = make_supernovae(60, random_state=0)
    >>> model = ContrastiveEmbedder(
    ...     light_curve="deep_sets", batch_size=20, callbacks=[MaxSteps(5)], random_state=0
    ... )
    >>> model.fit(X).n_iter_  # of three batches and two batches
    2
    """

    _file_kind = "object"

    def __init__(self, n_steps: int) -> None:
        self.n_steps = n_steps

    def on_train_begin(self, net: NeuralNet, X: Any = None, **kwargs: Any) -> None:
        if not isinstance(self.n_steps, numbers.Integral) or self.n_steps < 1:
            raise ValueError(
                "The 'n_steps' parameter of MaxSteps must be an int in the range [1, inf). Got "
                f"{self.n_steps!r} instead."
            )
        net.max_steps = int(self.n_steps)
        net.max_epochs = -(-net.max_steps // len(net.get_iterator(X, training=True)))
        for _, callback in net.callbacks_:
            if isinstance(callback, Schedule):
                callback.total_steps = net.max_steps
