"""Mixin of network regressors: numbers, loss and predictions."""

from typing import Literal, Self, overload

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import RegressorMixin
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.base._labels import check_numbers
from sklearn_sn.base._learning_task import LearningTask
from sklearn_sn.losses import GaussianLoss, SquaredErrorLoss

_LOSSES = {"squared_error": SquaredErrorLoss, "gaussian": GaussianLoss}
REGRESSION_CONSTRAINTS = {"loss": [StrOptions(set(_LOSSES))]}


class NetworkRegressorMixin(RegressorMixin):
    """Mixin with fit and predict for network regressors."""

    _noun = "numbers"
    _default_dropout = 0.0

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = self._poor_score
        return tags

    def fit(
        self, X: pd.DataFrame | ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> Self:
        """Train the network.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with a column of the modality; see :func:`sklearn_sn.data.check_table`. For light
            curves and spectra also an array with one object in each row.
            Also files, as :ref:`large_files` describes.
        y : array-like of shape (n_objects,)
            Finite numbers, such as redshifts.
        sample_weight : array-like of shape (n_objects,), optional
            Weights of the objects in the loss. Objects of weight 0 are left out.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If a parameter is out of range, the input cannot be repaired, or a number is not finite.

        Warns
        -----
        ConvergenceWarning
            If training diverged or was interrupted; the model then has the best weights so far.
        """
        return self._fit(X, y, sample_weight)

    def _label_task(self, y, sample_weight):
        y = check_numbers(y)
        sample_weight = self._weights(sample_weight, y)
        if self._is_warm_start:
            mean, scale = self.target_mean_, self.target_scale_
        else:
            every, weight = y, sample_weight
            if self._file_training is not None:
                every = check_numbers(self._file_training.arguments["y"])
                weight = self._weights(self._file_training.arguments.get("sample_weight"), every)
            mean = float(np.average(every, weights=weight))
            # Equal targets have no spread: leave their scale at 1.
            scale = float(np.sqrt(np.average((every - mean) ** 2, weights=weight))) or 1.0
        loss = _LOSSES[self.loss]
        return LearningTask(
            targets={"targets": ((y - mean) / scale).astype(np.float32)},
            n_outputs=loss.n_outputs,
            sample_weight=sample_weight,
            net_params={"criterion": loss},
            attributes={"target_mean_": mean, "target_scale_": scale},
        )

    def _default_shift(self, encoder):
        return 0.0  # a shift would change the redshift to be learned

    @overload
    def predict(
        self, X: pd.DataFrame | ArrayLike, return_std: Literal[False] = False
    ) -> np.ndarray: ...

    @overload
    def predict(
        self, X: pd.DataFrame | ArrayLike, return_std: Literal[True]
    ) -> tuple[np.ndarray, np.ndarray]: ...

    def predict(
        self, X: pd.DataFrame | ArrayLike, return_std: bool = False
    ) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
        """Return the predicted number of every object.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            A table or array as in `fit`.
        return_std : bool, default=False
            Whether to return standard deviations too; needs ``loss="gaussian"``.

        Returns
        -------
        mean : array of shape (n_objects,), float64
            Predicted numbers; ``target_mean_`` for an object without any modality of the fit.
        std : array of shape (n_objects,), float64
            Standard deviations, only if `return_std` is True.

        Raises
        ------
        ValueError
            If `return_std` is True and no standard deviation was learned.
        """
        check_is_fitted(self, "net_")
        self._check_std(return_std)
        _, outputs, present = self._predict(X)
        mean, std = self._moments(outputs, present)
        return (mean, std) if return_std else mean

    def _check_std(self, return_std):
        if return_std and self.loss != "gaussian":
            raise ValueError(
                "return_std needs loss='gaussian'; this regressor learned no standard deviation."
            )

    def _explained_outputs(self, X, y):
        """Return the number of the output to explain for each object, which is always 0."""
        if y is not None:
            raise ValueError(
                "explain takes no y for a regressor, which has a single output. Leave y=None."
            )
        return np.zeros(len(X), dtype=np.int64)

    def _explained_values(self, outputs, chosen):
        """Return numbers (N,) from outputs (N, n_outputs) of the network, as tensors."""
        return outputs[:, 0] * self.target_scale_ + self.target_mean_

    def _moments(self, outputs, present):
        """Return means and standard deviations (n,) from outputs (n, n_outputs).

        An object without the modality gets the moments of the training targets.
        """
        outputs = outputs.astype(np.float64)
        mean = np.where(present, outputs[:, 0], 0.0) * self.target_scale_ + self.target_mean_
        if self.loss != "gaussian":
            return mean, None
        log_variance = np.clip(outputs[:, 1], GaussianLoss.LOWEST, GaussianLoss.HIGHEST)
        return mean, np.where(present, np.exp(0.5 * log_variance), 1.0) * self.target_scale_
