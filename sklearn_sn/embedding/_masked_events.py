"""Pretrain an encoder of light curves by predicting hidden points."""

from collections.abc import Sequence
from numbers import Real
from typing import Any, Self

import numpy as np
import pandas as pd
import torch
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.base import (
    TorchEstimator,
    positive_number,
)
from sklearn_sn.embedding._self_supervised import SelfSupervisedEmbedder
from sklearn_sn.encoders import DataSettings, EncoderLike
from sklearn_sn.losses import MaskedEventLoss
from sklearn_sn.modules import MaskedEventModule
from sklearn_sn.nets import MaskedEventNet, TableDataset
from sklearn_sn.preprocessors import MaskedEventPreprocessor

NAME = "light_curve"


class MaskedEventEmbedder(SelfSupervisedEmbedder):
    """Embed light curves by an encoder that was trained to predict hidden points, without labels.

    In every epoch, another random part of the points of each light curve is hidden. The network
    predicts flux and band of each hidden point, and the time from it to the next point [1]_. The
    inputs of visible points are those of the light curve without the hidden points, so that no
    time step reveals when a hidden point was observed.

    A fitted embedder is the start of a classifier:
    ``LightCurveClassifier(pretrained=FrozenEstimator(embedder))``.

    Parameters
    ----------
    encoder : str or Encoder, default="auto"
        Encoder that gives states of points: "event_transformer", which "auto" stands for, or
        "transformer"; or such an encoder with its sizes.
    mask_fraction : float, default=0.3
        Fraction of the points that are hidden. At least one point is hidden, never the first.
    max_days : float, default=100.0
        Light curves are cut this number of days after their first point in training.
    loss_weights : tuple of float, default=(5.0, 3.0, 5.0)
        Weights of the squared error of the flux, the cross-entropy of the band, and the squared
        error of the time step. Fluxes are transformed as for the encoder, and a step of d days is
        ln(1 + d).
    %(training)s

    Attributes
    ----------
    encoder_ : Encoder
        The encoder that was used, with its parameters.
    preprocessor_ : Preprocessor
        Fitted preprocessor of the encoder.
    missing_embedding_ : array of shape (n_features_out,)
        Output of `transform` for an object without a light curve: the mean over the training
        objects.
    %(fitted_network)s

    See Also
    --------
    sklearn_sn.encoders.EventTransformer : The default encoder.
    ContrastiveEmbedder : Learn from pairs of modalities.

    References
    ----------
    .. [1] Junell, A., Sasli, A., Fontinele Nunes, F., Xu, M., Border, B., Rehemtulla, N. et al.
       (2025). "Applying multimodal learning to Classify transient Detections Early (AppleCiDEr) I:
       Data set, methods, and infrastructure".

    Examples
    --------
    >>> from sklearn.frozen import FrozenEstimator
    >>> from sklearn_sn import LightCurveClassifier
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.embedding import MaskedEventEmbedder
    >>> from sklearn_sn.encoders import EventTransformer
    >>> X, y = make_supernovae(40, modalities=["light_curve"], random_state=0)
    >>> encoder = EventTransformer(d_model=16, n_heads=2, n_layers=1, d_feedforward=32)
    >>> embedder = MaskedEventEmbedder(encoder=encoder, max_epochs=2, random_state=0).fit(X)
    >>> embedder.transform(X).shape
    (40, 16)
    >>> model = LightCurveClassifier(pretrained=FrozenEstimator(embedder), max_epochs=1)
    >>> model.fit(X, y).encoder_
    EventTransformer(d_feedforward=32, d_model=16, n_heads=2, n_layers=1)
    """

    _net_class = MaskedEventNet
    _encoder_parameters = {"encoder": (NAME, "event_transformer")}
    _parameter_constraints = {
        **TorchEstimator._parameter_constraints,
        "mask_fraction": [Interval(Real, 0, 1, closed="neither")],
        "max_days": positive_number(),
        "loss_weights": ["array-like"],
    }

    def __init__(
        self,
        *,
        encoder: EncoderLike = "auto",
        mask_fraction: float = 0.3,
        max_days: float = 100.0,
        loss_weights: tuple[float, float, float] = (5.0, 3.0, 5.0),
        optimizer: str = "adamw",
        lr: float = 1e-3,
        weight_decay: float = 1e-4,
        batch_size: int = 64,
        max_epochs: int = 40,
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
        self.mask_fraction = mask_fraction
        self.max_days = max_days
        self.loss_weights = loss_weights
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

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:
        """Train the encoder on light curves with hidden points.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with a column ``light_curve``; see :func:`sklearn_sn.data.check_table`.
            Also files, as :ref:`large_files` describes.
        y : ignored
            Not used; present for scikit-learn.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If a parameter is out of range, the input cannot be repaired, the encoder gives no
            states of points, or no light curve has two points.

        Warns
        -----
        ConvergenceWarning
            If training diverged or was interrupted; the model then has the best weights so far.
        """
        return self._fit(X)

    def _check_parameters(self):
        weights = tuple(self.loss_weights)
        valid = all(isinstance(weight, Real) and 0 <= weight < np.inf for weight in weights)
        if len(weights) != 3 or not valid or not any(weights):
            raise ValueError(
                "The 'loss_weights' parameter of MaskedEventEmbedder must hold the weights of "
                f"flux, band and step, numbers >= 0 that are not all 0. Got {weights!r} instead."
            )

    def _check_encoder(self, encoder):
        if not encoder.gives_point_states:
            raise ValueError(
                "The 'encoder' parameter of MaskedEventEmbedder must be an encoder that gives "
                "states of points, EventTransformer or LightCurveTransformer. Got "
                f"{encoder!r} instead."
            )

    def _new_preprocessor(self, encoder):
        return encoder.make_preprocessor(DataSettings())

    def _net_params(self):
        return {
            "criterion": MaskedEventLoss,
            "criterion__weights": tuple(map(float, self.loss_weights)),
        }

    def _training_set(self, prepared):
        """Return the dataset of the objects with a point that can be hidden."""
        rows = np.flatnonzero(prepared.lengths > 1)
        if not len(rows):
            raise ValueError("No light curve of X has two points, so that none can be hidden.")
        return TableDataset({NAME: self._masking()}, {NAME: prepared}, rows=rows)

    def _masking(self):
        return MaskedEventPreprocessor(
            self.preprocessor_, mask_fraction=self.mask_fraction, max_days=self.max_days
        )

    def _build(self):
        network = self.encoder_.make_module(self.preprocessor_)
        return MaskedEventModule(network, len(self.preprocessor_.bands_))

    def score(self, X: pd.DataFrame, y: Any = None) -> float:
        """Return minus the loss of hidden points, which are evenly spread; larger is better.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            A table as in `fit`.
        y : ignored
            Not used; present for scikit-learn.

        Returns
        -------
        float
            Minus the weighted sum of the three losses, over all hidden points of X.

        Raises
        ------
        ValueError
            If no light curve has two points.
        """
        check_is_fitted(self, "net_")
        dataset = self._training_set(self._prepared(X))
        outputs, targets = [], []
        for module, batch, _ in self._run(dataset):
            outputs.append(module(batch.tensors[NAME]))
            targets.append(module.targets(batch.tensors[NAME]))
        joined = {name: torch.cat([part[name] for part in targets]) for name in targets[0]}
        return -float(self.net_.criterion_(torch.cat(outputs), **joined))
