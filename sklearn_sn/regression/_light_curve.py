"""The regressor of light curves, with any encoder."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from sklearn.frozen import FrozenEstimator

from sklearn_sn.base import (
    PRETRAINING_CONSTRAINTS,
    REGRESSION_CONSTRAINTS,
    NetworkRegressorMixin,
    SupervisedEstimator,
)
from sklearn_sn.encoders import EncoderLike


class LightCurveRegressor(NetworkRegressorMixin, SupervisedEstimator):
    """Predict a number, such as the redshift, from light curves by an encoder and a linear head.

    With ``encoder="transformer"``, the model is the end-to-end baseline of Maven [1]_. With
    ``encoder="gru"``, it is the regression model of the recurrent foundation model [2]_.

    Parameters
    ----------
    encoder : str, Encoder, torch.nn.Module or callable, default="auto"
        "transformer", "gru", "deep_sets" or "transceiver"; an encoder of
        :mod:`sklearn_sn.encoders` with its sizes and scaling; or a torch module of your own, which
        is copied in fit. "auto" is that of `pretrained`, or "transformer".
    loss : {"squared_error", "gaussian"}, default="squared_error"
        "gaussian" also learns a standard deviation for every object, which
        ``predict(X, return_std=True)`` returns.
    %(pretraining)s
    %(training)s

    Attributes
    ----------
    target_mean_, target_scale_ : float
        Weighted mean and standard deviation of `y` in fit, predicted for objects without a
        light curve.
    %(fitted_supervised)s
    %(fitted_network)s

    See Also
    --------
    sklearn_sn.classification.LightCurveClassifier : Predict classes instead of numbers.

    Notes
    -----
    X may also be an array of shape (n_objects, n_points): evenly sampled series of one band, with
    points a day apart and NaN where there is none.

    For several numbers, such as the physical parameters of an explosion,
    :class:`sklearn.multioutput.MultiOutputRegressor` fits one model each.

    Redshifts span decades. If small redshifts matter, predict ``log1p(z)`` by
    :class:`sklearn.compose.TransformedTargetRegressor`.

    References
    ----------
    .. [1] Zhang, G., Helfer, T., Gagliano, A. T., Mishra-Sharma, S. & Villar, V. A. (2024). "Maven:
       A Multimodal Foundation Model for Supernova Science". Machine Learning: Science and
       Technology 5, 045069.
    .. [2] "Simulation-Pretrained Foundation Models for Domain-General Astronomical Time Series
       Tasks with Minimal Labeled Data" (2025). Workshop paper (anonymous copy).

    Examples
    --------
    >>> from sklearn_sn import LightCurveRegressor
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, _ = make_supernovae(60, modalities=["light_curve"], random_state=0)
    >>> model = LightCurveRegressor(encoder="deep_sets", max_epochs=2, random_state=0)
    >>> model.fit(X, X["redshift"]).predict(X).shape
    (60,)
    """

    _parameter_constraints = {
        **SupervisedEstimator._parameter_constraints,
        **REGRESSION_CONSTRAINTS,
        **PRETRAINING_CONSTRAINTS,
    }

    def __init__(
        self,
        *,
        encoder: EncoderLike = "auto",
        loss: str = "squared_error",
        pretrained: str | FrozenEstimator | None = None,
        trainable: str = "all",
        pretrained_lr_factor: float = 1.0,
        optimizer: str = "adamw",
        lr: float = 1e-3,
        weight_decay: float = 1e-4,
        batch_size: int = 16,
        max_epochs: int = 60,
        lr_schedule: str | None = "one_cycle",
        early_stopping: bool = False,
        validation_fraction: float = 0.15,
        n_iter_no_change: int = 10,
        warm_start: bool = False,
        callbacks: Sequence[Any] | None = None,
        device: str | torch.device = "auto",
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 0,
    ) -> None:
        self.encoder = encoder
        self.loss = loss
        self.pretrained = pretrained
        self.trainable = trainable
        self.pretrained_lr_factor = pretrained_lr_factor
        self.optimizer = optimizer
        self.lr = lr
        self.weight_decay = weight_decay
        self.batch_size = batch_size
        self.max_epochs = max_epochs
        self.lr_schedule = lr_schedule
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.warm_start = warm_start
        self.callbacks = callbacks
        self.device = device
        self.random_state = random_state
        self.verbose = verbose
