"""From a fitted estimator to the network that is exported."""

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from sklearn.frozen import FrozenEstimator
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.encoders import Encoder, encoder_names, named_encoder
from sklearn_sn.losses import GaussianLoss
from sklearn_sn.modules import (
    ContrastiveModule,
    MixedPrecisionModule,
    SupervisedModule,
    WideConv,
)
from sklearn_sn.onnx._graph import (
    ClassifierNetwork,
    EmbeddingNetwork,
    ExportedNetwork,
    RegressorNetwork,
)
from sklearn_sn.onnx._inputs import NetworkInput, network_inputs


@dataclass(frozen=True)
class Export:
    """What is exported.

    Attributes
    ----------
    estimator : estimator
        The fitted estimator.
    modality : str
        The modality.
    encoder : Encoder
        Parameters of its encoder.
    preprocessor : Preprocessor
        Its fitted preprocessor.
    network : ExportedNetwork
        Copy of the network in eval mode on the CPU.
    inputs : list of NetworkInput
        Inputs of the network.
    """

    estimator: Any
    modality: str
    encoder: Encoder
    preprocessor: Any
    network: ExportedNetwork
    inputs: list[NetworkInput]


def exported(estimator: Any, modality: str | None) -> Export:
    """Return the network of one modality of a fitted estimator.

    Raises
    ------
    TypeError
        If the estimator or its encoder is not supported.
    ValueError
        If the estimator has several modalities and none is chosen, or was fitted on an array.
    """
    if isinstance(estimator, FrozenEstimator):
        return exported(estimator.estimator, modality)
    check_is_fitted(estimator)
    module = getattr(getattr(estimator, "net_", None), "module_", None)
    forwards = (SupervisedModule.forward, ContrastiveModule.forward)
    if getattr(type(module), "forward", None) not in forwards:
        raise TypeError(
            f"export_onnx does not support {type(estimator).__name__}. It supports "
            "ContrastiveEmbedder, and classifiers and regressors of one light curve or spectrum, "
            "such as LightCurveClassifier and SpectraNetClassifier; of a Pipeline or of an "
            "ensemble, export the members."
        )
    modality = _chosen(estimator, modality)
    if getattr(estimator, "_on_array", False):
        raise ValueError(
            f"The {type(estimator).__name__} was fitted on an array and computes in double "
            "precision. Fit it on a table to export it."
        )
    part = estimator._pretrained_encoder(modality)
    encoder = part.encoder
    if not encoder.exports_to_onnx:
        raise TypeError(
            f"export_onnx does not support the encoder {type(encoder).__name__}. Of the modality "
            f"{modality!r}, it supports {', '.join(_supported(modality)) or 'none'}."
        )
    inputs = network_inputs(modality, part.preprocessor)
    constants = {}
    if modality == "spectrum":
        wavelength = np.asarray(part.preprocessor.wavelength_, dtype=np.float32)
        constants["wavelength"] = torch.from_numpy(wavelength)
    copied = copy.deepcopy(module).cpu().eval()
    names = [one.name for one in inputs]
    network = _network(estimator, copied, modality, {"names": names, "constants": constants})
    _simplify(network)
    return Export(estimator, modality, encoder, part.preprocessor, network.eval(), inputs)


def _chosen(estimator, modality):
    """Return the modality to export."""
    modalities = estimator.modalities_
    if modality is None and len(modalities) == 1:
        return modalities[0]
    if modality not in modalities:
        raise ValueError(
            f"The 'modality' parameter of export_onnx must be one of {list(modalities)}, the "
            f"modalities of the {type(estimator).__name__}. Got {modality!r} instead."
        )
    return modality


def _supported(modality):
    """Return the names of the encoder classes of a modality that can be exported."""
    encoders = [named_encoder(modality, name) for name in encoder_names(modality)]
    return [type(encoder).__name__ for encoder in encoders if encoder.exports_to_onnx]


def _network(estimator, module, modality, parts):
    if isinstance(module, ContrastiveModule):
        parts = {"encoder": module.encoders[modality], **parts}
        return EmbeddingNetwork(module.projections[modality], module.is_normalized, **parts)
    parts = {"encoder": module.encoder, "norm": module.norm, "head": module.head, **parts}
    if hasattr(estimator, "classes_"):
        if np.any(getattr(estimator, "redshift_log_weights_", 0.0)):
            raise TypeError(
                f"export_onnx does not support a {type(estimator).__name__} whose class weights "
                "depend on the redshift. Fit it with frame='observer' or learn_prior=False."
            )
        offsets = torch.as_tensor(estimator._prior_offsets(), dtype=torch.float32)
        return ClassifierNetwork(offsets, **parts)
    limits = None
    if estimator.loss == "gaussian":
        limits = (GaussianLoss.LOWEST, GaussianLoss.HIGHEST)
    return RegressorNetwork(
        float(estimator.target_mean_), float(estimator.target_scale_), limits, **parts
    )


def _simplify(network):
    """Choose, where a module has several ways of computation, one that ONNX has."""
    for module in network.modules():
        if isinstance(module, WideConv):
            module.direct = True
        if isinstance(module, MixedPrecisionModule):
            module.precision = "float32"
