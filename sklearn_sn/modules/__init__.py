"""torch modules from which encoders and estimators are built."""

from sklearn_sn.modules._astrominn import AstroMiNNModule
from sklearn_sn.modules._attention import (
    POOLINGS,
    AttentionPooling,
    MaxPooling,
    MeanPooling,
    QueryPooling,
    TransformerStack,
    sinusoid,
)
from sklearn_sn.modules._configurable import ConfigurableModule
from sklearn_sn.modules._contrastive import ContrastiveModule, SequenceProjection
from sklearn_sn.modules._conv_block import ConvBlock
from sklearn_sn.modules._convnext import ConvNeXt, ConvNeXtBlock, Patches
from sklearn_sn.modules._coordinates import CoordinateEmbedding, MultiFrequencyEncoding
from sklearn_sn.modules._cross_attention import CrossAttentionPooling
from sklearn_sn.modules._domain_adversarial import DomainAdversarialModule
from sklearn_sn.modules._dropout import Dropout
from sklearn_sn.modules._event_embedding import EventEmbedding, Time2Vec
from sklearn_sn.modules._freezable import FreezableModule
from sklearn_sn.modules._image_sampling import affine_images, blur_images
from sklearn_sn.modules._joint_statistics import joint_statistics
from sklearn_sn.modules._latent_sequence import LatentSequence
from sklearn_sn.modules._masked_events import MaskedEventModule
from sklearn_sn.modules._masked_spectrum import MaskedSpectrumModule
from sklearn_sn.modules._mixed_precision import MixedPrecisionModule
from sklearn_sn.modules._mmvae import EncoderExpert, MMVAEModule, PointSetDecoder, PointSetExpert
from sklearn_sn.modules._momentum_contrast import MomentumContrastModule
from sklearn_sn.modules._resnet import ResNet
from sklearn_sn.modules._sparse_attention import Distilling, ProbSparseAttention
from sklearn_sn.modules._spectra_block import BatchNorm, SpectraBlock, dense
from sklearn_sn.modules._supervised import SupervisedModule
from sklearn_sn.modules._template_shift import TemplateShiftModule
from sklearn_sn.modules._transceiver import TransceiverDecoderModule, TransceiverEncoder
from sklearn_sn.modules._wide_convolution import WideConv
from sklearn_sn.modules._windows import from_windows, n_windows, to_windows

__all__ = [
    "POOLINGS",
    "AstroMiNNModule",
    "AttentionPooling",
    "BatchNorm",
    "ConfigurableModule",
    "ContrastiveModule",
    "ConvBlock",
    "ConvNeXt",
    "ConvNeXtBlock",
    "CoordinateEmbedding",
    "CrossAttentionPooling",
    "Distilling",
    "DomainAdversarialModule",
    "Dropout",
    "EncoderExpert",
    "EventEmbedding",
    "FreezableModule",
    "LatentSequence",
    "MMVAEModule",
    "MaskedEventModule",
    "MaskedSpectrumModule",
    "MaxPooling",
    "MeanPooling",
    "MixedPrecisionModule",
    "MomentumContrastModule",
    "MultiFrequencyEncoding",
    "Patches",
    "PointSetDecoder",
    "PointSetExpert",
    "ProbSparseAttention",
    "QueryPooling",
    "ResNet",
    "SequenceProjection",
    "SpectraBlock",
    "SupervisedModule",
    "TemplateShiftModule",
    "Time2Vec",
    "TransceiverDecoderModule",
    "TransceiverEncoder",
    "TransformerStack",
    "WideConv",
    "affine_images",
    "blur_images",
    "dense",
    "from_windows",
    "joint_statistics",
    "n_windows",
    "sinusoid",
    "to_windows",
]
