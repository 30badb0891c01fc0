"""Prepare the net of an earlier fit for further training."""

from typing import Any

from sklearn_sn.nets import BatchNet, Schedule


def continued_net(estimator: Any, train: Any, seed: int) -> BatchNet:
    """Return the net of an earlier fit with the new learning rate, schedule and batch size.

    Parameters
    ----------
    estimator : TorchEstimator
        Fitted estimator with the parameters of this fit.
    train : TableDataset or StreamedDataset
        The training objects.
    seed : int
        Seed of shuffling and augmentation.

    Returns
    -------
    BatchNet
        ``estimator.net_``, changed in place.
    """
    net = estimator.net_
    net.make_optimizer()
    if estimator.lr != net.lr:
        # Keep the ratio of each parameter group to the learning rate.
        ratios = [group["lr"] / net.lr for group in net.optimizer_.param_groups]
        net.set_params(lr=estimator.lr)
        for group, ratio in zip(net.optimizer_.param_groups, ratios, strict=True):
            group["lr"] = estimator.lr * ratio
    net.set_params(max_epochs=estimator._n_epochs, batch_size=estimator.batch_size, seed=seed)
    for _, callback in net.callbacks_:
        if isinstance(callback, Schedule):
            callback.kind = None if estimator._partial is not None else estimator.lr_schedule
            callback.total_steps = estimator._steps(train)
    return net
