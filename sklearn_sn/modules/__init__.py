"""torch modules: tensors in, encodings or latents out."""

from sklearn_sn.modules._attention import AttentionPooling, MeanPooling, TransformerStack, sinusoid
from sklearn_sn.modules._configurable import ConfigurableModule
from sklearn_sn.modules._contrastive import ContrastiveModule
from sklearn_sn.modules._coordinates import CoordinateEmbedding, MultiFrequencyEncoding
from sklearn_sn.modules._domain_adversarial import DomainAdversarialModule
from sklearn_sn.modules._galspecnet import GalSpecNet
from sklearn_sn.modules._gru import GRUEncoder
from sklearn_sn.modules._image import ImageConvNet
from sklearn_sn.modules._light_curve import LightCurveTransformer
from sklearn_sn.modules._metadata import MetadataMLP
from sklearn_sn.modules._mixed_precision import MixedPrecisionModule
from sklearn_sn.modules._mmvae import MMVAEModule, PointSetDecoder, PointSetExpert
from sklearn_sn.modules._spectral_redshift import SpectralFeatureNet, TemplateShiftModule
from sklearn_sn.modules._spectranet import SpectraNet
from sklearn_sn.modules._spectrum import SpectrumConvNet, SpectrumTransformer
from sklearn_sn.modules._supervised import SupervisedModule
from sklearn_sn.modules._transceiver import TransceiverDecoder, TransceiverEncoder
from sklearn_sn.modules._transceiver_encoders import LightCurveTransceiver, SpectrumTransceiver

__all__ = [
    "AttentionPooling",
    "ConfigurableModule",
    "ContrastiveModule",
    "CoordinateEmbedding",
    "DomainAdversarialModule",
    "GRUEncoder",
    "GalSpecNet",
    "ImageConvNet",
    "LightCurveTransceiver",
    "LightCurveTransformer",
    "MMVAEModule",
    "MeanPooling",
    "MetadataMLP",
    "MixedPrecisionModule",
    "MultiFrequencyEncoding",
    "PointSetDecoder",
    "PointSetExpert",
    "SpectraNet",
    "SpectralFeatureNet",
    "SpectrumConvNet",
    "SpectrumTransceiver",
    "SpectrumTransformer",
    "SupervisedModule",
    "TemplateShiftModule",
    "TransceiverDecoder",
    "TransceiverEncoder",
    "TransformerStack",
    "sinusoid",
]
