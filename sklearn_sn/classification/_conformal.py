"""Add calibrated probabilities, conformal sets and an anomaly score to any classifier."""

import warnings
from math import ceil
from numbers import Real
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.frozen import FrozenEstimator
from sklearn.utils import check_consistent_length
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import _check_sample_weight, _num_samples, check_is_fitted

from sklearn_sn.base import (
    CV_CONSTRAINTS,
    MetaEstimator,
    check_labels,
    copy_columns,
    require_two_classes,
)
from sklearn_sn.classification._out_of_fold import check_classes, check_proba, out_of_fold_proba
from sklearn_sn.classification._temperature import apply_temperature, fit_temperature


def _has_detector(estimator):
    return estimator.detector is not None


class ConformalClassifier(ClassifierMixin, MetaEstimator):
    """Calibrate a classifier, and predict sets of classes and anomaly scores.

    Probabilities of the training objects are predicted out of fold. From these follow a temperature
    [1]_, which makes the probabilities of new objects agree with frequencies, and the thresholds of
    conformal prediction: the predicted set of an object consists of all classes whose probability
    is at least that of their threshold, so that a set contains the true class with approximately
    the chosen probability (least ambiguous sets [2]_).

    Parameters
    ----------
    estimator : estimator
        Classifier with ``predict_proba``. A FrozenEstimator is not fitted again; the objects in
        `fit` must then be others than those that it was trained on, of the same classes.
    cv : int, cross-validation generator or iterable, default=5
        Folds of the out-of-fold probabilities. A number stands for shuffled stratified folds, by
        group if `fit` receives groups.
    coverage : float, default=0.9
        Approximate probability that a set contains the true class, in (0, 1).
    thresholds : {"class", "all"}, default="class"
        "class" has one threshold per class, so that the coverage also holds within each class.
        "all" has one for all classes, which gives the smallest sets on average; they contain rare
        classes less often. It can be changed after `fit`.
    calibration : {"temperature"} or None, default="temperature"
        None leaves the probabilities as they are.
    detector : estimator, default=None
        Outlier detector with ``score_samples``, fitted to X and y, such as a pipeline of an
        embedder and a detector of :mod:`sklearn_sn.anomaly`. Needed for `score_samples`.
    random_state : int, RandomState or None, default=None
        Seed of the folds if `cv` is a number.

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
        The classes.
    estimator_ : estimator
        Classifier fitted on all objects.
    temperature_ : float
        Divisor of the logarithms of the probabilities.
    calibration_scores_ : list of array
        Sorted calibrated out-of-fold probabilities of the true class, for each class.
    calibration_weights_ : list of array
        Weights of these objects.
    calibration_counts_ : array of int, shape (n_classes,)
        Number of objects of each class in the calibration: of groups if `fit` received groups, of
        rows otherwise.
    detector_ : estimator
        Fitted detector, if there is one.
    n_features_in_ : int
        Number of columns of X in fit, if the estimator has it.
    feature_names_in_ : array of str
        Columns of X in fit, if the estimator has them.

    Notes
    -----
    A set may be empty, which means that no class is credible at this coverage, or hold several
    classes. A class of fewer than 1 / (1 - coverage) - 1 calibration objects (9 for 0.9, 19 for
    0.95) has the threshold 0 and belongs to every set; `fit` warns about such classes.

    The coverage is at least the chosen one only for a FrozenEstimator, or a single split, whose
    calibration objects are independent of each other (split conformal prediction). Otherwise the
    thresholds come from the models of the folds, and are applied to the classifier fitted on all
    objects (cross-conformal prediction), or calibration rows share an object; it is then
    approximate. The coverage is that of objects like those in `fit`; it is lower for subsets that
    are harder, such as light curves of a few points.

    References
    ----------
    .. [1] Guo, C., Pleiss, G., Sun, Y. & Weinberger, K. Q. (2017). "On Calibration of Modern Neural
       Networks". Proceedings of the 34th International Conference on Machine Learning.
    .. [2] Sadinle, M., Lei, J. & Wasserman, L. (2019). "Least Ambiguous Set-Valued Classifiers with
       Bounded Error Levels". Journal of the American Statistical Association 114, 223.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from sklearn_sn.classification import ConformalClassifier
    >>> rng = np.random.default_rng(0)
    >>> X = np.concatenate([rng.normal(size=(100, 1)), rng.normal(2.0, size=(100, 1))])
    >>> y = np.repeat(["II", "Ia"], 100)
    >>> model = ConformalClassifier(GaussianNB(), random_state=0).fit(X, y)
    >>> model.predict_set([[-2.0], [1.0]])
    array([[ True, False],
           [ True,  True]])
    """

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "predict_proba"])],
        "coverage": [Interval(Real, 0, 1, closed="neither")],
        "thresholds": [StrOptions({"class", "all"})],
        "calibration": [StrOptions({"temperature"}), None],
        "detector": [HasMethods(["fit", "score_samples"]), None],
        **CV_CONSTRAINTS,
    }

    def __init__(
        self,
        estimator: BaseEstimator,
        *,
        cv: Any = 5,
        coverage: float = 0.9,
        thresholds: str = "class",
        calibration: str | None = "temperature",
        detector: BaseEstimator | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.estimator = estimator
        self.cv = cv
        self.coverage = coverage
        self.thresholds = thresholds
        self.calibration = calibration
        self.detector = detector
        self.random_state = random_state

    def fit(
        self,
        X: pd.DataFrame | ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
        oof_proba: ArrayLike | None = None,
    ) -> Self:
        """Predict out of fold, calibrate, and fit the classifier on all objects.

        Parameters
        ----------
        X : pandas.DataFrame or array of n_objects rows
            Input of the classifier.
        y : array-like of shape (n_objects,)
            Classes.
        sample_weight : array-like of shape (n_objects,), optional
            Weights of the objects in the classifier, in the fit of the temperature and in the
            thresholds.
        groups : array-like of shape (n_objects,), optional
            Groups that are not split by the folds, such as the object of each row if X has several
            light curves of one object. The thresholds then count groups instead of rows.
        oof_proba : array-like of shape (n_objects, n_classes), optional
            Probabilities predicted elsewhere, by models that were not trained on the object; its
            columns are the sorted classes, its rows add up to 1. No folds are fitted then. Objects
            with a row of NaN are used to fit the classifier only.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If a parameter is out of range, `y` holds one class only or other classes than a fitted
            classifier, or `oof_proba` is of another shape, without a row of probabilities, or holds
            rows that are none.

        Warns
        -----
        UserWarning
            If a class has too few calibration objects for a threshold above 0.
        """
        self._validate_params()
        y = check_labels(y)
        if _num_samples(X) != len(y):
            raise ValueError(f"X has {_num_samples(X)} objects but y has {len(y)} labels.")
        classes, codes = np.unique(y, return_inverse=True)
        require_two_classes(classes)
        weight = None
        if sample_weight is not None:
            weight = _check_sample_weight(sample_weight, y, ensure_non_negative=True)
        if groups is not None:
            check_consistent_length(y, groups)
        if isinstance(self.estimator, FrozenEstimator):
            check_is_fitted(self.estimator)
            check_classes(self.estimator, classes)
        if oof_proba is None:
            proba = self._out_of_fold(X, y, weight, groups)
        else:
            proba = check_proba(oof_proba, (len(y), len(classes)))
        weights = {} if weight is None else {"sample_weight": weight}
        fitted = clone(self.estimator).fit(X, y, **weights)
        check_classes(fitted, classes)
        detector = None if self.detector is None else clone(self.detector).fit(X, y)
        self._calibrate(proba, codes, weight, groups)
        self._warn_few(classes)
        self.classes_, self.estimator_ = classes, fitted
        if detector is not None:
            self.detector_ = detector
        copy_columns(self, fitted)
        return self

    def _out_of_fold(self, X, y, weight, groups):
        cv = self._splitter(groups)
        return out_of_fold_proba(self.estimator, X, y, cv=cv, groups=groups, weight=weight)

    def _calibrate(self, proba, codes, weight, groups):
        """Set the temperature and the sorted probabilities of the true class, by class."""
        known = np.isfinite(proba).all(axis=1)
        proba_known, codes_known = proba[known], codes[known]
        self.temperature_ = 1.0
        if self.calibration is not None:
            known_weight = None if weight is None else weight[known]
            self.temperature_ = fit_temperature(proba_known, codes_known, known_weight)
        scaled = apply_temperature(proba_known, self.temperature_)
        score = scaled[np.arange(len(scaled)), codes_known]
        each = np.ones(len(score)) if weight is None else weight[known]
        order = np.argsort(score)
        by_class = [order[codes_known[order] == code] for code in range(proba.shape[1])]
        self.calibration_scores_ = [score[rows] for rows in by_class]
        self.calibration_weights_ = [each[rows] for rows in by_class]
        objects = (
            np.arange(len(codes)) if groups is None else np.unique(groups, return_inverse=True)[1]
        )
        objects = objects[known]
        counted = [rows[each[rows] > 0] for rows in by_class]
        self.calibration_counts_ = np.array([len(np.unique(objects[rows])) for rows in counted])

    def _warn_few(self, classes):
        """Warn about classes whose sets the calibration objects do not determine."""
        least = 1
        if self.thresholds == "class":
            least = ceil(1.0 / (1.0 - self.coverage) - 1.0 - 1e-9)
        few = self.calibration_counts_ < least
        if few.any():
            pairs = zip(classes[few].tolist(), self.calibration_counts_[few].tolist(), strict=True)
            names = ", ".join(f"{name!r} ({count})" for name, count in pairs)
            warnings.warn(
                f"Classes with fewer calibration objects than {least}, which the coverage "
                f"{self.coverage} needs: {names}. With thresholds='class', all sets contain them. "
                "Add objects, lower the coverage, or set thresholds='all'.",
                UserWarning,
                stacklevel=3,
            )

    def predict_proba(self, X: pd.DataFrame | ArrayLike) -> npt.NDArray[np.float64]:
        """Return calibrated probabilities of the classes.

        Parameters
        ----------
        X : pandas.DataFrame or array of n_objects rows
            Input as in `fit`.

        Returns
        -------
        array of shape (n_objects, n_classes)
            Columns as in ``classes_``; rows add up to 1.
        """
        check_is_fitted(self, "estimator_")
        return apply_temperature(self.estimator_.predict_proba(X), self.temperature_)

    def predict(self, X: pd.DataFrame | ArrayLike) -> np.ndarray:
        """Return the most probable class of every object.

        Parameters
        ----------
        X : pandas.DataFrame or array of n_objects rows
            Input as in `fit`.

        Returns
        -------
        array of shape (n_objects,)
            Elements of ``classes_``.
        """
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]

    def predict_set(
        self, X: pd.DataFrame | ArrayLike, coverage: float | None = None
    ) -> npt.NDArray[np.bool_]:
        """Return the set of credible classes of every object.

        Parameters
        ----------
        X : pandas.DataFrame or array of n_objects rows
            Input as in `fit`.
        coverage : float, default=None
            Approximate probability that a set contains the true class, in (0, 1). None stands for
            the parameter of the estimator.

        Returns
        -------
        array of bool, shape (n_objects, n_classes)
            Whether a class belongs to the set; columns as in ``classes_``.

        Raises
        ------
        ValueError
            If `coverage` is out of range.
        """
        return self.sets_from_proba(self.predict_proba(X), coverage)

    def sets_from_proba(
        self, proba: ArrayLike, coverage: float | None = None
    ) -> npt.NDArray[np.bool_]:
        """Return the sets of classes that belong to calibrated probabilities.

        Parameters
        ----------
        proba : array-like of shape (n_objects, n_classes)
            Output of `predict_proba`.
        coverage : float, default=None
            As in `predict_set`.

        Returns
        -------
        array of bool, shape (n_objects, n_classes)
            Columns as in ``classes_``.

        Raises
        ------
        ValueError
            If `coverage` is out of range.
        """
        check_is_fitted(self, "estimator_")
        coverage = self.coverage if coverage is None else coverage
        if not 0 < coverage < 1:
            raise ValueError(f"'coverage' must be a float in the range (0, 1). Got {coverage!r}.")
        scores = self.calibration_scores_
        # Models that were saved before these attributes existed were calibrated without weights.
        default = [np.ones(len(each)) for each in scores]
        weights = getattr(self, "calibration_weights_", default)
        counts = getattr(self, "calibration_counts_", [int(np.sum(w > 0)) for w in weights])
        if self.thresholds == "all":
            scores, weights = [np.concatenate(scores)], [np.concatenate(weights)]
            counts = [sum(counts)]
        triples = zip(scores, weights, counts, strict=True)
        return np.asarray(proba) >= np.array([_threshold(*each, coverage) for each in triples])

    @available_if(_has_detector)
    def score_samples(self, X: pd.DataFrame | ArrayLike) -> npt.NDArray[np.float64]:
        """Return anomaly scores; available with a `detector`.

        Parameters
        ----------
        X : pandas.DataFrame or array of n_objects rows
            Input as in `fit`.

        Returns
        -------
        array of shape (n_objects,)
            The lower, the more abnormal.
        """
        check_is_fitted(self, "estimator_")
        return self.detector_.score_samples(X)


def _threshold(scores, weights, n_objects, coverage):
    """Return the smallest probability that belongs to a set; 0 if there are too few objects."""
    used = weights > 0
    scores, weights = scores[used], weights[used]
    order = np.argsort(scores)
    # Of n exchangeable scores, the k-th smallest is missed by a new one in k / (n + 1): by those
    # below it, and by the new one itself, whose weight is the mean of an object, not of a row.
    new = weights.sum() / max(n_objects, 1)
    share = (np.cumsum(weights[order]) - weights[order] + new) / (weights.sum() + new)
    k = np.searchsorted(share, 1.0 - coverage + 1e-12, side="right")
    return scores[order[k - 1]] if k >= 1 else 0.0
