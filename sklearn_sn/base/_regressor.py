"""What network regressors have in common: numbers in, numbers and their errors out."""

import numpy as np
from sklearn.base import RegressorMixin, TransformerMixin
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_is_fitted, column_or_1d

from sklearn_sn.losses import GaussianLoss, SquaredErrorLoss

_LOSSES = {"squared_error": SquaredErrorLoss, "gaussian": GaussianLoss}


class NetworkRegressorMixin(RegressorMixin, TransformerMixin):
    """fit and predict of a regressor; to stand left of a SupervisedEstimator."""

    _loss_constraint = {"loss": [StrOptions(set(_LOSSES))]}

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = self._poor_score
        return tags

    def fit(self, X, y, sample_weight=None):
        """Train the network.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            With a column of what the estimator reads; see :func:`sklearn_sn.data.check_table`.
        y : array-like of shape (n_objects,)
            Finite numbers.
        sample_weight : array-like of shape (n_objects,), optional
            An object of weight 0 is as if it were not there.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            For parameters out of range, input that cannot be mended, or numbers that are not
            finite.
        """
        self._validate_params()
        y = column_or_1d(y, warn=True, dtype=np.float64)
        if not len(y):
            raise ValueError("y is empty; fit needs at least two objects.")
        if not np.isfinite(y).all():
            raise ValueError("y holds NaN or infinity; drop these objects before fit.")
        weight = self._weights(sample_weight, y)
        if not self._continues:
            self.target_mean_ = float(np.average(y, weights=weight))
            spread = np.sqrt(np.average((y - self.target_mean_) ** 2, weights=weight))
            self.target_scale_ = float(spread) or 1.0

        def targets(n_objects):
            if n_objects != len(y):
                raise ValueError(f"X has {n_objects} objects but y has {len(y)} numbers.")
            return ((y - self.target_mean_) / self.target_scale_).astype(np.float32)

        loss = _LOSSES[self.loss]
        return self._fit(X, targets, loss.n_outputs, weight, lambda n_objects: None, criterion=loss)

    def predict(self, X, return_std=False):
        """The number of every object.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
        return_std : bool, default=False
            Also return standard deviations; for ``loss="gaussian"``.

        Returns
        -------
        mean : array of shape (n_objects,), float64
        std : array of shape (n_objects,), float64
            Only if ``return_std``.

        Raises
        ------
        ValueError
            For ``return_std`` where no standard deviation was learned.
        """
        check_is_fitted(self, "net_")
        self._check_std(return_std)
        _, outputs, found = self._predict(X)
        mean, std = self._moments(outputs, found)
        return (mean, std) if return_std else mean

    def _check_std(self, return_std):
        if return_std and self.loss != "gaussian":
            raise ValueError("return_std needs loss='gaussian'; this regressor learned no width.")

    def _chosen(self, X, y):
        """What `explain` is asked of each object: the one number that there is."""
        if y is not None:
            raise ValueError("explain takes no y of a regressor: it explains its one number.")
        return np.zeros(len(X), dtype=np.int64)

    def _measured(self, outputs, chosen):
        """The numbers (N,) of outputs (N, n_outputs) of the network, as tensors."""
        return outputs[:, 0] * self.target_scale_ + self.target_mean_

    def _moments(self, outputs, found):
        """Means and standard deviations (n,), of outputs (n, n_outputs) in units of the targets.

        Where nothing was found they are those of the training objects.
        """
        outputs = outputs.astype(np.float64)
        mean = np.where(found, outputs[:, 0], 0.0) * self.target_scale_ + self.target_mean_
        if self.loss != "gaussian":
            return mean, None
        log_variance = np.clip(outputs[:, 1], GaussianLoss.LOWEST, GaussianLoss.HIGHEST)
        return mean, np.where(found, np.exp(0.5 * log_variance), 1.0) * self.target_scale_
