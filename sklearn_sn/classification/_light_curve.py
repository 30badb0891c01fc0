"""The classifier of light curves, with any encoder."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import torch
from sklearn.frozen import FrozenEstimator
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.base import (
    DOMAIN_CONSTRAINTS,
    FOCAL_CONSTRAINTS,
    OVERSAMPLING_CONSTRAINTS,
    PRETRAINING_CONSTRAINTS,
    PRIOR_CONSTRAINTS,
    UNFREEZING_CONSTRAINTS,
    NetworkClassifierMixin,
    SupervisedEstimator,
    is_causal,
)
from sklearn_sn.classification._light_curve_stream import LightCurveStream
from sklearn_sn.encoders import EncoderLike

_RESUMED = 1000  # objects of a history that are read at once


class LightCurveClassifier(NetworkClassifierMixin, SupervisedEstimator):
    """Classify light curves by an encoder and a linear head, trained end to end.

    With ``encoder="transformer"``, the model is the end-to-end baseline of Maven [1]_. With
    ``encoder="gru"``, it is the recurrent classifier that is pretrained on simulations [2]_, which
    also predicts probabilities after every point.

    Parameters
    ----------
    encoder : str, Encoder, torch.nn.Module or callable, default="auto"
        "transformer", "gru", "deep_sets", "transceiver", "event_transformer" or "informer"; an
        encoder of :mod:`sklearn_sn.encoders` with its sizes and scaling; or a torch module of your
        own, which is copied in fit. "auto" is that of `pretrained`, or "transformer".
    loss : {"cross_entropy", "focal", "balanced_focal"}, default="cross_entropy"
        "focal" down-weights objects that are classified well. "balanced_focal" also weights classes
        by their effective number of objects.
    focal_gamma : float, default=2.0
        Exponent of the focal losses.
    balance_beta : float, default=0.999
        Parameter of the effective number of objects, for "balanced_focal".
    class_weight : {"balanced"} or dict, default=None
        Weights of the classes in the loss.
    prior : {"auto", "frequencies", "weighted"}, default="auto"
        Class prior of the probabilities. "frequencies" divides them by the weights of
        `class_weight`, `oversample` and ``batch_balance="class"``, so that they reflect the
        class frequencies in fit. "weighted" leaves them as trained, which finds more objects of
        rare classes but overestimates their probabilities. "auto" is "weighted" if `class_weight`
        is a dict, and else "frequencies". Set it before or after fit. It has no
        effect with focal losses.
    batch_balance : {"class", "domain", "both"} or None, default=None
        Groups with equal numbers of objects in each training batch: classes, domains, or classes
        within domains. Rare objects then occur several times in an epoch. With "domain" and
        "both", probabilities do not reflect the class frequencies.
    domain : str, default="survey"
        Column of X with the domain of each object; used only in fit and only for `batch_balance`.
    oversample : float, default=0.0
        Exponent of the oversampling of rare classes, in [0, 1]. In each epoch, an object of a class
        of n objects is drawn (n_max / n)^oversample times on average, where n_max is the size of
        the largest class. Beside the usual augmentation, all draws but one become fainter, slower,
        noisier and sparser, as at a slightly larger redshift, unless the encoder has
        ``augmentation=False``. Not together with `batch_balance`.
    %(pretraining)s
    unfreezing : {"at_once", "gradual"}, default="at_once"
        Training of a pretrained encoder. "at_once" trains the parts that `trainable` names from the
        start. "gradual" trains the head first, then also the layers of the encoder from the top
        down, all of them in the second half of the epochs.
    layer_lr_decay : float, default=0.7
        With "gradual", ratio of the learning rate of a layer to that of the layer above.
    %(training)s

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
        The classes.
    class_log_weights_ : array of shape (n_classes,)
        Logarithms of the weights of the classes in training, by which `prior` divides.
    class_prior_ : array of shape (n_classes,)
        Weighted class frequencies in fit; the probabilities of an object without a light curve.
    %(fitted_supervised)s
    %(fitted_network)s

    See Also
    --------
    SupConClassifier : Classify by a latent with compact classes.
    DomainAdversarialClassifier : Classify by a latent that does not reveal the survey.
    sklearn_sn.regression.LightCurveRegressor : Predict numbers instead of classes.
    sklearn_sn.embedding.ContrastiveEmbedder : Learn from spectra too.

    Notes
    -----
    X may also be an array of shape (n_objects, n_points): evenly sampled series of one band, with
    points a day apart and NaN where there is none. Arrays are processed in double precision.

    References
    ----------
    .. [1] Zhang, G., Helfer, T., Gagliano, A. T., Mishra-Sharma, S. & Villar, V. A. (2024). "Maven:
       A Multimodal Foundation Model for Supernova Science". Machine Learning: Science and
       Technology 5, 045069.
    .. [2] "Simulation-Pretrained Foundation Models for Domain-General Astronomical Time Series
       Tasks with Minimal Labeled Data" (2025). Workshop paper (anonymous copy).

    Examples
    --------
    >>> from sklearn_sn import LightCurveClassifier
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.encoders import GRU
    >>> X, y = make_supernovae(60, modalities=["light_curve"], random_state=0)
    >>> model = LightCurveClassifier(encoder=GRU(d_model=16), max_epochs=2, random_state=0)
    >>> model.fit(X, y).predict_proba(X).shape
    (60, 5)
    >>> model.predict_proba_history(X).iloc[0].columns.tolist()
    ['time', 'SLSN-I', 'SN II', 'SN IIn', 'SN Ia', 'SN Ib/c']
    """

    _parameter_constraints = {
        **SupervisedEstimator._parameter_constraints,
        **FOCAL_CONSTRAINTS,
        **DOMAIN_CONSTRAINTS,
        **PRETRAINING_CONSTRAINTS,
        **PRIOR_CONSTRAINTS,
        **UNFREEZING_CONSTRAINTS,
        **OVERSAMPLING_CONSTRAINTS,
    }

    def __init__(
        self,
        *,
        encoder: EncoderLike = "auto",
        loss: str = "cross_entropy",
        focal_gamma: float = 2.0,
        balance_beta: float = 0.999,
        class_weight: str | dict[Any, float] | None = None,
        prior: str = "auto",
        batch_balance: str | None = None,
        domain: str = "survey",
        oversample: float = 0.0,
        pretrained: str | FrozenEstimator | None = None,
        trainable: str = "all",
        pretrained_lr_factor: float = 1.0,
        unfreezing: str = "at_once",
        layer_lr_decay: float = 0.7,
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
        self.focal_gamma = focal_gamma
        self.balance_beta = balance_beta
        self.class_weight = class_weight
        self.prior = prior
        self.batch_balance = batch_balance
        self.domain = domain
        self.oversample = oversample
        self.pretrained = pretrained
        self.trainable = trainable
        self.pretrained_lr_factor = pretrained_lr_factor
        self.unfreezing = unfreezing
        self.layer_lr_decay = layer_lr_decay
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

    @available_if(is_causal)
    def stream(
        self,
        history: pd.DataFrame | None = None,
        *,
        max_age: float = 300.0,
        max_objects: int = 1_000_000,
    ) -> LightCurveStream:
        """Return a stream that keeps the recurrent state of every object.

        Available for encoders that read light curves point by point ("gru"). An alert then costs
        one step of the network instead of a pass over the light curve.

        Parameters
        ----------
        history : pandas.DataFrame, default=None
            Points so far, as :meth:`LightCurveStream.history` returns them.
        max_age : float, default=300.0
            Days after its last point at which an object is dropped. The present is the median of
            the last points of the objects that were updated last.
        max_objects : int, default=1_000_000
            Largest number of objects, each of about 5 kB.

        Returns
        -------
        LightCurveStream
            Its method ``update`` takes a table of new points and returns probabilities.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the model is not fitted.
        ValueError
            If the model was fitted on an array, or a parameter is out of range.

        Examples
        --------
        >>> from sklearn_sn import LightCurveClassifier
        >>> from sklearn_sn.datasets import make_supernovae
        >>> X, y = make_supernovae(60, modalities=["light_curve"], random_state=0)
        >>> model = LightCurveClassifier(encoder="gru", max_epochs=1, random_state=0).fit(X, y)
        >>> stream = model.stream(X.iloc[:20], max_age=5000)  # the objects are years apart
        >>> later = model.stream(stream.history(), max_age=5000)
        >>> len(later)
        20
        """
        check_is_fitted(self, "net_")
        if self._on_array:  # arrays are predicted in double precision
            raise ValueError("The model was fitted on an array; a stream needs a fit on a table.")
        if not max_age > 0:
            raise ValueError(f"The 'max_age' parameter of stream must be > 0. Got {max_age!r}.")
        if max_objects < 1:
            raise ValueError(
                f"The 'max_objects' parameter of stream must be >= 1. Got {max_objects!r}."
            )
        stream = LightCurveStream(self, float(max_age), int(max_objects))
        for start in range(0, 0 if history is None else len(history), _RESUMED):
            stream.update(history.iloc[start : start + _RESUMED])
        return stream
