"""Preprocessors, which turn one modality of a checked table into arrays for a network."""

from sklearn_sn.preprocessors._cutouts import CutoutPreprocessor
from sklearn_sn.preprocessors._flux_images import FluxImagePreprocessor
from sklearn_sn.preprocessors._grouped_metadata import GroupedMetadataPreprocessor
from sklearn_sn.preprocessors._image import ImagePreprocessor
from sklearn_sn.preprocessors._image_views import ImageViewsPreprocessor, ViewParameters
from sklearn_sn.preprocessors._light_curve import LightCurvePreprocessor
from sklearn_sn.preprocessors._light_curve_events import LightCurveEventPreprocessor
from sklearn_sn.preprocessors._light_curve_points import LightCurvePoints
from sklearn_sn.preprocessors._light_curve_sequence import LightCurveSequencePreprocessor
from sklearn_sn.preprocessors._masked_events import MaskedEventPreprocessor
from sklearn_sn.preprocessors._masked_spectrum import MaskedSpectrumPreprocessor
from sklearn_sn.preprocessors._metadata import MetadataPreprocessor
from sklearn_sn.preprocessors._patch_spectrum import PatchSpectrumPreprocessor
from sklearn_sn.preprocessors._plain_points import ImagePixels, MetadataNumbers
from sklearn_sn.preprocessors._point_set import PointSetPreprocessor
from sklearn_sn.preprocessors._preprocessor import Preprocessor
from sklearn_sn.preprocessors._shifted_spectrum import ShiftedSpectrumPreprocessor
from sklearn_sn.preprocessors._spectrum import CHANNELS, FluxArray, SpectrumPreprocessor
from sklearn_sn.preprocessors._spectrum_pixels import SpectrumPixels

__all__ = [
    "CHANNELS",
    "CutoutPreprocessor",
    "FluxArray",
    "FluxImagePreprocessor",
    "GroupedMetadataPreprocessor",
    "ImagePixels",
    "ImagePreprocessor",
    "ImageViewsPreprocessor",
    "LightCurveEventPreprocessor",
    "LightCurvePoints",
    "LightCurvePreprocessor",
    "LightCurveSequencePreprocessor",
    "MaskedEventPreprocessor",
    "MaskedSpectrumPreprocessor",
    "MetadataNumbers",
    "MetadataPreprocessor",
    "PatchSpectrumPreprocessor",
    "PointSetPreprocessor",
    "Preprocessor",
    "ShiftedSpectrumPreprocessor",
    "SpectrumPixels",
    "SpectrumPreprocessor",
    "ViewParameters",
]
