"""Find all estimators, transformers and encoders of the package, in sizes that train quickly."""

import importlib

from sklearn.base import BaseEstimator, clone

from sklearn_sn import encoders
from sklearn_sn.encoders import Encoder, TransceiverDecoder, named_encoder

# Parameters that make anything small, wherever they occur.
SMALL_ESTIMATOR = {"max_epochs": 2, "batch_size": 16, "random_state": 0, "n_estimators": 10}
SMALL_ENCODER = {
    "d_model": 16,
    "n_heads": 2,
    "n_layers": 1,
    "latent_dim": 16,
    "n_features": 8,
    "n_frequencies": 8,
    "n_bins": 128,
    "max_pixels": 64,
}
OWN_SIZES = {
    "SpectraNet": {"widths": (8, 12), "kernels": ((3, 9, 31), (3, 5, 9))},
    "SpectralFeatures": {"widths": (8, 8), "kernels": (7, 5)},
    "ConvNeXtImage": {"depths": (1, 1), "widths": (8, 12)},
}
# What a class needs beside its defaults.
OWN_PARAMETERS = {
    "AstroMiNNClassifier": {"metadata_columns": ["classtar", "ra", "dec"], "expert_width": 16},
    "ImageEmbedder": {"bands": ["g"]},
    "LightCurveTruncator": {"n_days": 20},
    "SpectrumResampler": {"n_bins": 32},
}
PACKAGES = ("embedding", "classification", "regression")


def public_classes(package):
    """Return the public classes of a package that are estimators."""
    module = importlib.import_module(f"sklearn_sn.{package}")
    found = (getattr(module, name) for name in module.__all__)
    return [c for c in found if isinstance(c, type) and issubclass(c, BaseEstimator)]


def shrunk(encoder):
    """Return an encoder with small sizes."""
    encoder = clone(encoder)
    params = encoder.get_params(deep=False)
    sizes = {**SMALL_ENCODER, **OWN_SIZES.get(type(encoder).__name__, {})}
    return encoder.set_params(**{name: v for name, v in sizes.items() if name in params})


def small(cls):
    """Return an estimator of a class with small encoders and few epochs."""
    estimator = cls(**OWN_PARAMETERS.get(cls.__name__, {}))
    params = estimator.get_params(deep=False)
    estimator.set_params(**{name: v for name, v in SMALL_ESTIMATOR.items() if name in params})
    for name, (modality, default) in getattr(cls, "_encoder_parameters", {}).items():
        if modality in ("light_curve", "spectrum", "decoder"):
            is_class = isinstance(default, type)
            encoder = default() if is_class else named_encoder(modality, default)
            estimator.set_params(**{name: shrunk(encoder)})
    return estimator


def learned():
    """Return small estimators that train a network, one of each class."""
    classes = [cls for package in PACKAGES for cls in public_classes(package)]
    return [small(cls) for cls in classes if hasattr(cls, "_train")]


def transformers():
    """Return the transformers of tables, one of each class."""
    return [small(cls) for cls in public_classes("preprocessing")]


def all_encoders():
    """Return a small encoder of each class that a name or an estimator's default stands for."""
    classes = [getattr(encoders, name) for name in encoders.__all__]
    named = [c for c in classes if isinstance(c, type) and issubclass(c, Encoder) and c.name]
    return [shrunk(cls()) for cls in named]


def small_decoder():
    """Return a small decoder of a multimodal autoencoder."""
    return shrunk(TransceiverDecoder())
