"""Estimators that train in a moment."""

from sklearn_sn.classification import LightCurveClassifier
from sklearn_sn.encoders import DeepSets, LightCurveTransformer
from sklearn_sn.regression import LightCurveRegressor

# Without dropout and augmentation, an epoch of one batch is full-batch descent.
STILL = {"dropout": 0.0, "augmentation": False, "noise_augmentation": False}
ENCODER = DeepSets(d_model=8, latent_dim=6)
TINY = {"encoder": ENCODER, "max_epochs": 2, "batch_size": 16, "random_state": 0}


def classifier(**params):
    return LightCurveClassifier(**{**TINY, **params})


def regressor(**params):
    return LightCurveRegressor(**{**TINY, **params})


def transformer(**params):
    sizes = {"d_model": 8, "n_heads": 2, "n_layers": 1, "latent_dim": 6, "max_points": 30}
    return LightCurveTransformer(**{**sizes, **params})
