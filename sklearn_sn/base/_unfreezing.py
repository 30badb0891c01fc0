"""Rates and stages of the training of a pretrained encoder."""

from typing import Any

from sklearn.base import BaseEstimator
from skorch.callbacks import Callback
from torch import nn

from sklearn_sn.nets import GradualUnfreezing


def is_gradual(estimator: BaseEstimator) -> bool:
    """Return whether an estimator trains its pretrained encoder from the top down."""
    return getattr(estimator, "unfreezing", "at_once") == "gradual"


def check_unfreezing(estimator: BaseEstimator) -> None:
    """Raise a ValueError if an estimator unfreezes gradually, but not a whole pretrained encoder.

    Parameters
    ----------
    estimator : TorchEstimator
        Estimator with the parameters `pretrained`, `trainable` and `unfreezing`.
    """
    if is_gradual(estimator) and (estimator.pretrained is None or estimator.trainable != "all"):
        raise ValueError(
            "unfreezing='gradual' needs a pretrained encoder of which everything is trained. Got "
            f"pretrained={estimator.pretrained!r} and trainable={estimator.trainable!r} instead."
        )


def unfreezing_callbacks(estimator: BaseEstimator) -> list[tuple[str, Callback]]:
    """Return the callback of gradual unfreezing, with all layers in the second half of training."""
    if not is_gradual(estimator):
        return []
    return [("unfreezing", GradualUnfreezing(last_start=max(1, estimator.max_epochs // 2)))]


def parameter_groups(
    estimator: BaseEstimator, module: nn.Module
) -> list[tuple[str, dict[str, Any]]]:
    """Return the parameter groups of the optimizer for a pretrained encoder.

    Parameters
    ----------
    estimator : TorchEstimator
        Estimator with the parameters `lr` and `pretrained_lr_factor`, and optionally `unfreezing`
        and `layer_lr_decay`.
    module : torch.nn.Module
        The pretrained network, which is the part ``encoder`` of the module to train.

    Returns
    -------
    list of pairs of a pattern of names and a dict with "lr"
        In gradual unfreezing, the rate falls by `layer_lr_decay` from the head to the top layers,
        and from there to each lower group of layers.

    Raises
    ------
    ValueError
        If unfreezing is gradual and the network has no ``layers_from_top()``.
    """
    lr = estimator.pretrained_lr_factor * estimator.lr
    if not is_gradual(estimator):
        return [] if estimator.pretrained_lr_factor == 1.0 else [("encoder.*", {"lr": lr})]
    if not hasattr(module, "layers_from_top"):
        raise ValueError(
            "unfreezing='gradual' needs an encoder with a method layers_from_top(); "
            f"{type(module).__name__} has none."
        )
    names = {id(part): name for name, part in module.named_modules()}
    return [
        (f"encoder.{names[id(part)]}.*", {"lr": lr * estimator.layer_lr_decay ** (depth + 1)})
        for depth, group in enumerate(module.layers_from_top())
        for part in group
    ]
