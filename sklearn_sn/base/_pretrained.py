"""Use the encoders of pretrained estimators."""

import copy
import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator
from sklearn.frozen import FrozenEstimator
from sklearn.utils.validation import check_is_fitted
from torch import nn

from sklearn_sn.base._training import draw_seed, seeded
from sklearn_sn.base._warm_start import same_parameter
from sklearn_sn.data import band_wavelength
from sklearn_sn.encoders import Encoder, resolve_encoder
from sklearn_sn.modules import MixedPrecisionModule
from sklearn_sn.persistence import load_pretrained
from sklearn_sn.preprocessors import Preprocessor

# Parameters that may differ from those of the pretrained encoder.
FREE = {
    "augmentation",
    "dropout",
    "hidden_fraction",
    "max_crop",
    "max_points",
    "max_shift",
    "noise_augmentation",
    "precision",
    "rotation",
    "truncation",
}
# Attributes of a preprocessor that the new training sets.
_OF_PREPROCESSOR = (
    "noise",
    "augmentation",
    "hidden_fraction",
    "rotation",
    "max_points",
    "max_crop",
    "max_shift",
    "rest",
    "truncation",
)


@dataclass
class PretrainedEncoder:
    """A trained encoder of one modality, with its preprocessor.

    Attributes
    ----------
    encoder : Encoder
        Parameters of the encoder.
    preprocessor : Preprocessor
        The preprocessor as fitted in that training.
    module : torch.nn.Module
        The trained network.
    projection : torch.nn.Module or None
        The trained projection into the shared space, if there is one.
    new_layers : tuple of torch.nn.Module
        Output layers of the module that are not those of the pretraining.
    """

    encoder: Encoder
    preprocessor: Preprocessor
    module: nn.Module
    projection: nn.Module | None = None
    new_layers: tuple[nn.Module, ...] = ()


def pretrained_encoders(
    pretrained: str | FrozenEstimator | dict[str, str | FrozenEstimator] | None,
    modalities: Sequence[str],
) -> dict[str, PretrainedEncoder]:
    """Return the trained encoder of every modality.

    Parameters
    ----------
    pretrained : str or FrozenEstimator, dict of these, or None
        Name of a packaged model or pretrained estimator, for all modalities, or a dict with one for
        each modality.
    modalities : sequence of str
        Modalities of the estimator to fit.

    Returns
    -------
    dict of str to PretrainedEncoder
        Deep copies of the encoders, for the modalities that `pretrained` has.

    Raises
    ------
    ValueError
        If there is no model of a name, or an estimator is not fitted or has no encoder of a
        modality that the dict names.
    """
    if pretrained is None:
        return {}
    named = pretrained if isinstance(pretrained, dict) else dict.fromkeys(modalities, pretrained)
    parts = {}
    for modality, given in named.items():
        estimator = _fitted(given)
        if modality in modalities and modality in estimator.modalities_:
            part = copy.deepcopy(estimator._pretrained_encoder(modality))
            parts[modality] = _with_own_grid(part, getattr(estimator, "_on_array", False))
        elif isinstance(pretrained, dict):
            raise ValueError(
                f"'pretrained' names the modality {modality!r}, but {_label(given)} has encoders "
                f"of {list(estimator.modalities_)} and X has {list(modalities)}."
            )
    if not parts:
        raise ValueError(
            f"'pretrained' has no encoder of any modality of X. X has {list(modalities)}, and "
            f"{_label(pretrained)} has encoders of {list(_fitted(pretrained).modalities_)}."
        )
    return parts


def _label(pretrained):
    is_name = isinstance(pretrained, str)
    return f"the packaged model {pretrained!r}" if is_name else "its estimator"


def _with_own_grid(part, on_array):
    """Return a part whose encoder of spectra states the range of its grid."""
    # The columns of an array need not be such a grid.
    if hasattr(part.encoder, "resolved_range") and not on_array:
        limits = part.encoder.resolved_range(part.preprocessor.wavelength_range)
        part.encoder.wavelength_range = limits
    return part


def _fitted(pretrained):
    """Return the fitted estimator itself; a packaged model for a name."""
    inner = load_pretrained(pretrained) if isinstance(pretrained, str) else pretrained
    while isinstance(inner, FrozenEstimator):
        inner = inner.estimator
    if not isinstance(inner, BaseEstimator) or not hasattr(inner, "_pretrained_encoder"):
        named = f"{pretrained!r}, a " if isinstance(pretrained, str) else ""
        raise ValueError(
            "'pretrained' must be the name of a packaged model with encoders, or a FrozenEstimator "
            f"around a fitted estimator of this library. Got {named}{type(inner).__name__} instead."
        )
    try:
        check_is_fitted(inner, "net_")
    except Exception as error:
        raise ValueError(
            "The estimator given as 'pretrained' is not fitted. scikit-learn's clone resets a "
            "plain estimator: wrap it as sklearn.frozen.FrozenEstimator(estimator)."
        ) from error
    return inner


def chosen_encoder(
    estimator: BaseEstimator,
    parameter: str,
    modality: str,
    default: str,
    part: PretrainedEncoder | None,
) -> Encoder:
    """Return the encoder of an estimator's parameter, or the pretrained one.

    Parameters
    ----------
    estimator : TorchEstimator
        The estimator to fit.
    parameter, modality : str
        Name of its parameter, and modality of the encoder.
    default : str or type
        Name or class that "auto" stands for.
    part : PretrainedEncoder or None
        The pretrained encoder of the modality.

    Returns
    -------
    Encoder
        A checked copy of the encoder.

    Raises
    ------
    ValueError
        If the parameter is invalid, or conflicts with the pretrained encoder.
    """
    value = getattr(estimator, parameter)
    if part is not None and isinstance(value, str) and value == "auto":
        return copy.deepcopy(part.encoder)
    name = type(estimator).__name__
    encoder = resolve_encoder(value, modality, parameter=parameter, estimator=name, default=default)
    if part is None:
        return encoder
    raise_on_conflicting_params(encoder, part.encoder, parameter)
    free = {k: v for k, v in encoder.get_params(deep=False).items() if k in FREE}
    free |= _new_head(estimator, encoder, part)
    _set_dropout(part.module, free.get("dropout"))
    if "precision" in free and isinstance(part.module, MixedPrecisionModule):
        part.module.precision = part.module.config["precision"] = free["precision"]
    return copy.deepcopy(part.encoder).set_params(**free)


def _new_head(estimator, encoder, part):
    """Give the pretrained module the output layers of an encoder, if they differ.

    Returns the parameters of the output layers that are not at their default, as a dict.
    """
    defaults, trained = defaults_of(type(encoder)), part.encoder.get_params(deep=False)
    head = {name: getattr(encoder, name) for name in encoder.head_parameters}
    head = {name: v for name, v in head.items() if not same_parameter(v, defaults[name])}
    if any(not same_parameter(value, trained[name]) for name, value in head.items()):
        whole = {name: head.get(name, trained[name]) for name in encoder.head_parameters}
        # This is before training, which seeds torch.
        with seeded(draw_seed(estimator.random_state), "cpu"):
            part.module.replace_head(**whole)
        part.module.train(part.module.training)
        part.new_layers = tuple(part.module.head_modules())
    return head


def raise_on_conflicting_params(encoder, trained, parameter):
    """Raise a ValueError if an encoder conflicts with the pretrained one.

    Parameters
    ----------
    encoder, trained : Encoder
        The encoder of the parameter, and the pretrained encoder. A parameter at its default never
        conflicts.
    parameter : str
        Name of the estimator's parameter, for messages.
    """
    if type(encoder) is not type(trained):
        raise ValueError(
            f"The {parameter!r} parameter is {encoder!r}, but the pretrained encoder is "
            f"{trained!r}; leave it at 'auto'."
        )
    defaults = defaults_of(type(encoder))
    trained_params = trained.get_params(deep=False)
    for name, value in encoder.get_params(deep=False).items():
        agrees = same_parameter(value, defaults[name]) or same_parameter(
            value, trained_params[name]
        )
        if name not in FREE and name not in encoder.head_parameters and not agrees:
            raise ValueError(
                f"The '{parameter}__{name}' parameter is {value!r}, but the pretrained encoder has "
                f"{trained_params[name]!r}; leave it at its default."
            )


def pretrained_preprocessor(part: PretrainedEncoder, fresh: Preprocessor) -> Preprocessor:
    """Return the preprocessor of a pretrained encoder for a new training.

    The scaling is that of the pretraining, because the encoder was trained on it. The augmentation
    is that of the new training.

    Parameters
    ----------
    part : PretrainedEncoder
        The pretrained encoder. If its module has a learned vector for each band, new bands are
        added to the module.
    fresh : Preprocessor
        Preprocessor fitted on the new table, with the augmentation of the new training.
    """
    preprocessor = part.preprocessor
    if hasattr(preprocessor, "bands_"):
        _add_bands(part, fresh)
    for attribute in _OF_PREPROCESSOR:
        if hasattr(preprocessor, attribute) and hasattr(fresh, attribute):
            setattr(preprocessor, attribute, getattr(fresh, attribute))
    return preprocessor


def _add_bands(part, fresh):
    old_bands = list(part.preprocessor.bands_)
    new_bands = [band for band in fresh.bands_ if band not in old_bands]
    # The vector of a new band starts as that of the old band nearest in wavelength.
    if new_bands and part.preprocessor.band_encoding == "embedding":
        distance = np.abs(band_wavelength(new_bands)[:, None] - band_wavelength(old_bands)[None])
        part.module.add_bands(torch.from_numpy(distance.argmin(axis=1)))
    part.preprocessor.bands_ = np.array([*old_bands, *new_bands], dtype=object)


def _set_dropout(module, rate):
    for part in module.modules():
        if isinstance(rate, Real) and isinstance(part, nn.Dropout):
            part.p = float(rate)


def defaults_of(cls: type) -> dict[str, Any]:
    """Return the default of every parameter of a class."""
    return {name: p.default for name, p in inspect.signature(cls).parameters.items()}


def frozen_modules(
    part: PretrainedEncoder | None, projection: nn.Module, trainable: str
) -> list[nn.Module]:
    """Return the submodules of one modality to exclude from training.

    Parameters
    ----------
    part : PretrainedEncoder or None
        The pretrained encoder; None if there is none, in which case nothing is excluded.
    projection : torch.nn.Module
        Projection of the modality. It is always trained unless it came with the encoder.
    trainable : {"all", "dense", "first_block", "head", "none"}
        Parts of the encoder to train; "first_block" is the first block, "dense" the layers after
        the convolutions. "head" trains the modules of its method ``head_modules()``, if it has one.
        New output layers are always trained.

    Returns
    -------
    list of torch.nn.Module
        Modules to freeze.

    Raises
    ------
    ValueError
        If the encoder has no such part.
    """
    if part is None or trainable == "all":
        return []
    new = list(part.new_layers)
    if trainable == "none" or (trainable == "head" and not hasattr(part.module, "head_modules")):
        frozen = _all_but(part.module, new) if new else [part.module]
        keeps_projection = trainable == "none" and projection is part.projection
        return [*frozen, projection] if keeps_projection else frozen
    if trainable == "head":
        return _all_but(part.module, part.module.head_modules())
    method = "dense_layers" if trainable == "dense" else "first_block"
    if not hasattr(part.module, method):
        kind = "a convolutional encoder" if trainable == "dense" else "an encoder"
        raise ValueError(
            f"trainable={trainable!r} needs {kind} with a method {method}(); "
            f"{type(part.module).__name__} has none."
        )
    return _all_but(part.module, [*getattr(part.module, method)(), *new])


def _all_but(module, trained):
    """Return the modules of a network that contain none of some modules, and are not in them."""
    inside = {id(m) for top in trained for m in top.modules()}
    # A module that contains a trained module must not be frozen as a whole.
    return [
        part
        for part in module.modules()
        if id(part) not in inside and not any(id(m) in inside for m in part.modules())
    ]


def encoder_width(module: Any, tensors: dict[str, torch.Tensor]) -> int:
    """Return the width of an encoder's output: its ``output_dim``, or that of a forward pass."""
    width = getattr(module, "output_dim", None)
    if width is None:
        was_training = module.training
        module.eval()
        with torch.no_grad():
            output = module(**tensors)
        module.train(was_training)
        if not isinstance(output, torch.Tensor) or output.ndim != 2:
            shape = tuple(output.shape) if isinstance(output, torch.Tensor) else type(output)
            raise ValueError(
                f"An encoder must return a tensor of shape (n_instances, width). "
                f"{type(module).__name__} returned {shape} instead."
            )
        width = output.shape[-1]
    return width
