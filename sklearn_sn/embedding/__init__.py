"""Embedders, transformers that learn an embedding from the data."""

from sklearn_sn.embedding._contrastive import ContrastiveEmbedder
from sklearn_sn.embedding._masked_events import MaskedEventEmbedder
from sklearn_sn.embedding._mmvae import MMVAEEmbedder

__all__ = ["ContrastiveEmbedder", "MMVAEEmbedder", "MaskedEventEmbedder"]
