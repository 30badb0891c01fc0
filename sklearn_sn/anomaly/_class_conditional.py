"""Base class of anomaly detectors that score an object by its best-matching class."""

from numbers import Integral, Real
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, OutlierMixin
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

N_NEIGHBORS = [Interval(Integral, 1, None, closed="left")]
N_JOBS = [Integral, None]


class ClassConditionalDetector(OutlierMixin, BaseEstimator):
    """Base class of detectors with one model per class, whose score is the maximum over classes.

    Subclasses implement ``_fit_classes(X, codes)``, which returns the training scores, and
    ``_class_scores(X)``, of shape (n_samples, n_classes), where high scores are normal.
    """

    _file_kind = "object"

    _parameter_constraints = {
        "contamination": [
            StrOptions({"auto"}),
            Interval(Real, 0, 0.5, closed="right"),
        ],
    }

    def fit(self, X: ArrayLike, y: ArrayLike | None = None) -> Self:
        """Fit one model per class.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Features, such as embeddings.
        y : array-like of shape (n_samples,), optional
            Classes. By default all samples belong to one class.

        Returns
        -------
        self
            The fitted detector.

        Raises
        ------
        ValueError
            If a parameter is out of range, a feature is not finite, or the lengths of X and y
            differ.
        """
        self._validate_params()
        X = validate_data(self, X, dtype=np.float64, ensure_min_samples=2)
        if y is None:
            y = np.zeros(len(X), dtype=int)
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        if len(y) != len(X):
            raise ValueError(
                f"X and y must have the same length. Got {len(X)} samples and {len(y)} labels."
            )
        self.classes_, codes = np.unique(y, return_inverse=True)
        # Scores of the training samples, each in its best-matching class.
        scores = self._fit_classes(X, codes)
        self.offset_ = self._auto_offset(scores)
        if self.contamination != "auto":
            self.offset_ = float(np.percentile(scores, 100.0 * self.contamination))
        return self

    def fit_predict(self, X: ArrayLike, y: ArrayLike | None = None) -> np.ndarray:
        """Fit one model per class, and predict which training samples are outliers.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Features, such as embeddings.
        y : array-like of shape (n_samples,), optional
            Classes. By default all samples belong to one class.

        Returns
        -------
        array of shape (n_samples,), int
            1 for inliers, -1 for outliers.
        """
        return self.fit(X, y).predict(X)

    def score_samples(self, X: ArrayLike) -> np.ndarray:
        """Compute the score of samples in their best-matching class.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Features.

        Returns
        -------
        array of shape (n_samples,)
            Scores; lower scores are more anomalous.
        """
        return self.score_classes(X).max(axis=1)

    def score_classes(self, X: ArrayLike) -> np.ndarray:
        """Compute the score of samples in each class.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Features.

        Returns
        -------
        array of shape (n_samples, n_classes)
            Scores, with columns in the order of ``classes_``; lower scores are more anomalous.
        """
        check_is_fitted(self)
        return self._class_scores(validate_data(self, X, dtype=np.float64, reset=False))

    def decision_function(self, X: ArrayLike) -> np.ndarray:
        """Compute the score minus the threshold ``offset_``.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Features.

        Returns
        -------
        array of shape (n_samples,)
            Shifted scores, negative for outliers.
        """
        return self.score_samples(X) - self.offset_

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Predict which samples are outliers.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Features.

        Returns
        -------
        array of shape (n_samples,), int
            1 for inliers, -1 for outliers.
        """
        return np.where(self.decision_function(X) < 0, -1, 1)
