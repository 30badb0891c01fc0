"""Displays of embeddings, light curves, spectra, redshifts and scores; matplotlib loads late."""

from sklearn_sn.plotting._embedding import EmbeddingDisplay
from sklearn_sn.plotting._horizon import HorizonDisplay
from sklearn_sn.plotting._light_curve import LightCurveDisplay
from sklearn_sn.plotting._limited_labels import LimitedLabelsDisplay
from sklearn_sn.plotting._redshift import RedshiftDisplay
from sklearn_sn.plotting._spectrum import SpectrumDisplay

__all__ = [
    "EmbeddingDisplay",
    "HorizonDisplay",
    "LightCurveDisplay",
    "LimitedLabelsDisplay",
    "RedshiftDisplay",
    "SpectrumDisplay",
]
