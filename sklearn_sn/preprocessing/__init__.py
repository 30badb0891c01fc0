"""Transformers of tables with light curves and spectra."""

from sklearn_sn.preprocessing._continuum_normalizer import ContinuumNormalizer
from sklearn_sn.preprocessing._detection_window import DetectionWindow
from sklearn_sn.preprocessing._extinction_corrector import ExtinctionCorrector
from sklearn_sn.preprocessing._flux_normalizer import FluxNormalizer
from sklearn_sn.preprocessing._light_curve_binner import LightCurveBinner
from sklearn_sn.preprocessing._light_curve_features import LightCurveFeatures
from sklearn_sn.preprocessing._light_curve_truncator import LightCurveTruncator
from sklearn_sn.preprocessing._median_filter import MedianFilter
from sklearn_sn.preprocessing._nearest_spectrum import NearestSpectrum
from sklearn_sn.preprocessing._spectrum_resampler import SpectrumResampler

__all__ = [
    "ContinuumNormalizer",
    "DetectionWindow",
    "ExtinctionCorrector",
    "FluxNormalizer",
    "LightCurveBinner",
    "LightCurveFeatures",
    "LightCurveTruncator",
    "MedianFilter",
    "NearestSpectrum",
    "SpectrumResampler",
]
