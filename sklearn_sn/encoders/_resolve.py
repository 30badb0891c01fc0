"""Resolve the parameter of an estimator to an encoder."""

import copy
from collections.abc import Callable

from torch import nn

from sklearn_sn.encoders._custom import CUSTOM
from sklearn_sn.encoders._encoder import ENCODERS, Encoder, register

# What the parameter accepts; a name may be "auto", and None leaves the modality out.
EncoderLike = Encoder | nn.Module | Callable[[], nn.Module] | str | None


def encoder_names(modality: str) -> list[str]:
    """Return the names of the encoders of a modality.

    Parameters
    ----------
    modality : {"light_curve", "spectrum", "image", "metadata"}
        Name of the modality.

    Returns
    -------
    list of str
        Names, sorted.

    Examples
    --------
    >>> from sklearn_sn.encoders import encoder_names
    >>> encoder_names("light_curve")
    ['deep_sets', 'event_transformer', 'gru', 'informer', 'transceiver', 'transformer']
    """
    return sorted(ENCODERS[modality])


def named_encoder(modality: str, name: str) -> Encoder:
    """Return the encoder that a name stands for, with its default parameters.

    Parameters
    ----------
    modality : {"light_curve", "spectrum", "image", "metadata"}
        Name of the modality.
    name : str
        One of :func:`encoder_names`.

    Returns
    -------
    Encoder
        A new encoder.

    Raises
    ------
    ValueError
        If the modality has no encoder of this name.
    """
    if name not in ENCODERS[modality]:
        raise ValueError(
            f"The modality {modality!r} has the encoders {encoder_names(modality)}. Got {name!r} "
            "instead."
        )
    return ENCODERS[modality][name]()


def custom_encoder_class(modality: str, name: str) -> type[Encoder] | None:
    """Return the class of a named encoder that this library does not contain, or None.

    Parameters
    ----------
    modality : {"light_curve", "spectrum", "image", "metadata"}
        Name of the modality.
    name : str
        Name of the encoder.
    """
    cls = ENCODERS[modality].get(name)
    library = __name__.partition(".")[0] + "."
    return None if cls is None or cls.__module__.startswith(library) else cls


def restore_encoder_class(encoder_class: type[Encoder]) -> None:
    """Make the class of a named encoder known again, as in another process.

    Parameters
    ----------
    encoder_class : type
        Class that :func:`custom_encoder_class` returned.
    """
    if encoder_class.name not in ENCODERS[encoder_class.modality]:
        register(encoder_class)


def resolve_encoder(
    value: EncoderLike, modality: str, *, parameter: str, estimator: str, default: str
) -> Encoder:
    """Return the encoder that the parameter of an estimator stands for.

    Parameters
    ----------
    value : Encoder, str, torch.nn.Module or callable
        Value of the parameter. A module is copied in fit; a callable returns one.
    modality : str
        Modality of the parameter.
    parameter, estimator : str
        Name of the parameter and of the estimator's class, for messages.
    default : str or type
        Name or class that "auto" stands for.

    Returns
    -------
    Encoder
        A checked copy; for a module or callable, a custom encoder that wraps it.

    Raises
    ------
    ValueError
        If the value is none of these, or a parameter of the encoder is invalid.
    """
    if isinstance(value, str):
        name = default if value == "auto" else value
        if isinstance(name, type):
            value = name()
        # An unknown name falls through to the error below, which lists all alternatives.
        elif name in ENCODERS[modality]:
            value = named_encoder(modality, name)
    if isinstance(value, Encoder) and value.modality == modality:
        encoder = copy.deepcopy(value)
        encoder.check()
        return encoder
    # A class of encoders is callable, but must not be taken for a factory of modules.
    is_encoder = isinstance(value, Encoder) or (
        isinstance(value, type) and issubclass(value, Encoder)
    )
    if not is_encoder and (isinstance(value, nn.Module) or callable(value)):
        return CUSTOM[modality](module=value)
    others = [other for other in ENCODERS if isinstance(value, str) and value in ENCODERS[other]]
    hint = f" (a name of the modality {others[0]!r})" if others else ""
    raise ValueError(
        f"The {parameter!r} parameter of {estimator} must be 'auto', one of "
        f"{encoder_names(modality)}, an encoder of the modality {modality!r}, a torch.nn.Module or "
        f"a callable that returns one. Got {value!r}{hint} instead."
    )
