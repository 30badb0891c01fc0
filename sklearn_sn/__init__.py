"""Supernovae and other transients for scikit-learn: embed, classify, date and retrieve."""

from typing import TYPE_CHECKING

from sklearn_sn._importing import import_quickly as import_quickly

if TYPE_CHECKING:
    from sklearn_sn.anomaly import MultiClassIsolationForest as MultiClassIsolationForest
    from sklearn_sn.catalog import classify as classify
    from sklearn_sn.catalog import report as report
    from sklearn_sn.classification import AstroMiNNClassifier as AstroMiNNClassifier
    from sklearn_sn.classification import ConformalClassifier as ConformalClassifier
    from sklearn_sn.classification import (
        DomainAdversarialClassifier as DomainAdversarialClassifier,
    )
    from sklearn_sn.classification import LateFusionClassifier as LateFusionClassifier
    from sklearn_sn.classification import LightCurveClassifier as LightCurveClassifier
    from sklearn_sn.classification import (
        LightCurveEnsembleClassifier as LightCurveEnsembleClassifier,
    )
    from sklearn_sn.classification import SpectralRedshiftClassifier as SpectralRedshiftClassifier
    from sklearn_sn.classification import SpectralRedshiftImputer as SpectralRedshiftImputer
    from sklearn_sn.classification import SpectraNetClassifier as SpectraNetClassifier
    from sklearn_sn.classification import SupConClassifier as SupConClassifier
    from sklearn_sn.cross_modal import CrossModalGenerator as CrossModalGenerator
    from sklearn_sn.cross_modal import CrossModalRetriever as CrossModalRetriever
    from sklearn_sn.embedding import ContrastiveEmbedder as ContrastiveEmbedder
    from sklearn_sn.embedding import ImageEmbedder as ImageEmbedder
    from sklearn_sn.embedding import MaskedEventEmbedder as MaskedEventEmbedder
    from sklearn_sn.embedding import MaskedSpectrumEmbedder as MaskedSpectrumEmbedder
    from sklearn_sn.embedding import MMVAEEmbedder as MMVAEEmbedder
    from sklearn_sn.nets import data_parallel as data_parallel
    from sklearn_sn.persistence import load_model as load_model
    from sklearn_sn.persistence import load_pretrained as load_pretrained
    from sklearn_sn.persistence import save_model as save_model
    from sklearn_sn.regression import LightCurveRegressor as LightCurveRegressor
    from sklearn_sn.regression import MultimodalRegressor as MultimodalRegressor
    from sklearn_sn.regression import ResidualErrorRegressor as ResidualErrorRegressor
    from sklearn_sn.regression import SpectraNetRegressor as SpectraNetRegressor

__version__ = "0.1.0.dev0"

# Estimators load torch, so that they are imported only when they are used.
_LAZY = {
    "AstroMiNNClassifier": "sklearn_sn.classification",
    "ConformalClassifier": "sklearn_sn.classification",
    "ContrastiveEmbedder": "sklearn_sn.embedding",
    "CrossModalGenerator": "sklearn_sn.cross_modal",
    "CrossModalRetriever": "sklearn_sn.cross_modal",
    "DomainAdversarialClassifier": "sklearn_sn.classification",
    "ImageEmbedder": "sklearn_sn.embedding",
    "LateFusionClassifier": "sklearn_sn.classification",
    "LightCurveClassifier": "sklearn_sn.classification",
    "LightCurveEnsembleClassifier": "sklearn_sn.classification",
    "LightCurveRegressor": "sklearn_sn.regression",
    "MMVAEEmbedder": "sklearn_sn.embedding",
    "MaskedEventEmbedder": "sklearn_sn.embedding",
    "MaskedSpectrumEmbedder": "sklearn_sn.embedding",
    "MultiClassIsolationForest": "sklearn_sn.anomaly",
    "MultimodalRegressor": "sklearn_sn.regression",
    "ResidualErrorRegressor": "sklearn_sn.regression",
    "SpectraNetClassifier": "sklearn_sn.classification",
    "SpectralRedshiftClassifier": "sklearn_sn.classification",
    "SpectralRedshiftImputer": "sklearn_sn.classification",
    "SpectraNetRegressor": "sklearn_sn.regression",
    "SupConClassifier": "sklearn_sn.classification",
    "classify": "sklearn_sn.catalog",
    "data_parallel": "sklearn_sn.nets",
    "load_model": "sklearn_sn.persistence",
    "load_pretrained": "sklearn_sn.persistence",
    "report": "sklearn_sn.catalog",
    "save_model": "sklearn_sn.persistence",
}

__all__ = ["__version__", *_LAZY]


def __getattr__(name):
    if name in _LAZY:
        try:
            module = import_quickly(_LAZY[name])
        except Exception as error:
            # An AttributeError, as from a half-imported torch, would become "cannot import name".
            raise ImportError(
                f"sklearn_sn.{name} cannot be imported, because {_LAZY[name]} fails to import: "
                f"{type(error).__name__}: {error}. Are torch and skorch installed and intact?"
            ) from error
        return getattr(module, name)
    raise AttributeError(f"module 'sklearn_sn' has no attribute {name!r}")


def __dir__():
    private = {"TYPE_CHECKING", "import_quickly"}
    return sorted({*globals(), *_LAZY} - private)
