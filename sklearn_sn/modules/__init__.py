"""torch modules: tensors in, encodings or latents out."""

from sklearn_sn.modules._attention import AttentionPooling, MeanPooling, TransformerStack, sinusoid
from sklearn_sn.modules._contrastive import ContrastiveModule
from sklearn_sn.modules._domain_adversarial import DomainAdversarialModule
from sklearn_sn.modules._gru import GRUEncoder
from sklearn_sn.modules._image import ImageConvNet
from sklearn_sn.modules._light_curve import LightCurveTransformer
from sklearn_sn.modules._metadata import MetadataMLP
from sklearn_sn.modules._sized import SizedModule
from sklearn_sn.modules._spectrum import SpectrumConvNet, SpectrumTransformer
from sklearn_sn.modules._supervised import SupervisedModule

__all__ = [
    "AttentionPooling",
    "ContrastiveModule",
    "DomainAdversarialModule",
    "GRUEncoder",
    "ImageConvNet",
    "LightCurveTransformer",
    "MeanPooling",
    "MetadataMLP",
    "SizedModule",
    "SpectrumConvNet",
    "SpectrumTransformer",
    "SupervisedModule",
    "TransformerStack",
    "sinusoid",
]
