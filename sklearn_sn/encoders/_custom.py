"""Encoders that wrap a torch module of the user."""

import copy
from typing import Any

from torch import nn

from sklearn_sn.encoders._image_cnn import ImageEncoder
from sklearn_sn.encoders._light_curve_encoder import WindowedLightCurveEncoder
from sklearn_sn.encoders._metadata_mlp import MetadataEncoder
from sklearn_sn.encoders._spectrum_encoder import SpectrumEncoder


def new_module(module):
    """Return a copy of a module, or the module that a callable returns."""
    # Copy the module, because fit must not train the original.
    value = copy.deepcopy(module) if isinstance(module, nn.Module) else module()
    if not isinstance(value, nn.Module):
        raise ValueError(
            "A callable that is given as encoder must return a torch.nn.Module. "
            f"Got {value!r} instead."
        )
    return value


class CustomLightCurveEncoder(WindowedLightCurveEncoder):
    """Encoder of light curves that wraps a torch module of the user.

    Parameters
    ----------
    module : torch.nn.Module or callable
        Module with the input tensors that :class:`LightCurveEncoder` documents, or a callable that
        returns one. A module is copied in fit.
    %(light_curve_window)s
    %(light_curve_scaling)s
    """

    module: Any = None

    def make_module(self, preprocessor: Any) -> nn.Module:
        return new_module(self.module)


class CustomSpectrumEncoder(SpectrumEncoder):
    """Encoder of spectra that wraps a torch module of the user.

    Parameters
    ----------
    module : torch.nn.Module or callable
        Module with the input tensors that :class:`SpectrumEncoder` documents, or a callable that
        returns one. A module is copied in fit.
    %(spectrum_scaling)s
    """

    module: Any = None

    def make_module(self, preprocessor: Any) -> nn.Module:
        return new_module(self.module)


class CustomImageEncoder(ImageEncoder):
    """Encoder of images that wraps a torch module of the user.

    Parameters
    ----------
    module : torch.nn.Module or callable
        Module with the input tensor that :class:`ImageEncoder` documents, or a callable that
        returns one. A module is copied in fit.
    augmentation : bool, default=True
        Flip and rotate images in training.
    rotation : {"any", "right_angles"}, default="right_angles"
        Whether training rotates images by any angle or by multiples of 90°.
    """

    module: Any = None

    def make_module(self, preprocessor: Any) -> nn.Module:
        return new_module(self.module)


class CustomMetadataEncoder(MetadataEncoder):
    """Encoder of metadata that wraps a torch module of the user.

    Parameters
    ----------
    module : torch.nn.Module or callable
        Module with the input tensor that :class:`MetadataEncoder` documents, or a callable that
        returns one. A module is copied in fit.
    """

    module: Any = None

    def make_module(self, preprocessor: Any) -> nn.Module:
        return new_module(self.module)


CUSTOM = {
    "light_curve": CustomLightCurveEncoder,
    "spectrum": CustomSpectrumEncoder,
    "image": CustomImageEncoder,
    "metadata": CustomMetadataEncoder,
}
