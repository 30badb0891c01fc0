"""The classifier with a supervised contrastive loss."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from sklearn.frozen import FrozenEstimator

from sklearn_sn.base import (
    CLASS_WEIGHT,
    DOMAIN_CONSTRAINTS,
    PRETRAINING_CONSTRAINTS,
    PRIOR_CONSTRAINTS,
    NetworkClassifierMixin,
    SupervisedEstimator,
    positive_number,
    weight,
)
from sklearn_sn.encoders import EncoderLike
from sklearn_sn.nets import SupConNet


class SupConClassifier(NetworkClassifierMixin, SupervisedEstimator):
    """Classify objects by a latent in which objects of one class are close to each other.

    The loss is cross-entropy plus the supervised contrastive loss of the latents [1]_, which pulls
    objects of one class together, independent of the survey. The latent is useful for surveys,
    tasks and anomalies that were not in training [2]_.

    Parameters
    ----------
    encoder : str, Encoder, torch.nn.Module or callable, default="auto"
        "gru", "transformer", "deep_sets" or "transceiver" for light curves; an encoder of
        :mod:`sklearn_sn.encoders` of light curves, spectra or images; or a torch module of your
        own for light curves, which is copied in fit. "auto" is that of `pretrained`, or "gru".
    contrastive_weight : float, default=1.0
        Weight of the contrastive loss relative to cross-entropy.
    temperature : float, default=0.5
        Temperature of the contrastive loss; small values emphasise the nearest objects of other
        classes.
    class_weight : {"balanced"} or dict, default=None
        Weights of the classes in cross-entropy.
    prior : {"auto", "frequencies", "weighted"}, default="auto"
        Class prior of the probabilities. "frequencies" divides them by the weights of
        `class_weight` and ``batch_balance="class"``, so that they reflect the
        class frequencies in fit. "weighted" leaves them as trained, which finds more objects of
        rare classes but overestimates their probabilities. "auto" is "weighted" if `class_weight`
        is a dict, and else "frequencies". Set it before or after fit.
    batch_balance : {"class", "domain", "both"} or None, default=None
        Groups with equal numbers of objects in each training batch: classes, domains, or classes
        within domains. With "both", every batch contains pairs of one class across surveys.
    domain : str, default="survey"
        Column of X with the domain of each object; used only in fit and only for `batch_balance`.
    %(pretraining)s
    %(training)s

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
        The classes.
    class_log_weights_ : array of shape (n_classes,)
        Logarithms of the weights of the classes in training, by which `prior` divides.
    class_prior_ : array of shape (n_classes,)
        Weighted class frequencies in fit; the probabilities of an object without the modality.
    %(fitted_supervised)s
    %(fitted_network)s

    See Also
    --------
    LightCurveClassifier : Classify by cross-entropy alone.
    DomainAdversarialClassifier : Classify by a latent that does not reveal the survey.
    sklearn_sn.losses.SupConLoss : The contrastive loss and its equation.

    References
    ----------
    .. [1] Khosla, P. et al. (2020). "Supervised Contrastive Learning". Advances in Neural
       Information Processing Systems 33.
    .. [2] "Simulation-Pretrained Foundation Models for Domain-General Astronomical Time Series
       Tasks with Minimal Labeled Data" (2025). Workshop paper (anonymous copy).

    Examples
    --------
    >>> from sklearn_sn import SupConClassifier
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(60, modalities=["light_curve"], random_state=0)
    >>> model = SupConClassifier(max_epochs=2, batch_balance="both", random_state=0)
    >>> model.fit(X, y).transform(X).shape
    (60, 100)
    """

    _parameter_constraints = {
        **SupervisedEstimator._parameter_constraints,
        **DOMAIN_CONSTRAINTS,
        **PRETRAINING_CONSTRAINTS,
        **PRIOR_CONSTRAINTS,
        "class_weight": CLASS_WEIGHT,
        "contrastive_weight": weight(),
        "temperature": positive_number(),
    }
    _encoder_parameters = {"encoder": ("light_curve", "gru")}
    _modalities = ("light_curve", "spectrum", "image")
    _net_class = SupConNet

    def __init__(
        self,
        *,
        encoder: EncoderLike = "auto",
        contrastive_weight: float = 1.0,
        temperature: float = 0.5,
        class_weight: str | dict[Any, float] | None = None,
        prior: str = "auto",
        batch_balance: str | None = None,
        domain: str = "survey",
        pretrained: str | FrozenEstimator | None = None,
        trainable: str = "all",
        pretrained_lr_factor: float = 1.0,
        optimizer: str = "adam",
        lr: float = 1e-3,
        weight_decay: float = 0.0,
        batch_size: int = 128,
        max_epochs: int = 40,
        lr_schedule: str | None = "one_cycle",
        early_stopping: bool = False,
        validation_fraction: float = 0.15,
        n_iter_no_change: int = 5,
        warm_start: bool = False,
        callbacks: Sequence[Any] | None = None,
        device: str | torch.device = "auto",
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 0,
    ) -> None:
        self.encoder = encoder
        self.contrastive_weight = contrastive_weight
        self.temperature = temperature
        self.class_weight = class_weight
        self.prior = prior
        self.batch_balance = batch_balance
        self.domain = domain
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

    def _extend_task(self, task, X, table):
        super()._extend_task(task, X, table)
        task.net_params["contrastive_weight"] = self.contrastive_weight
        task.net_params["temperature"] = self.temperature
