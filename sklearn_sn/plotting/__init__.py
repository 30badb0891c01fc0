"""Displays of embeddings, light curves, spectra and redshifts; matplotlib loads when one plots."""

from sklearn_sn.plotting._embedding import EmbeddingDisplay
from sklearn_sn.plotting._light_curve import LightCurveDisplay
from sklearn_sn.plotting._redshift import RedshiftDisplay
from sklearn_sn.plotting._spectrum import SpectrumDisplay

__all__ = ["EmbeddingDisplay", "LightCurveDisplay", "RedshiftDisplay", "SpectrumDisplay"]
