"""Plots of data and of the predictions of estimators; matplotlib is imported on first use."""

from sklearn_sn.plotting._attention import AttentionDisplay
from sklearn_sn.plotting._embedding import EmbeddingDisplay
from sklearn_sn.plotting._generation import GenerationDisplay
from sklearn_sn.plotting._horizon import HorizonDisplay
from sklearn_sn.plotting._light_curve import LightCurveDisplay
from sklearn_sn.plotting._limited_labels import LimitedLabelsDisplay
from sklearn_sn.plotting._mask_filling import MaskFillingDisplay
from sklearn_sn.plotting._masking import MaskingDisplay
from sklearn_sn.plotting._redshift import RedshiftDisplay
from sklearn_sn.plotting._retrieval import RetrievalDisplay
from sklearn_sn.plotting._spectrum import SpectrumDisplay
from sklearn_sn.plotting._spectrum_explanation import SpectrumExplanationDisplay

__all__ = [
    "AttentionDisplay",
    "EmbeddingDisplay",
    "GenerationDisplay",
    "HorizonDisplay",
    "LightCurveDisplay",
    "LimitedLabelsDisplay",
    "MaskFillingDisplay",
    "MaskingDisplay",
    "RedshiftDisplay",
    "RetrievalDisplay",
    "SpectrumDisplay",
    "SpectrumExplanationDisplay",
]
