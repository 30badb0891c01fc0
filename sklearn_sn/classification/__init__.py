"""Classifiers of light curves, spectra, images and metadata, and their fusion."""

from sklearn_sn.classification._astrominn import AstroMiNNClassifier
from sklearn_sn.classification._conformal import ConformalClassifier
from sklearn_sn.classification._domain_adversarial import DomainAdversarialClassifier
from sklearn_sn.classification._late_fusion import LateFusionClassifier
from sklearn_sn.classification._light_curve import LightCurveClassifier
from sklearn_sn.classification._light_curve_ensemble import LightCurveEnsembleClassifier
from sklearn_sn.classification._light_curve_stream import LightCurveStream
from sklearn_sn.classification._redshift_imputer import SpectralRedshiftImputer
from sklearn_sn.classification._spectral_redshift import SpectralRedshiftClassifier
from sklearn_sn.classification._spectranet import SpectraNetClassifier
from sklearn_sn.classification._supcon import SupConClassifier

__all__ = [
    "AstroMiNNClassifier",
    "ConformalClassifier",
    "DomainAdversarialClassifier",
    "LateFusionClassifier",
    "LightCurveClassifier",
    "LightCurveEnsembleClassifier",
    "LightCurveStream",
    "SpectraNetClassifier",
    "SpectralRedshiftClassifier",
    "SpectralRedshiftImputer",
    "SupConClassifier",
]
