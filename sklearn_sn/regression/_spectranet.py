"""The regressor of spectra, with any encoder."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike
from sklearn.frozen import FrozenEstimator

from sklearn_sn.base import (
    PRETRAINING_CONSTRAINTS,
    REGRESSION_CONSTRAINTS,
    SPECTRUM_CONSTRAINTS,
    NetworkRegressorMixin,
    SpectrumEstimator,
)
from sklearn_sn.data import Ragged
from sklearn_sn.encoders import EncoderLike


class SpectraNetRegressor(NetworkRegressorMixin, SpectrumEstimator):
    """Predict a number, such as the redshift, from spectra by an encoder and a linear head.

    The default encoder is SpectraNet [1]_. Predictions are made for each spectrum, and those of an
    object are combined.

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
    combine : {"mean", "geometric"}, default="mean"
        Combination of the spectra of an object. "mean" is a mixture, whose standard deviation
        includes the scatter of the spectra. "geometric" is the geometric mean of the Gaussians, in
        which spectra are weighted by inverse variance. Errors do not decrease with the number of
        spectra.
    loss : {"gaussian", "squared_error"}, default="gaussian"
        "gaussian" also learns a standard deviation for every object, which
        ``predict(X, return_std=True)`` returns.
    ema_decay : float or None, default=0.995
        Decay of the moving average of the weights, which is used in validation and prediction. None
        uses the weights themselves.
    %(pretraining)s
    %(training)s

    Attributes
    ----------
    target_mean_, target_scale_ : float
        Weighted mean and standard deviation of `y` in fit, predicted for objects without a
        spectrum.
    %(fitted_supervised)s
    %(fitted_network)s

    See Also
    --------
    sklearn_sn.classification.SpectraNetClassifier : Predict classes instead of numbers.
    sklearn_sn.classification.SpectralRedshiftClassifier : Estimate redshifts more accurately.

    Notes
    -----
    X is a table with a column ``spectrum``, or an array of shape (n_objects, n_bins) of one
    spectrum for each object on a common grid, NaN where a spectrum is not covered. Arrays are not
    resampled. Arrays of fewer than 128 bins are processed in double precision.

    An additional input channel marks the bins that a spectrum covers. A spectrum that
    covers fewer than three bins counts as missing.

    The standard deviation is a second output of the network, trained by the Gaussian likelihood. It
    is valid for objects like those of fit only. Check its coverage on held-out objects.

    References
    ----------
    .. [1] Junell, A., Sasli, A., Fontinele Nunes, F., Xu, M., Border, B., Rehemtulla, N. et al.
       (2025). "Applying multimodal learning to Classify transient Detections Early (AppleCiDEr) I:
       Data set, methods, and infrastructure".

    Examples
    --------
    >>> from sklearn_sn import SpectraNetRegressor
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.encoders import SpectrumCNN
    >>> X, _ = make_supernovae(60, modalities=["spectrum"], random_state=0)
    >>> encoder = SpectrumCNN(n_bins=128, d_model=8, latent_dim=16)
    >>> model = SpectraNetRegressor(encoder=encoder, max_epochs=2, random_state=0)
    >>> redshift, error = model.fit(X, X["redshift"]).predict(X, return_std=True)
    >>> redshift.shape, bool((error > 0).all())
    ((60,), True)
    """

    _parameter_constraints = {
        **SpectrumEstimator._parameter_constraints,
        **SPECTRUM_CONSTRAINTS,
        **REGRESSION_CONSTRAINTS,
        **PRETRAINING_CONSTRAINTS,
    }

    def __init__(
        self,
        *,
        encoder: EncoderLike = "auto",
        frame: str = "observer",
        wavelength_range: tuple[float, float] = (3500.0, 9000.0),
        wavelength: ArrayLike | None = None,
        combine: str = "mean",
        loss: str = "gaussian",
        ema_decay: float | None = 0.995,
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
        self.combine = combine
        self.loss = loss
        self.ema_decay = ema_decay
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

    def predict(
        self, X: pd.DataFrame | ArrayLike, return_std: bool = False
    ) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
        """Return the predicted number of every object, from all of its spectra.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows, or array of shape (n_objects, n_bins)
            A table or array as in `fit`.
        return_std : bool, default=False
            Whether to return standard deviations too; needs ``loss="gaussian"``.

        Returns
        -------
        mean : array of shape (n_objects,), float64
            Predicted numbers; ``target_mean_`` for an object without a spectrum on the grid.
        std : array of shape (n_objects,), float64
            Standard deviations; ``target_scale_`` for such an object. Only if `return_std` is True.

        Raises
        ------
        ValueError
            If `return_std` is True and no standard deviation was learned.
        """
        self._check_std(return_std)
        predictions = self._predict_spectra(X)
        value, width = self._moments(predictions.outputs, predictions.on_grid)
        weight = np.ones(len(value))
        if width is not None and self.combine == "geometric":
            weight = width**-2.0
        norm = predictions.per_object(weight)
        mean = predictions.per_object(weight * value) / norm
        missing = np.isnan(norm)
        mean = np.where(missing, self.target_mean_, mean)
        if not return_std:
            return mean
        if self.combine == "geometric":
            variance = 1.0 / norm
        else:
            object_index = np.repeat(np.arange(len(mean)), np.diff(predictions.offsets))
            variance = predictions.per_object(width**2 + (value - mean[object_index]) ** 2)
        return mean, np.where(missing, self.target_scale_, np.sqrt(variance))

    def predict_per_spectrum(self, X: pd.DataFrame | ArrayLike) -> pd.Series:
        """Return the predicted number for each spectrum.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows, or array of shape (n_objects, n_bins)
            A table or array as in `fit`.

        Returns
        -------
        pandas.Series of nested dtype, shape (n_objects,)
            Nested column with the index of `X`. An object has one row for each spectrum, in the
            order of time, with the fields ``time`` (MJD, NaN where unknown), ``mean`` and, with
            ``loss="gaussian"``, ``std``. A spectrum that is not on the grid gets the values of the
            training objects. :func:`sklearn_sn.data.as_ragged` converts the column to flat arrays.
        """
        predictions = self._predict_spectra(X)
        mean, std = self._moments(predictions.outputs, predictions.on_grid)
        fields = {"time": predictions.time, "mean": mean}
        fields |= {} if std is None else {"std": std}
        nested = Ragged(fields, predictions.offsets)
        return nested.to_nested(index=predictions.index, name="prediction")
