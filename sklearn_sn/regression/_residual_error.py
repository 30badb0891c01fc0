"""Add a standard deviation to the predictions of any regressor."""

from numbers import Integral
from typing import Any, Literal, Self, overload

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.model_selection import cross_val_predict
from sklearn.utils._param_validation import HasMethods, Interval
from sklearn.utils.validation import _num_samples, check_is_fitted

from sklearn_sn.base import CV_CONSTRAINTS, MetaEstimator, check_numbers, copy_columns

_SHARE = 0.6827  # of a normal distribution within one standard deviation


class ResidualErrorRegressor(RegressorMixin, MetaEstimator):
    """Predict with any regressor, and estimate its error from out-of-fold residuals.

    The standard deviation of a prediction is half the width of the central 68.3 % of the
    out-of-fold residuals of training objects with similar predictions.

    Parameters
    ----------
    estimator : estimator
        Regressor.
    cv : int, cross-validation generator or iterable, default=5
        Folds of the out-of-fold predictions. A number stands for shuffled folds, by group if `fit`
        receives groups.
    n_bins : int, default=10
        Number of bins of the predictions, with equal numbers of objects; between their medians, the
        standard deviation is interpolated.
    random_state : int, RandomState or None, default=None
        Seed of the folds if `cv` is a number.

    Attributes
    ----------
    estimator_ : estimator
        Regressor fitted on all objects.
    centres_ : array of shape (n_bins,)
        Median prediction in each bin, increasing.
    std_ : array of shape (n_bins,)
        Standard deviation at the centres.
    n_features_in_ : int
        Number of columns of X in fit, if the estimator has it.
    feature_names_in_ : array of str
        Columns of X in fit, if the estimator has them.

    See Also
    --------
    LightCurveRegressor : With ``loss="gaussian"``, a network learns the error of each object.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LinearRegression
    >>> from sklearn_sn.regression import ResidualErrorRegressor
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(1.0, 5.0, (2000, 1))
    >>> y = X[:, 0] + rng.normal(scale=0.1 * X[:, 0])
    >>> model = ResidualErrorRegressor(LinearRegression(), random_state=0).fit(X, y)
    >>> mean, std = model.predict([[2.0], [4.0]], return_std=True)
    >>> std.round(1).tolist()
    [0.2, 0.4]
    """

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "predict"])],
        "n_bins": [Interval(Integral, 1, None, closed="left")],
        **CV_CONSTRAINTS,
    }

    def __init__(
        self,
        estimator: BaseEstimator,
        *,
        cv: Any = 5,
        n_bins: int = 10,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.estimator = estimator
        self.cv = cv
        self.n_bins = n_bins
        self.random_state = random_state

    def fit(
        self,
        X: pd.DataFrame | ArrayLike,
        y: ArrayLike,
        groups: ArrayLike | None = None,
        oof_predictions: ArrayLike | None = None,
    ) -> Self:
        """Predict out of fold, and fit the regressor on all objects.

        Parameters
        ----------
        X : pandas.DataFrame or array of n_objects rows
            Input of the regressor.
        y : array-like of shape (n_objects,)
            Finite numbers, such as redshifts.
        groups : array-like of shape (n_objects,), optional
            Groups that are not split by the folds.
        oof_predictions : array-like of shape (n_objects,), optional
            Numbers predicted elsewhere, by models that were not trained on the object. No folds are
            fitted then. Objects with NaN are used to fit the regressor only.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If a parameter is out of range, or the numbers of objects differ.
        """
        self._validate_params()
        y = check_numbers(y)
        if _num_samples(X) != len(y):
            raise ValueError(f"X has {_num_samples(X)} objects but y has {len(y)} numbers.")
        if oof_predictions is None:
            predicted = self._out_of_fold(X, y, groups)
        else:
            predicted = np.asarray(oof_predictions, dtype=np.float64)
            if predicted.shape != y.shape or not np.isfinite(predicted).any():
                raise ValueError(
                    f"'oof_predictions' must hold one number per object, {len(y)} in all, of which "
                    f"some are not NaN. Got the shape {predicted.shape}."
                )
        fitted = clone(self.estimator).fit(X, y)
        self._fit_error(predicted, y)
        self.estimator_ = fitted
        copy_columns(self, fitted)
        return self

    def _out_of_fold(self, X, y, groups):
        cv = self._splitter(groups)
        return cross_val_predict(self.estimator, X, y, groups=groups, cv=cv)

    def _fit_error(self, predicted, y):
        known = np.isfinite(predicted)
        order = np.argsort(predicted[known])
        predicted, residual = predicted[known][order], (y - predicted)[known][order]
        bins = np.array_split(np.arange(len(order)), min(self.n_bins, len(order)))
        self.centres_ = np.array([np.median(predicted[rows]) for rows in bins])
        self.std_ = np.array([np.quantile(np.abs(residual[rows]), _SHARE) for rows in bins])

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
        X : pandas.DataFrame or array of n_objects rows
            Input as in `fit`.
        return_std : bool, default=False
            Whether to return standard deviations too.

        Returns
        -------
        mean : array of shape (n_objects,)
            Predicted numbers.
        std : array of shape (n_objects,)
            Standard deviations, only if `return_std` is True.
        """
        check_is_fitted(self, "estimator_")
        mean = self.estimator_.predict(X)
        return (mean, np.interp(mean, self.centres_, self.std_)) if return_std else mean
