"""The classifier of spectra, with any encoder."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch
from numpy.typing import ArrayLike
from sklearn.frozen import FrozenEstimator
from sklearn.utils._param_validation import StrOptions

from sklearn_sn.base import (
    FOCAL_CONSTRAINTS,
    PRETRAINING_CONSTRAINTS,
    PRIOR_CONSTRAINTS,
    SPECTRUM_CONSTRAINTS,
    NetworkClassifierMixin,
    SpectrumEstimator,
    check_class_names,
    nested_probabilities,
    softmax,
)
from sklearn_sn.classification._redshift_weights import at_redshifts, redshift_log_weights
from sklearn_sn.encoders import EncoderLike
from sklearn_sn.nets import CompositeScore


class SpectraNetClassifier(NetworkClassifierMixin, SpectrumEstimator):
    """Classify spectra by an encoder, by default SpectraNet, and a linear head [1]_.

    Each spectrum is classified by itself, in the observer frame or the rest frame, and the
    probabilities of the spectra of an object are combined.

    Parameters
    ----------
    encoder : str, SpectrumEncoder, torch.nn.Module or callable, default="auto"
        "spectranet", "galspecnet", "cnn", "transformer" or "transceiver"; an encoder of
        :mod:`sklearn_sn.encoders` with its sizes, grid, channels and augmentation; or a torch
        module of your own, which is copied in fit. "auto" is "spectranet".
    frame : {"observer", "rest"}, default="observer"
        "rest" divides wavelengths by 1 + redshift, a column of the table. Objects without a
        redshift stay in the observer frame, with a warning.
    wavelength_range : pair of float, default=(3500.0, 9000.0)
        Outer edges in Å of the grid to which spectra of a table are resampled. Spectra are not
        extrapolated.
    wavelength : array-like of shape (n_bins,), default=None
        Wavelengths in Å of the columns of an array; by default the column numbers.
    learn_prior : bool, default=True
        Whether to weight the classes by their redshift distributions in fit, with ``frame="rest"``:
        an object at z = 0.5 is not a faint supernova. Objects without a positive redshift are not
        weighted. Set it to False, before or after fit, for a survey with another distribution.
    combine : {"mean", "geometric"}, default="mean"
        Combination of the spectra of an object: mean of their probabilities, or mean of the
        logarithms of the probabilities.
    loss : {"cross_entropy", "focal", "balanced_focal"}, default="cross_entropy"
        "focal" down-weights spectra that are classified well [2]_. "balanced_focal" also weights
        classes by their effective number of objects [3]_. Both find more objects of rare classes,
        at the cost of accuracy and calibration.
    focal_gamma : float, default=2.0
        Exponent of the focal losses.
    balance_beta : float, default=0.999
        Parameter of the effective number of objects: 0 gives equal weights; near 1, weights are
        inverse to the class frequencies.
    %(class_weighting)s
    %(ema_decay)s
    scoring : {"loss", "composite"}, default="loss"
        Score that `early_stopping` monitors: the loss, or the mean of accuracy, macro-F1 and top-3
        accuracy.
    %(pretraining)s
    %(training)s

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
        The classes.
    class_log_weights_ : array of shape (n_classes,)
        Logarithms of the weights of the classes in training, by which `prior` divides.
    class_prior_ : array of shape (n_classes,)
        Weighted class frequencies in fit; the probabilities of an object without a spectrum.
    redshift_log_weights_ : array of shape (n_classes, n_redshifts)
        Logarithm of p(z | class) / p(z), with ``frame="rest"``; 0 without `learn_prior`.
    %(fitted_supervised)s
    %(fitted_network)s

    See Also
    --------
    SpectralRedshiftClassifier : Estimate the class and the redshift of spectra.
    sklearn_sn.regression.SpectraNetRegressor : Predict numbers instead of classes.

    Notes
    -----
    X is a table with a column ``spectrum``, or an array of shape (n_objects, n_bins) of one
    spectrum for each object on a common grid, NaN where a spectrum is not covered. Arrays are not
    resampled. Arrays of fewer than 128 bins are processed in double precision.

    An additional input channel marks the bins that a spectrum covers. A spectrum that
    covers fewer than three bins counts as missing.

    References
    ----------
    .. [1] Junell, A., Sasli, A., Fontinele Nunes, F., Xu, M., Border, B., Rehemtulla, N. et al.
       (2025). "Applying multimodal learning to Classify transient Detections Early (AppleCiDEr) I:
       Data set, methods, and infrastructure".
    .. [2] Lin, T.-Y. et al. (2017). "Focal Loss for Dense Object Detection". IEEE International
       Conference on Computer Vision.
    .. [3] Cui, Y. et al. (2019). "Class-Balanced Loss Based on Effective Number of Samples". IEEE
       Conference on Computer Vision and Pattern Recognition.

    Examples
    --------
    >>> from sklearn_sn import SpectraNetClassifier
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.encoders import SpectrumCNN
    >>> X, y = make_supernovae(60, modalities=["spectrum"], random_state=0)
    >>> encoder = SpectrumCNN(n_bins=128, d_model=8, latent_dim=16)
    >>> model = SpectraNetClassifier(encoder=encoder, max_epochs=2, random_state=0).fit(X, y)
    >>> model.predict_proba(X).shape, model.transform(X).shape
    ((60, 5), (60, 16))
    >>> model.predict_proba_per_spectrum(X).iloc[0].columns.tolist()
    ['time', 'SLSN-I', 'SN II', 'SN IIn', 'SN Ia', 'SN Ib/c']
    """

    _parameter_constraints = {
        **SpectrumEstimator._parameter_constraints,
        **SPECTRUM_CONSTRAINTS,
        **FOCAL_CONSTRAINTS,
        **PRETRAINING_CONSTRAINTS,
        **PRIOR_CONSTRAINTS,
        "learn_prior": ["boolean"],
        "scoring": [StrOptions({"loss", "composite"})],
    }

    def __init__(
        self,
        *,
        encoder: EncoderLike = "auto",
        frame: str = "observer",
        wavelength_range: tuple[float, float] = (3500.0, 9000.0),
        wavelength: ArrayLike | None = None,
        learn_prior: bool = True,
        combine: str = "mean",
        loss: str = "cross_entropy",
        focal_gamma: float = 2.0,
        balance_beta: float = 0.999,
        class_weight: str | dict[Any, float] | None = None,
        prior: str = "auto",
        ema_decay: float | None = 0.995,
        scoring: str = "loss",
        pretrained: str | FrozenEstimator | None = None,
        trainable: str = "all",
        pretrained_lr_factor: float = 1.0,
        optimizer: str = "adamw",
        lr: float = 1e-3,
        weight_decay: float = 1e-2,
        batch_size: int = 32,
        max_epochs: int = 20,
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
        self.frame = frame
        self.wavelength_range = wavelength_range
        self.wavelength = wavelength
        self.learn_prior = learn_prior
        self.combine = combine
        self.loss = loss
        self.focal_gamma = focal_gamma
        self.balance_beta = balance_beta
        self.class_weight = class_weight
        self.prior = prior
        self.ema_decay = ema_decay
        self.scoring = scoring
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

    @property
    def _stopping(self):
        if self.scoring == "loss":
            return {}
        return {"monitor": "valid_score", "lower_is_better": False}

    def _extra_callbacks(self):
        callbacks = super()._extra_callbacks()
        if self.early_stopping:
            callbacks.append(("score", CompositeScore()))
        return callbacks

    def _extend_task(self, task, X, table):
        if not self._rest_frame:
            return
        redshift = table.metadata["redshift"].to_numpy()
        if self._is_warm_start:  # the network was trained with the weights of the first fit
            weights = self.redshift_log_weights_
        else:
            weights = redshift_log_weights(
                redshift, task.targets["targets"], task.sample_weight, task.n_outputs
            )
        if not self.learn_prior:
            weights = np.zeros_like(weights)
        else:
            # The offset is added in training too. Otherwise a network that infers the redshift from
            # the spectrum would count the weights twice.
            task.targets["offset"] = at_redshifts(weights, redshift).astype(np.float32)
        task.attributes["redshift_log_weights_"] = weights

    def _redshift_offsets(self, table):
        """Return the log-weights of the classes at each redshift, (n, n_classes)."""
        if not self._rest_frame or not self.learn_prior:
            return np.zeros((len(table), len(self.classes_)))
        return at_redshifts(self.redshift_log_weights_, table.metadata["redshift"].to_numpy())

    def _output_offsets(self, table):
        """Return what to add to the outputs of each object, (n, n_classes)."""
        return self._redshift_offsets(table) + self._prior_offsets()

    def _forward_spectra(self, table):
        predictions = super()._forward_spectra(table)
        offsets = self._output_offsets(table)
        predictions.outputs[:] += np.repeat(offsets, np.diff(table.spectrum_offsets), axis=0)
        prior = np.tile(self.class_prior_, (len(table), 1))
        if self._rest_frame and self.learn_prior:
            prior = softmax(np.log(prior) + self._redshift_offsets(table))
        return replace(predictions, prior=prior)

    def predict_proba(self, X: pd.DataFrame | ArrayLike) -> npt.NDArray[np.float64]:
        """Return probabilities of the classes, from all spectra of each object.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows, or array of shape (n_objects, n_bins)
            A table or array as in `fit`.

        Returns
        -------
        array of shape (n_objects, n_classes), float64
            Columns as in ``classes_``; rows add up to 1. Probabilities are averaged over the
            spectra on the grid according to `combine`. An object without such a spectrum gets
            ``class_prior_``, weighted by its redshift if ``frame="rest"``.
        """
        predictions = self._predict_spectra(X)
        proba = softmax(predictions.outputs)
        if self.combine == "mean":
            proba = predictions.per_object(proba)
        else:
            # The floor keeps a single probability of 0 from excluding a class.
            proba = softmax(predictions.per_object(np.log(np.maximum(proba, 1e-30))))
        return np.where(np.isnan(proba), predictions.prior, proba)

    def predict_proba_per_spectrum(self, X: pd.DataFrame | ArrayLike) -> pd.Series:
        """Return probabilities of the classes for each spectrum.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows, or array of shape (n_objects, n_bins)
            A table or array as in `fit`.

        Returns
        -------
        pandas.Series of nested dtype, shape (n_objects,)
            Nested column with the index of `X`. An object has one row for each spectrum, in the
            order of time, with the field ``time`` (MJD, NaN where unknown) and one field for each
            class. A spectrum that is not on the grid gets the probabilities of an object without
            spectra. :func:`sklearn_sn.data.as_ragged` converts the column to flat arrays.

        Raises
        ------
        ValueError
            If a class is named "time".
        """
        check_class_names(getattr(self, "classes_", ()))
        predictions = self._predict_spectra(X)
        proba = softmax(predictions.outputs)
        prior = np.repeat(predictions.prior, np.diff(predictions.offsets), axis=0)
        proba = np.where(predictions.on_grid[:, None], proba, prior)
        return nested_probabilities(
            proba, self.classes_, predictions.time, predictions.offsets, predictions.index
        )
