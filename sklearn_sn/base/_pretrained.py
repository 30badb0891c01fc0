"""Encoders that arrive trained."""

import copy
import inspect
from dataclasses import dataclass

from sklearn.base import BaseEstimator
from sklearn.frozen import FrozenEstimator
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.base._warm_start import same_parameter

TRAINABLE = ("all", "first_block", "head", "none")  # of recurrent encoders, "first_layer" too


@dataclass
class PretrainedPart:
    """A trained encoder of one modality, with the input that it was trained on."""

    source: object
    encoder: object
    projection: object = None


def pretrained_parts(pretrained, modalities):
    """Find the trained encoder of every modality.

    Parameters
    ----------
    pretrained : FrozenEstimator, or dict of str to FrozenEstimator, or None
        A dict gives each modality its own.
    modalities : sequence of str

    Returns
    -------
    dict of str to PretrainedPart
        Deep copies, for the modalities that `pretrained` knows.

    Raises
    ------
    ValueError
        If an estimator is not fitted, or has no encoder of a modality that the dict names.
    """
    if pretrained is None:
        return {}
    named = pretrained if isinstance(pretrained, dict) else dict.fromkeys(modalities, pretrained)
    parts = {}
    for modality, estimator in named.items():
        estimator = _fitted(estimator)
        if modality in modalities and modality in estimator.modalities_:
            parts[modality] = copy.deepcopy(estimator._pretrained_part(modality))
        elif isinstance(pretrained, dict):
            raise ValueError(
                f"'pretrained' names the modality {modality!r}, but its estimator has encoders of "
                f"{list(estimator.modalities_)} and X has {list(modalities)}."
            )
    if not parts:
        raise ValueError(
            f"'pretrained' has no encoder of any modality of X, which are {list(modalities)}."
        )
    return parts


def _fitted(estimator):
    inner = estimator.estimator if isinstance(estimator, FrozenEstimator) else estimator
    if not isinstance(inner, BaseEstimator) or not hasattr(inner, "_pretrained_part"):
        raise ValueError(
            "'pretrained' must be a FrozenEstimator around a fitted estimator of this library; "
            f"got {type(inner).__name__}."
        )
    try:
        check_is_fitted(inner, "net_")
    except Exception as error:
        raise ValueError(
            "The estimator given as 'pretrained' is not fitted. scikit-learn's clone un-fits a "
            "plain estimator: wrap it as sklearn.frozen.FrozenEstimator(estimator)."
        ) from error
    return inner


def raise_on_conflicting_params(params, taken, defaults):
    """Refuse parameters that say otherwise than the pretrained encoder, which would win.

    Parameters
    ----------
    params : dict
        Of the estimator.
    taken : dict of str to value
        What comes with the encoder, by the name of the parameter.
    defaults : dict
        A parameter left at its default contradicts nothing.

    Raises
    ------
    ValueError
        Naming the parameter.
    """
    for name, value in taken.items():
        if same_parameter(params[name], defaults[name]) or same_parameter(params[name], value):
            continue
        raise ValueError(
            f"The {name!r} parameter is {params[name]!r}, but the pretrained encoder comes with "
            f"{value!r}; leave it at its default."
        )


def defaults_of(cls):
    """Default of every parameter of an estimator's class."""
    return {name: p.default for name, p in inspect.signature(cls).parameters.items()}


def frozen_modules(part, encoder, projection, trainable):
    """The submodules of one modality that stay as they are.

    Parameters
    ----------
    part : PretrainedPart or None
        None: nothing was pretrained, everything trains.
    encoder, projection : torch.nn.Module
        A projection that did not come with the encoder trains in any case.
    trainable : {"all", "first_block", "first_layer", "head", "none"}
        The first layer of a recurrent encoder is its first block.

    Returns
    -------
    list of torch.nn.Module
    """
    if part is None or trainable == "all":
        return []
    if trainable == "none":
        return [encoder, projection] if projection is part.projection else [encoder]
    if trainable == "head":
        return [encoder]
    if not hasattr(encoder, "first_block"):
        raise ValueError(
            f"trainable={trainable!r} needs an encoder with a method first_block(); "
            f"{type(encoder).__name__} has none."
        )
    first = {id(m) for top in encoder.first_block() for m in top.modules()}
    return [
        module
        for module in encoder.modules()
        if id(module) not in first and not any(id(m) in first for m in module.modules())
    ]
