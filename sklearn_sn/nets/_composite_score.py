"""A score of validation objects that stops training better than the loss of a focal one."""

import numpy as np
from skorch.callbacks import Callback


class CompositeScore(Callback):
    """Record ``valid_score``: the mean of accuracy, macro-F1 and top-3 accuracy.

    To be placed before early stopping. Objects count by their weight.
    """

    def on_epoch_begin(self, net, **kwargs):
        self.seen_ = []

    def on_batch_end(self, net, batch=None, training=False, y_pred=None, **kwargs):
        if training or y_pred is None:
            return
        batch, _ = batch
        labels = batch.extras["targets"]
        weight = batch.extras.get("weight", labels.new_ones(len(labels)).float())
        logits = y_pred[1].detach().float()
        here = batch.present[net.modality]
        self.seen_.append([part[here].cpu().numpy() for part in (logits, labels, weight)])

    def on_epoch_end(self, net, **kwargs):
        if self.seen_:
            parts = [np.concatenate(part) for part in zip(*self.seen_, strict=True)]
            net.history.record("valid_score", composite_score(*parts))
        self.seen_ = []


def composite_score(logits, labels, weight):
    """Mean of accuracy, macro-F1 and top-3 accuracy.

    Parameters
    ----------
    logits : array of shape (n, n_classes)
    labels : array of int, shape (n,)
    weight : array of shape (n,)

    Returns
    -------
    float

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
    hits, truth, said = (
        np.bincount(codes, weights=w, minlength=n_classes)
        for codes, w in (
            (labels, weight * (predicted == labels)),
            (labels, weight),
            (predicted, weight),
        )
    )
    known = truth + said > 0
    f1 = 2.0 * hits[known] / (truth + said)[known]
    return float((accuracy + f1.mean() + top_3) / 3.0)
