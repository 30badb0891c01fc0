"""Embedders, transformers that learn an embedding from the data."""

from sklearn_sn.embedding._attention_maps import attention_maps
from sklearn_sn.embedding._contrastive import ContrastiveEmbedder
from sklearn_sn.embedding._filled_spectra import FilledSpectra
from sklearn_sn.embedding._masked_events import MaskedEventEmbedder
from sklearn_sn.embedding._masked_spectrum import MaskedSpectrumEmbedder
from sklearn_sn.embedding._mmvae import MMVAEEmbedder
from sklearn_sn.embedding._momentum_contrast import ImageEmbedder

__all__ = [
    "ContrastiveEmbedder",
    "FilledSpectra",
    "ImageEmbedder",
    "MMVAEEmbedder",
    "MaskedEventEmbedder",
    "MaskedSpectrumEmbedder",
    "attention_maps",
]
