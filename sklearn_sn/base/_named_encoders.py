"""Nested parameters of encoders that are given by their names."""

from typing import Any

from sklearn_sn.encoders import named_encoder


def with_named_encoders(estimator: Any, params: dict[str, Any]) -> dict[str, Any]:
    """Return parameters with encoders in place of their names where nested parameters are set.

    Parameters
    ----------
    estimator : TorchEstimator
        Estimator whose ``_encoder_parameters`` hold encoders.
    params : dict of str to object
        Arguments of set_params.

    Returns
    -------
    dict of str to object

    Raises
    ------
    ValueError
        If the parameter that holds the encoder is None or has no parameters.
    """
    for name, (modality, default) in estimator._encoder_parameters.items():
        nested = [key for key in params if key.startswith(name + "__")]
        value = params.get(name, getattr(estimator, name))
        if not nested:
            continue
        if isinstance(value, str):
            value = default if value == "auto" else value
            is_class = isinstance(value, type)
            params = {**params, name: value() if is_class else named_encoder(modality, value)}
        elif value is None:
            raise ValueError(
                f"The {name!r} parameter of {type(estimator).__name__} is None, so that "
                f"{nested[0]} has no meaning. Set it to an encoder or its name."
            )
        elif not hasattr(value, "set_params"):
            raise ValueError(
                f"The {name!r} parameter of {type(estimator).__name__} is {value!r}, which has no "
                f"parameters, so that {nested[0]} has no meaning."
            )
    return params
