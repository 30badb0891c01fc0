"""Encoders: parameter objects that make the preprocessor and the network of one modality."""

from sklearn_sn.encoders._checks import OPTICAL, check_wavelength_range
from sklearn_sn.encoders._convnext_image import ConvNeXtImage
from sklearn_sn.encoders._custom import (
    CustomImageEncoder,
    CustomLightCurveEncoder,
    CustomMetadataEncoder,
    CustomSpectrumEncoder,
)
from sklearn_sn.encoders._deep_sets import DeepSets
from sklearn_sn.encoders._docs import fill_doc
from sklearn_sn.encoders._encoder import MODALITIES, DataSettings, Encoder
from sklearn_sn.encoders._event_encoder import EventEncoder
from sklearn_sn.encoders._event_transformer import EventTransformer
from sklearn_sn.encoders._galspecnet import GalSpecNet
from sklearn_sn.encoders._gru import GRU
from sklearn_sn.encoders._image_cnn import ImageCNN, ImageEncoder
from sklearn_sn.encoders._informer import Informer
from sklearn_sn.encoders._light_curve_encoder import LightCurveEncoder, WindowedLightCurveEncoder
from sklearn_sn.encoders._light_curve_transformer import LightCurveTransformer
from sklearn_sn.encoders._metadata_mlp import MetadataEncoder, MetadataMLP
from sklearn_sn.encoders._metadata_towers import ALERT_TOWERS, MetadataTowers
from sklearn_sn.encoders._patch_transformer import PatchSpectrumTransformer
from sklearn_sn.encoders._resnet_image import ResNetImage
from sklearn_sn.encoders._resolve import (
    EncoderLike,
    custom_encoder_class,
    encoder_names,
    named_encoder,
    resolve_encoder,
    restore_encoder_class,
)
from sklearn_sn.encoders._spectral_features import SpectralFeatures
from sklearn_sn.encoders._spectranet import SpectraNet
from sklearn_sn.encoders._spectrum_cnn import SpectrumCNN
from sklearn_sn.encoders._spectrum_encoder import SpectrumEncoder
from sklearn_sn.encoders._spectrum_transformer import SpectrumTransformer
from sklearn_sn.encoders._transceiver import (
    ImageTransceiver,
    LightCurveTransceiver,
    MetadataTransceiver,
    SpectrumTransceiver,
)
from sklearn_sn.encoders._transceiver_decoder import TransceiverDecoder

__all__ = [
    "ALERT_TOWERS",
    "GRU",
    "MODALITIES",
    "OPTICAL",
    "ConvNeXtImage",
    "CustomImageEncoder",
    "CustomLightCurveEncoder",
    "CustomMetadataEncoder",
    "CustomSpectrumEncoder",
    "DataSettings",
    "DeepSets",
    "Encoder",
    "EncoderLike",
    "EventEncoder",
    "EventTransformer",
    "GalSpecNet",
    "ImageCNN",
    "ImageEncoder",
    "ImageTransceiver",
    "Informer",
    "LightCurveEncoder",
    "LightCurveTransceiver",
    "LightCurveTransformer",
    "MetadataEncoder",
    "MetadataMLP",
    "MetadataTowers",
    "MetadataTransceiver",
    "PatchSpectrumTransformer",
    "ResNetImage",
    "SpectraNet",
    "SpectralFeatures",
    "SpectrumCNN",
    "SpectrumEncoder",
    "SpectrumTransceiver",
    "SpectrumTransformer",
    "TransceiverDecoder",
    "WindowedLightCurveEncoder",
    "check_wavelength_range",
    "custom_encoder_class",
    "encoder_names",
    "fill_doc",
    "named_encoder",
    "resolve_encoder",
    "restore_encoder_class",
]
