"""The validation score for early stopping with a focal loss, whose minimum comes too late."""

from typing import Any

import numpy as np
import torch
from skorch import NeuralNet
from skorch.callbacks import Callback


class CompositeScore(Callback):
    """Record ``valid_score``, the mean of accuracy, macro-F1 and top-3 accuracy.

    The callback must precede early stopping. Objects count by their weight.
    """

    def on_epoch_begin(self, net: NeuralNet, **kwargs: Any) -> None:
        self.batches_ = []

    def on_batch_end(
        self,
        net: NeuralNet,
        batch: Any = None,
        training: bool = False,
        y_pred: Any = None,
        **kwargs: Any,
    ) -> None:
        if training or y_pred is None:
            return
        batch, _ = batch
        labels = batch.targets["targets"]
        weight = batch.targets.get("weight", labels.new_ones(len(labels)).float())
        parts = (y_pred[1].detach().float(), labels, weight, batch.present[net.modality])
        self.batches_.append(parts)

    def on_epoch_end(self, net: NeuralNet, **kwargs: Any) -> None:
        if self.batches_:
            # Transfer once per epoch, because each transfer waits for the device.
            parts = [torch.cat(part).cpu().numpy() for part in zip(*self.batches_, strict=True)]
            *parts, present = parts
            score = composite_score(*(part[present] for part in parts))
            net.history.record("valid_score", score)
        self.batches_ = []


def composite_score(logits, labels, weight):
    """Compute the mean of accuracy, macro-F1 and top-3 accuracy.

    Parameters
    ----------
    logits : array of shape (n, n_classes)
        Logits of the classes.
    labels : array of int, shape (n,)
        Codes of the true classes.
    weight : array of shape (n,)
        Weights of the objects.

    Returns
    -------
    float
        Score in [0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_sn.nets._composite_score import composite_score
    >>> labels = np.array([0, 1, 2, 3])
    >>> composite_score(np.eye(4), labels, np.ones(4))
    1.0
    >>> round(composite_score(np.eye(4)[[0, 1, 2, 2]], labels, np.ones(4)), 3)
    0.722
    """
    n_classes = logits.shape[1]
    order = np.argsort(-logits, axis=1, kind="stable")
    predicted = order[:, 0]
    accuracy = np.average(predicted == labels, weights=weight)
    top_3 = np.average((order[:, :3] == labels[:, None]).any(axis=1), weights=weight)
    hits, n_true, n_predicted = (
        np.bincount(codes, weights=w, minlength=n_classes)
        for codes, w in (
            (labels, weight * (predicted == labels)),
            (labels, weight),
            (predicted, weight),
        )
    )
    # F1 = 2 TP / (2 TP + FP + FN). Classes that are neither true nor predicted do not count.
    total = n_true + n_predicted
    f1 = 2.0 * hits[total > 0] / total[total > 0]
    return float((accuracy + f1.mean() + top_3) / 3.0)
