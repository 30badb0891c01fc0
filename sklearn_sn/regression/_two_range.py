"""Predict positive numbers by two regressors, of small and of all numbers."""

from numbers import Real
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.utils import _safe_indexing
from sklearn.utils._param_validation import HasMethods, Interval
from sklearn.utils.validation import _num_samples, check_is_fitted

from sklearn_sn.base import MetaEstimator, check_numbers, copy_columns


class TwoRangeRegressor(RegressorMixin, MetaEstimator):
    """Predict positive numbers by a regressor of all numbers and one of small numbers.

    Redshifts of a catalogue span two decades. A regressor that is fitted to all of them places some
    near objects far away, which a regressor of near objects cannot do. Here a classifier estimates
    the probability p that the number is below a threshold, and the logarithms of the predictions of
    both regressors are averaged with the weights p and 1 - p.

    Parameters
    ----------
    estimator : estimator
        Regressor, fitted to all objects.
    low : estimator, default=None
        Regressor, fitted to the objects below `threshold`; by default a clone of `estimator`.
    classifier : estimator, default=None
        Classifier with ``predict_proba`` of "below the threshold"; by default a
        :class:`sklearn.ensemble.HistGradientBoostingClassifier`.
    threshold : float, default=0.2
        End of the range of `low`, in the unit of y.

    Attributes
    ----------
    estimator_ : estimator
        Regressor fitted to all objects.
    low_ : estimator
        Regressor fitted to the objects below `threshold`.
    classifier_ : estimator
        Fitted classifier; its classes are False and True.
    floor_ : float
        Smallest number in `fit`; lower predictions of a regressor are raised to it.
    n_features_in_ : int
        Number of columns of X in fit, if the estimator has it.
    feature_names_in_ : array of str
        Columns of X in fit, if the estimator has them.

    See Also
    --------
    ResidualErrorRegressor : Add a standard deviation.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.ensemble import RandomForestRegressor
    >>> from sklearn_sn.regression import TwoRangeRegressor
    >>> rng = np.random.default_rng(0)
    >>> redshift = rng.uniform(0.01, 1.0, 300)
    >>> X = np.log(redshift)[:, None] + rng.normal(scale=0.1, size=(300, 1))
    >>> model = TwoRangeRegressor(RandomForestRegressor(random_state=0)).fit(X, redshift)
    >>> bool(model.score(X, redshift) > 0.9)
    True
    """

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "predict"])],
        "low": [HasMethods(["fit", "predict"]), None],
        "classifier": [HasMethods(["fit", "predict_proba"]), None],
        "threshold": [Interval(Real, 0, None, closed="neither")],
    }

    def __init__(
        self,
        estimator: BaseEstimator,
        *,
        low: BaseEstimator | None = None,
        classifier: BaseEstimator | None = None,
        threshold: float = 0.2,
    ) -> None:
        self.estimator = estimator
        self.low = low
        self.classifier = classifier
        self.threshold = threshold

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.positive_only = True
        return tags

    def fit(self, X: pd.DataFrame | ArrayLike, y: ArrayLike) -> Self:
        """Fit both regressors and the classifier.

        Parameters
        ----------
        X : pandas.DataFrame or array of n_objects rows
            Input of the regressors and of the classifier.
        y : array-like of shape (n_objects,)
            Positive numbers, such as redshifts, on both sides of `threshold`.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If a parameter is out of range, the numbers of objects differ, a number is not positive,
            or all are on one side of `threshold`.
        """
        self._validate_params()
        y = check_numbers(y)
        if _num_samples(X) != len(y):
            raise ValueError(f"X has {_num_samples(X)} objects but y has {len(y)} numbers.")
        if y.min() <= 0:
            raise ValueError(
                f"y holds the number {y.min():g}, in row {y.argmin()}; all must be positive."
            )
        below = y < self.threshold
        if below.all() or not below.any():
            raise ValueError(
                f"All numbers of y, {y.min():g} to {y.max():g}, are on one side of the 'threshold' "
                f"{self.threshold:g}; fit 'estimator' alone, or set another threshold."
            )
        classifier = self.classifier
        if classifier is None:
            classifier = HistGradientBoostingClassifier(
                max_leaf_nodes=10, early_stopping=False, random_state=0
            )
        low = self.estimator if self.low is None else self.low
        fitted = clone(self.estimator).fit(X, y)
        fitted_low = clone(low).fit(_safe_indexing(X, np.flatnonzero(below)), y[below])
        self.classifier_ = clone(classifier).fit(X, below)
        self.estimator_, self.low_, self.floor_ = fitted, fitted_low, float(y.min())
        copy_columns(self, fitted)
        return self

    def predict(self, X: pd.DataFrame | ArrayLike) -> np.ndarray:
        """Return the predicted number of every object.

        Parameters
        ----------
        X : pandas.DataFrame or array of n_objects rows
            Input as in `fit`.

        Returns
        -------
        array of shape (n_objects,)
            Positive numbers.
        """
        check_is_fitted(self, "classifier_")
        share = self.classifier_.predict_proba(X)[:, 1]
        high, low = (
            np.log(np.maximum(model.predict(X), self.floor_))
            for model in (self.estimator_, self.low_)
        )
        return np.exp(share * low + (1.0 - share) * high)
