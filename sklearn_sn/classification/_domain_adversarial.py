"""The domain-adversarial classifier."""

import warnings
from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np
import torch
from scipy.stats import entropy
from sklearn.frozen import FrozenEstimator
from sklearn.utils._param_validation import Interval

from sklearn_sn.base import positive_int
from sklearn_sn.classification._supcon import SupConClassifier
from sklearn_sn.encoders import EncoderLike
from sklearn_sn.modules import DomainAdversarialModule
from sklearn_sn.nets import DomainAdversarialNet


class DomainAdversarialClassifier(SupConClassifier):
    """Classify objects by a latent from which their survey cannot be predicted.

    A discriminator learns to predict the domain, such as the survey, from the latent. In alternate
    steps, the discriminator minimises its cross-entropy :math:`H(D(L), d)`, and the classifier
    minimises :math:`H(C(X), y) - w H(D(L), d)` [1]_. The discriminator takes several steps for each
    step of the classifier, because an undertrained discriminator fails although the latent still
    reveals the domain. In the loss of the classifier, :math:`H(D(L), d)` is limited to the entropy
    of the domain frequencies. A larger value would mean that the discriminator errs systematically,
    so that the latent reveals the domain.

    Parameters
    ----------
    encoder : str, Encoder, torch.nn.Module or callable, default="auto"
        "gru", "transformer", "deep_sets" or "transceiver" for light curves; an encoder of
        :mod:`sklearn_sn.encoders` of light curves, spectra or images; or a torch module of your
        own for light curves, which is copied in fit. "auto" is that of `pretrained`, or "gru".
    adversarial_weight : float or pair of float, default=1.0
        The :math:`w` above; a pair gives the weights of the first and of the last epoch of
        `max_epochs`, between which it changes linearly.
    discriminator_steps : int, default=5
        Steps of the discriminator for each step of the classifier. A step costs little time.
    contrastive_weight : float, default=0.0
        Weight of a supervised contrastive loss of the latents, as in :class:`SupConClassifier`.
    temperature : float, default=0.5
        Temperature of the contrastive loss.
    domain : str, default="survey"
        Column of X with the domain of each object in fit; null where the domain is unknown.
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
        within domains.
    %(pretraining)s
    %(training)s

    Attributes
    ----------
    domains_ : array of str, shape (n_domains,)
        Names of the domains in fit.
    classes_ : array of shape (n_classes,)
        The classes.
    class_log_weights_ : array of shape (n_classes,)
        Logarithms of the weights of the classes in training, by which `prior` divides.
    class_prior_ : array of shape (n_classes,)
        Weighted class frequencies in fit; the probabilities of an object without the modality.
    %(fitted_supervised)s
    %(fitted_network)s

    Warns
    -----
    UserWarning
        If all objects of a table have the same domain.

    See Also
    --------
    LightCurveClassifier : Classify without a discriminator.
    SupConClassifier : Classify by a latent with compact classes.

    Notes
    -----
    Early stopping monitors only the loss of the classifier.

    References
    ----------
    .. [1] "Simulation-Pretrained Foundation Models for Domain-General Astronomical Time Series
       Tasks with Minimal Labeled Data" (2025). Workshop paper (anonymous copy).

    Examples
    --------
    >>> from sklearn_sn import DomainAdversarialClassifier
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(60, modalities=["light_curve"], random_state=0)
    >>> model = DomainAdversarialClassifier(
    ...     adversarial_weight=(0.0, 1.0), max_epochs=2, random_state=0
    ... )
    >>> model.fit(X, y).domains_
    array(['lsst', 'ztf'], dtype=object)
    """

    _parameter_constraints = {
        **SupConClassifier._parameter_constraints,
        "adversarial_weight": [Interval(Real, 0, None, closed="left"), tuple, list],
        "discriminator_steps": positive_int(),
    }
    _net_class = DomainAdversarialNet
    _module_class = DomainAdversarialModule

    def __init__(
        self,
        *,
        encoder: EncoderLike = "auto",
        adversarial_weight: float | tuple[float, float] = 1.0,
        discriminator_steps: int = 5,
        contrastive_weight: float = 0.0,
        temperature: float = 0.5,
        domain: str = "survey",
        class_weight: str | dict[Any, float] | None = None,
        prior: str = "auto",
        batch_balance: str | None = None,
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
        self.adversarial_weight = adversarial_weight
        self.discriminator_steps = discriminator_steps
        self.contrastive_weight = contrastive_weight
        self.temperature = temperature
        self.domain = domain
        self.class_weight = class_weight
        self.prior = prior
        self.batch_balance = batch_balance
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
        codes, names = self._domains(X, len(table))
        super()._extend_task(task, X, table)
        if self._is_warm_start and not np.array_equal(names, self.domains_):
            raise ValueError(
                f"X holds the domains {names.tolist()}, the first fit had "
                f"{self.domains_.tolist()}. Set warm_start=False."
            )
        if len(names) < 2 and not self._on_array:
            warnings.warn(
                f"All objects have one domain in the column {self.domain!r} ({names.tolist()}), so "
                "that there is nothing to hide. Use a LightCurveClassifier instead.",
                UserWarning,
                stacklevel=4,
            )
        task.targets["domain"] = codes
        task.module_params["n_domains"] = max(len(names), 1)
        task.attributes["domains_"] = names
        task.net_params["adversarial_weight"] = self._weights_of_epochs()
        task.net_params["discriminator_steps"] = self.discriminator_steps
        if self.batch_balance not in ("domain", "both"):
            # Balanced batches have equal shares of the domains, which is the default of the net.
            share = np.bincount(codes[codes >= 0], minlength=1) / max((codes >= 0).sum(), 1)
            task.net_params["guessing"] = float(entropy(share)) if share.any() else 0.0

    def _weights_of_epochs(self):
        value = self.adversarial_weight
        pair = (value, value) if isinstance(value, Real) else tuple(value)
        if len(pair) != 2 or not all(isinstance(w, Real) and w >= 0 for w in pair):
            raise ValueError(
                "The 'adversarial_weight' parameter of DomainAdversarialClassifier must be a "
                f"number >= 0 or a pair of such numbers. Got {value!r} instead."
            )
        return tuple(map(float, pair))
