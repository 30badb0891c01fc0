"""Cross-modal retrieval and generation with any embedder."""

from sklearn_sn.cross_modal._generator import CrossModalGenerator
from sklearn_sn.cross_modal._mean_spectrum import MeanSpectrumGenerator
from sklearn_sn.cross_modal._retriever import CrossModalRetriever

__all__ = ["CrossModalGenerator", "CrossModalRetriever", "MeanSpectrumGenerator"]
