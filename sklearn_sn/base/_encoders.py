"""What each modality needs inside an estimator: its input, its encoder, their sizes."""

import copy

import numpy as np
import torch
from torch import nn

from sklearn_sn.data import band_wavelength
from sklearn_sn.modules import (
    ImageConvNet,
    LightCurveTransceiver,
    LightCurveTransformer,
    MetadataMLP,
    SpectrumConvNet,
    SpectrumTransceiver,
    SpectrumTransformer,
)
from sklearn_sn.nets import ImageInput, LightCurveInput, MetadataInput, SpectrumInput

ENCODERS = {
    "light_curve": ("transformer", "transceiver"),
    "spectrum": ("cnn", "transformer", "transceiver"),
    "image": ("cnn",),
    "metadata": ("mlp",),
}


def named_encoders(encoders):
    """The parameter `encoders` as a dict: one name stands for all modalities that have it."""
    if isinstance(encoders, str):
        return {name: encoders for name, known in ENCODERS.items() if encoders in known}
    return encoders or {}


def build_input(modality, params):
    """The input of one modality, from an estimator's parameters (a dict); not fitted."""
    random = {"noise": params["noise_augmentation"], "augmentation": params["augmentation"]}
    if modality == "light_curve":
        return LightCurveInput(
            amplitude=params["amplitude"],
            time_origin=params["time_origin"],
            time_window=params["time_window"],
            band_encoding=params["band_encoding"],
            max_points=params["max_points"],
            **random,
        )
    if modality == "spectrum":
        return SpectrumInput(
            wavelength_range=params["spectrum_range"], n_bins=params["spectrum_n_bins"], **random
        )
    if modality == "image":
        return ImageInput(augmentation=params["augmentation"])
    return MetadataInput(columns=params["metadata_columns"])


def build_encoder(modality, source, params):
    """The encoder of one modality; sizes come from the fitted input and the parameters."""
    named = named_encoders(params["encoders"]).get(modality, ENCODERS[modality][0])
    if isinstance(named, nn.Module):
        # A copy: fitting must not train what the user holds.
        return copy.deepcopy(named)
    if callable(named):
        return named()
    own = {
        name.removeprefix(modality + "_"): value
        for name, value in params.items()
        if name.startswith(modality + "_d") or name.startswith(modality + "_n_layers")
    }
    own["dropout"] = params["dropout"]
    if named == "transceiver":
        build = LightCurveTransceiver if modality == "light_curve" else SpectrumTransceiver
        n_in = source.n_values if modality == "light_curve" else source.n_channels
        return build(n_in=n_in, n_heads=params[f"{modality}_n_heads"], **own)
    if modality == "light_curve":
        return LightCurveTransformer(
            n_values=source.n_values,
            n_bands=None if params["band_encoding"] == "wavelength" else len(source.bands_),
            n_heads=params["light_curve_n_heads"],
            pooling=params["light_curve_pooling"],
            **own,
        )
    if modality == "spectrum" and named == "transformer":
        return SpectrumTransformer(
            n_channels=source.n_channels,
            n_heads=params["spectrum_n_heads"],
            pooling=params["spectrum_pooling"],
            patch=params["spectrum_patch"],
            **own,
        )
    if modality == "spectrum":
        return SpectrumConvNet(n_channels=source.n_channels, **own)
    if modality == "image":
        return ImageConvNet(n_channels=source.n_channels_, **own)
    return MetadataMLP(n_values=source.n_values, **own)


def encoder_width(encoder, tensors):
    """Width of an encoder's output: its attribute output_dim, or what a forward pass shows."""
    width = getattr(encoder, "output_dim", None)
    if width is None:
        was_training = encoder.training
        encoder.eval()
        with torch.no_grad():
            width = encoder(**tensors).shape[-1]
        encoder.train(was_training)
    return width


def add_bands(part, source):
    """Let a pretrained encoder with learned band vectors know the bands of a new table."""
    known = list(part.source.bands_)
    new = [band for band in source.bands_ if band not in known]
    if new and part.source.band_encoding == "embedding":
        distance = np.abs(band_wavelength(new)[:, None] - band_wavelength(known)[None])
        part.encoder.add_bands(torch.from_numpy(distance.argmin(axis=1)))
    part.source.bands_ = np.array([*known, *new], dtype=object)
