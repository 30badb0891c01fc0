"""The regressor of several modalities at once."""

from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np
import torch
from sklearn.frozen import FrozenEstimator
from sklearn.utils._param_validation import Interval

from sklearn_sn.base import (
    PRETRAINING_CONSTRAINTS,
    REGRESSION_CONSTRAINTS,
    FusionEstimator,
    NetworkRegressorMixin,
    Predictions,
    head_dropout,
    positive_int,
)
from sklearn_sn.encoders import EncoderLike
from sklearn_sn.modules import AstroMiNNModule
from sklearn_sn.nets import AstroMiNNNet


class MultimodalRegressor(NetworkRegressorMixin, FusionEstimator):
    """Predict a number from several modalities by encoders with a common dense head.

    One encoder for each modality maps an object to a vector. The vectors are concatenated, and a
    network with one hidden layer predicts the number from them. All parts are trained together.
    With transceivers for light curves and spectra, the model is the end-to-end baseline of the
    physical parameters of MMVAE [1]_. Each modality may be missing, for all objects or some.

    Parameters
    ----------
    light_curve, spectrum, image, metadata : str, Encoder, module, callable or None, default="auto"
        Encoder of each modality. A name stands for an encoder with its defaults: "transformer",
        "gru", "deep_sets" or "transceiver" for light curves; "cnn", "transformer", "spectranet",
        "galspecnet" or "transceiver" for spectra; "cnn", "convnext" or "transceiver" for images;
        "mlp", "towers" or "transceiver" for metadata. "auto" means "transformer", "cnn", "cnn" and
        "mlp", if X has the modality. An encoder of :mod:`sklearn_sn.encoders` holds sizes, scaling
        and augmentation; a :class:`torch.nn.Module` of your own is copied in fit, a callable
        returns one. None leaves the modality out.
    metadata_columns : sequence of str, default=()
        Plain columns of the modality "metadata": numbers, or text as categories.
    head_width : int, default=128
        Width of the hidden layer of the head.
    modality_dropout : float, default=0.1
        Probability, at most 0.25, that a modality of a training object with several is hidden, from
        which the network learns to predict from the others. At most one of an object is hidden.
    loss : {"squared_error", "gaussian"}, default="squared_error"
        "gaussian" also learns a standard deviation for every object, which
        ``predict(X, return_std=True)`` returns.
    %(pretraining)s
    %(training)s

    Attributes
    ----------
    target_mean_, target_scale_ : float
        Weighted mean and standard deviation of `y` in fit, predicted for objects without any
        modality.
    modalities_ : list of str
        Modalities of the fit.
    encoders_ : dict of str to Encoder
        The encoders that were used, with their parameters.
    preprocessors_ : dict of str to Preprocessor
        Fitted preprocessors, which scale the modalities and gather batches.
    metadata_columns_ : list of str
        Columns of metadata in fit.
    missing_embedding_ : array of shape (n_features_out,)
        Output of `transform` for an object without any modality.
    %(fitted_network)s

    See Also
    --------
    LightCurveRegressor : Predict a number from light curves alone.
    SpectraNetRegressor : Predict a number from spectra alone.
    sklearn_sn.papers.transceiver_regressor : The configuration of the paper.

    Notes
    -----
    A learned vector replaces the encoding of a missing modality. If an object has several spectra,
    each epoch of training uses a random one, and predictions use the mean of their encodings.

    For several numbers, :class:`sklearn.multioutput.MultiOutputRegressor` fits one model each.

    References
    ----------
    .. [1] Shen, Y. & Gagliano, A. T. (2025). "Mixture-of-Expert Variational Autoencoders for
       Cross-Modality Embedding of Type Ia Supernova Data". ML4Astro workshop, ICML.

    Examples
    --------
    >>> from sklearn_sn import MultimodalRegressor
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, _ = make_supernovae(60, random_state=0)
    >>> model = MultimodalRegressor(light_curve="deep_sets", max_epochs=2, random_state=0)
    >>> model.fit(X, X["redshift"]).modalities_
    ['light_curve', 'spectrum']
    >>> model.predict(X.assign(light_curve=None)).shape
    (60,)
    """

    _encoder_parameters = {
        "light_curve": ("light_curve", "transformer"),
        "spectrum": ("spectrum", "cnn"),
        "image": ("image", "cnn"),
        "metadata": ("metadata", "mlp"),
    }
    _net_class = AstroMiNNNet
    _parameter_constraints = {
        **FusionEstimator._parameter_constraints,
        **REGRESSION_CONSTRAINTS,
        **PRETRAINING_CONSTRAINTS,
        "pretrained": [*PRETRAINING_CONSTRAINTS["pretrained"], dict],
        "metadata_columns": ["array-like"],
        "head_width": positive_int(),
        "modality_dropout": [Interval(Real, 0, 0.25, closed="both")],
    }

    def __init__(
        self,
        *,
        light_curve: EncoderLike = "auto",
        spectrum: EncoderLike = "auto",
        image: EncoderLike = "auto",
        metadata: EncoderLike = "auto",
        metadata_columns: Sequence[str] = (),
        head_width: int = 128,
        modality_dropout: float = 0.1,
        loss: str = "squared_error",
        pretrained: str | FrozenEstimator | dict[str, str | FrozenEstimator] | None = None,
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
        self.light_curve = light_curve
        self.spectrum = spectrum
        self.image = image
        self.metadata = metadata
        self.metadata_columns = metadata_columns
        self.head_width = head_width
        self.modality_dropout = modality_dropout
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

    def _build_module(self, networks, widths, task):
        encoders = self.encoders_
        return AstroMiNNModule(
            networks,
            widths,
            normalized=tuple(name for name in encoders if encoders[name].normalize_latent),
            n_outputs=task.n_outputs,
            n_experts=1,
            expert_width=self.head_width,
            modality_dropout=self.modality_dropout,
            dropout=max(map(head_dropout, encoders.values())),
        )

    def _predict(self, X):
        results = self._forward(X, ["latent", "outputs"])
        return Predictions(**results)
