"""Pretrain an encoder of light curves by predicting hidden points."""

from collections.abc import Sequence
from numbers import Real
from typing import Any, Self

import numpy as np
import pandas as pd
import torch
from sklearn.base import TransformerMixin
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.base import (
    PretrainedEncoder,
    TorchEstimator,
    TrainingPlan,
    check_continued,
    chosen_encoder,
    kept_params,
    positive_number,
    remember_columns,
)
from sklearn_sn.data import as_frame, check_table
from sklearn_sn.encoders import DataSettings, EncoderLike
from sklearn_sn.losses import MaskedEventLoss
from sklearn_sn.modules import MaskedEventModule
from sklearn_sn.nets import MaskedEventNet, TableDataset
from sklearn_sn.preprocessors import MaskedEventPreprocessor

NAME = "light_curve"


class MaskedEventEmbedder(TransformerMixin, TorchEstimator):
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

    _encoder_parameters = {"encoder": (NAME, "event_transformer")}
    _parameter_constraints = {
        **TorchEstimator._parameter_constraints,
        "mask_fraction": [Interval(Real, 0, 1, closed="neither")],
        "max_days": positive_number(),
        "loss_weights": ["array-like"],
    }
    modalities_ = (NAME,)

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
        self._validate_params()
        params = self.get_params(deep=False)
        self._check_weights()
        encoder = self.encoder_ if self._is_warm_start else self._chosen_encoder()
        X = as_frame(X)
        table = check_table(X, modalities=[NAME], training=True)
        if self._is_warm_start:
            check_continued(params, self._first_params, self.modalities_, table, self._is_part)
        else:
            self._first_params = kept_params(params)
            self.encoder_ = encoder
            self.preprocessor_ = encoder.make_preprocessor(DataSettings()).fit(table)
        prepared = self.preprocessor_.prepare(table)
        rows = np.flatnonzero(prepared.lengths > 1)
        if not len(rows):
            raise ValueError("No light curve of X has two points, so that none can be hidden.")
        self._train(
            TrainingPlan(
                net_class=MaskedEventNet,
                build=self._build,
                dataset=TableDataset({NAME: self._masking()}, {NAME: prepared}, rows=rows),
                evaluate=lambda: {"missing_embedding_": self._encodings(prepared).mean(axis=0)},
                net_params={
                    "criterion": MaskedEventLoss,
                    "criterion__weights": tuple(map(float, self.loss_weights)),
                },
            )
        )
        remember_columns(self, X)
        return self._remember_range(table, [self.encoder_])._finish_fit()

    def _check_weights(self):
        weights = tuple(self.loss_weights)
        valid = all(isinstance(weight, Real) and 0 <= weight < np.inf for weight in weights)
        if len(weights) != 3 or not valid or not any(weights):
            raise ValueError(
                "The 'loss_weights' parameter of MaskedEventEmbedder must hold the weights of "
                f"flux, band and step, numbers >= 0 that are not all 0. Got {weights!r} instead."
            )

    def _chosen_encoder(self):
        default = self._encoder_parameters["encoder"][1]
        encoder = chosen_encoder(self, "encoder", NAME, default, None)
        if not encoder.gives_point_states:
            raise ValueError(
                "The 'encoder' parameter of MaskedEventEmbedder must be an encoder that gives "
                "states of points, EventTransformer or LightCurveTransformer. Got "
                f"{encoder!r} instead."
            )
        return encoder

    def _masking(self):
        return MaskedEventPreprocessor(
            self.preprocessor_, mask_fraction=self.mask_fraction, max_days=self.max_days
        )

    def _build(self):
        network = self.encoder_.make_module(self.preprocessor_)
        return MaskedEventModule(network, len(self.preprocessor_.bands_))

    def _prepared(self, X):
        checks = self._prediction_checks()
        return self.preprocessor_.prepare(check_table(as_frame(X), modalities=[NAME], **checks))

    def _encodings(self, prepared):
        """Return the output of the encoder for the objects with points."""
        rows = np.flatnonzero(prepared.lengths > 0)
        dataset = TableDataset({NAME: self.preprocessor_}, {NAME: prepared}, rows=rows)
        encodings = np.zeros((len(rows), self.net_.module_.encoder.output_dim), dtype=np.float32)
        for module, batch, positions in self._run(dataset):
            if NAME not in batch.tensors:  # a table without rows
                continue
            encoded = torch.cat([module.encoder(**chunk) for chunk in batch.tensors[NAME]])
            index = batch.object_index[NAME].cpu().numpy()
            encodings[positions[index]] = encoded.cpu().numpy()
        return encodings

    def transform(self, X: pd.DataFrame) -> np.ndarray:
        """Return the outputs of the encoder, for the event transformer its [CLS] states.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            A table as in `fit`.

        Returns
        -------
        array of shape (n_objects, n_features_out), float32
            Embeddings; ``missing_embedding_`` for an object without a light curve.
        """
        check_is_fitted(self, "net_")
        prepared = self._prepared(X)
        out = np.tile(self.missing_embedding_, (len(prepared.lengths), 1))
        out[prepared.lengths > 0] = self._encodings(prepared)
        return out

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
        prepared = self._prepared(X)
        rows = np.flatnonzero(prepared.lengths > 1)
        if not len(rows):
            raise ValueError("No light curve of X has two points, so that none can be hidden.")
        dataset = TableDataset({NAME: self._masking()}, {NAME: prepared}, rows=rows)
        outputs, targets = [], []
        for module, batch, _ in self._run(dataset):
            outputs.append(module(batch.tensors[NAME]))
            targets.append(module.targets(batch.tensors[NAME]))
        joined = {name: torch.cat([part[name] for part in targets]) for name in targets[0]}
        return -float(self.net_.criterion_(torch.cat(outputs), **joined))

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of the columns of `transform`.

        Parameters
        ----------
        input_features : ignored
            Not used; present for scikit-learn.

        Returns
        -------
        array of str, shape (n_features_out,)
            "maskedeventembedder" and number of the column.
        """
        check_is_fitted(self, "net_")
        width = len(self.missing_embedding_)
        return np.array([f"maskedeventembedder{i}" for i in range(width)], dtype=object)

    def _pretrained_encoder(self, modality):
        return PretrainedEncoder(self.encoder_, self.preprocessor_, self.net_.module_.encoder)
