"""What detectors have in common that judge an object by the class to which it is nearest."""

from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator, OutlierMixin
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

N_NEIGHBORS = [Interval(Integral, 1, None, closed="left")]
N_JOBS = [Integral, None]


class ClassConditionalDetector(OutlierMixin, BaseEstimator):
    """Base of detectors with one model per class; the kindest of them judges.

    Subclasses implement ``_fit_classes(X, codes)`` and ``_class_scores(X)``, of shape (n_samples,
    n_classes), high where an object is usual.
    """

    _file_kind = "object"

    _parameter_constraints = {
        "contamination": [
            StrOptions({"auto"}),
            Interval(Real, 0, 0.5, closed="right"),
        ],
    }

    def fit(self, X, y=None):
        """Learn what is usual in every class.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Such as embeddings.
        y : array-like of shape (n_samples,), optional
            Classes; without them all samples are one class.

        Returns
        -------
        self
        """
        self._validate_params()
        X = validate_data(self, X, dtype=np.float64, ensure_min_samples=2)
        if y is None:
            y = np.zeros(len(X), dtype=int)
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        if len(y) != len(X):
            raise ValueError(f"X has {len(X)} samples but y has {len(y)} labels.")
        self.classes_, codes = np.unique(y, return_inverse=True)
        scores = self._fit_classes(X, codes)
        self.offset_ = self._auto_offset(scores)
        if self.contamination != "auto":
            self.offset_ = float(np.percentile(scores, 100.0 * self.contamination))
        return self

    def fit_predict(self, X, y=None):
        """Learn what is usual in every class, and say which of the same samples are outliers.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
        y : array-like of shape (n_samples,), optional
            Classes.

        Returns
        -------
        array of shape (n_samples,), int
            1 for inliers, -1 for outliers.
        """
        return self.fit(X, y).predict(X)

    def score_samples(self, X):
        """How usual samples are in the class that suits them best.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)

        Returns
        -------
        array of shape (n_samples,)
            The lower, the more anomalous.
        """
        return self.score_classes(X).max(axis=1)

    def score_classes(self, X):
        """How usual samples are in each class.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)

        Returns
        -------
        array of shape (n_samples, n_classes)
            Columns as in ``classes_``.
        """
        check_is_fitted(self)
        return self._class_scores(validate_data(self, X, dtype=np.float64, reset=False))

    def decision_function(self, X):
        """The score beyond the threshold ``offset_``: negative for outliers.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)

        Returns
        -------
        array of shape (n_samples,)
        """
        return self.score_samples(X) - self.offset_

    def predict(self, X):
        """1 for inliers, -1 for outliers.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)

        Returns
        -------
        array of shape (n_samples,), int
        """
        return np.where(self.decision_function(X) < 0, -1, 1)
