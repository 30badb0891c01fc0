"""Embedders: transformers that learn a space from the data."""

from sklearn_sn.embedding._contrastive import ContrastiveEmbedder

__all__ = ["ContrastiveEmbedder"]
