"""Encoders around torch modules of the user's own."""

import copy
from typing import Any

from torch import nn

from sklearn_sn.encoders._image_cnn import ImageEncoder
from sklearn_sn.encoders._light_curve_encoder import WindowedLightCurveEncoder
from sklearn_sn.encoders._metadata_mlp import MetadataEncoder
from sklearn_sn.encoders._spectrum_encoder import SpectrumEncoder


def new_module(module):
    """Return a copy of a module, or what a callable returns."""
    # A copy, because fit must not train the user's own module.
    return copy.deepcopy(module) if isinstance(module, nn.Module) else module()


class CustomLightCurveEncoder(WindowedLightCurveEncoder):
    """A torch module of your own as encoder of light curves.

    Parameters
    ----------
    module : torch.nn.Module or callable
        Gets the tensors that :class:`LightCurveEncoder` documents. A module is copied in fit; a
        callable returns one.
    %(light_curve_window)s
    %(light_curve_scaling)s
    """

    module: Any = None

    def make_module(self, preprocessor: Any) -> nn.Module:
        return new_module(self.module)


class CustomSpectrumEncoder(SpectrumEncoder):
    """A torch module of your own as encoder of spectra.

    Parameters
    ----------
    module : torch.nn.Module or callable
        Gets the tensors that :class:`SpectrumEncoder` documents. A module is copied in fit; a
        callable returns one.
    %(spectrum_scaling)s
    """

    module: Any = None

    def make_module(self, preprocessor: Any) -> nn.Module:
        return new_module(self.module)


class CustomImageEncoder(ImageEncoder):
    """A torch module of your own as encoder of images.

    Parameters
    ----------
    module : torch.nn.Module or callable
        Gets the tensor that :class:`ImageEncoder` documents. A module is copied in fit; a callable
        returns one.
    augmentation : bool, default=True
        Flip images in training, and rotate them by multiples of 90°.
    """

    module: Any = None

    def make_module(self, preprocessor: Any) -> nn.Module:
        return new_module(self.module)


class CustomMetadataEncoder(MetadataEncoder):
    """A torch module of your own as encoder of metadata.

    Parameters
    ----------
    module : torch.nn.Module or callable
        Gets the tensor that :class:`MetadataEncoder` documents. A module is copied in fit; a
        callable returns one.
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
