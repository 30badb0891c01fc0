"""Impute redshifts of a table from its spectra."""

from numbers import Integral
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.model_selection import check_cv
from sklearn.utils._param_validation import HasMethods
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import check_is_fitted, column_or_1d

from sklearn_sn.base import CV_CONSTRAINTS, MetaEstimator, remember_columns
from sklearn_sn.classification._spectral_redshift import SpectralRedshiftClassifier
from sklearn_sn.data import TableOutput, as_frame, read_redshifts


class SpectralRedshiftImputer(TableOutput, TransformerMixin, MetaEstimator):
    """Fill the redshift column of a table with redshifts estimated from the spectra.

    The imputer precedes an estimator of rest-frame spectra in a pipeline, for objects of unknown
    redshift. In `fit` of the pipeline, the redshifts of the training objects are estimated out of
    fold, by models that were not trained on them. The next step is therefore trained on redshifts
    with realistic errors.

    Parameters
    ----------
    estimator : estimator, default=None
        Estimator with ``fit(X, y)`` and ``predict_redshift``; by default a
        :class:`SpectralRedshiftClassifier`.
    column : str, default="redshift"
        Column to fill; created if the table lacks it.
    error_column : str, default=None
        Column for the standard deviations, which are 0 for known redshifts. None adds no column.
    overwrite : bool, default=True
        Whether to replace known redshifts too, so that a model is tested under the conditions of
        its use. With False, only missing redshifts are filled.
    cv : int, cross-validation generator or iterable, default=5
        Folds of the training objects. Objects that share a spectrum must not be on both sides of a
        split: use a splitter by group, and pass `groups` to `fit_transform`.
    n_jobs : int, default=None
        Number of folds to fit in parallel.

    Attributes
    ----------
    estimator_ : estimator
        Estimator fitted on all training objects, which `transform` uses.
    n_features_in_ : int
        Number of columns of the table in fit.
    feature_names_in_ : array of str
        Columns of the table in fit.

    See Also
    --------
    SpectraNetClassifier : Classify in the rest frame, as the next step.

    Notes
    -----
    As with scikit-learn's TargetEncoder, ``fit(X, y).transform(X)`` differs from
    ``fit_transform(X, y)``: the former is for new objects, the latter for training. `fit_transform`
    fits one estimator per fold, and one on all objects. The `estimator` reads the true redshifts,
    by default from the column ``redshift``.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_sn.classification import (
    ...     SpectralRedshiftClassifier, SpectralRedshiftImputer, SpectraNetClassifier
    ... )
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.encoders import SpectralFeatures
    >>> X, y = make_supernovae(60, modalities=["spectrum"], random_state=0)
    >>> training = {"max_epochs": 1, "random_state": 0}
    >>> features = SpectralFeatures(n_bins=128, widths=(8, 8), kernels=(9, 5))
    >>> redshift = SpectralRedshiftClassifier(encoder=features, **training)
    >>> types = SpectraNetClassifier(encoder="cnn", frame="rest", **training)
    >>> model = make_pipeline(SpectralRedshiftImputer(redshift, cv=2), types).fit(X, y)
    >>> model.predict(X.drop(columns="redshift")).shape
    (60,)
    """

    _tables_only = True

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "predict_redshift"]), None],
        "column": [str],
        "error_column": [str, None],
        "overwrite": ["boolean"],
        "cv": CV_CONSTRAINTS["cv"],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        estimator: BaseEstimator | None = None,
        *,
        column: str = "redshift",
        error_column: str | None = None,
        overwrite: bool = True,
        cv: Any = 5,
        n_jobs: int | None = None,
    ) -> None:
        self.estimator = estimator
        self.column = column
        self.error_column = error_column
        self.overwrite = overwrite
        self.cv = cv
        self.n_jobs = n_jobs

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags

    def fit(self, X: pd.DataFrame, y: ArrayLike, groups: Any = None) -> Self:
        """Train the estimator on all objects.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            A table with a column ``spectrum``.
        y : array-like of shape (n_objects,)
            Classes of the objects.
        groups : ignored
            Not used; see `fit_transform`.

        Returns
        -------
        self
        """
        self._validate_params()
        X = as_frame(X)
        self.estimator_ = self._new_estimator().fit(X, y)
        remember_columns(self, X)
        return self

    def fit_transform(
        self, X: pd.DataFrame, y: ArrayLike, groups: ArrayLike | None = None
    ) -> pd.DataFrame:
        """Train the estimator, and estimate the redshifts of the training objects out of fold.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            A table with a column ``spectrum``.
        y : array-like of shape (n_objects,)
            Classes of the objects.
        groups : array-like of shape (n_objects,), optional
            Groups for the splits of `cv`. A pipeline passes them by scikit-learn's metadata
            routing, after ``set_fit_request(groups=True)``.

        Returns
        -------
        pandas.DataFrame of n_objects rows
            A copy of the table with the out-of-fold redshifts.
        """
        self.fit(X, y)
        X, y = as_frame(X), column_or_1d(y)
        folds = list(check_cv(self.cv, y, classifier=True).split(X, y, groups))
        estimates = Parallel(n_jobs=self.n_jobs)(
            delayed(_estimated)(self._new_estimator(), X.iloc[train], y[train], X.iloc[test])
            for train, test in folds
        )
        redshift, std = np.full((2, len(X)), np.nan)
        for (_, test), estimate in zip(folds, estimates, strict=True):
            redshift[test], std[test] = estimate
        if np.isnan(redshift).any():
            raise ValueError(
                "The 'cv' parameter of SpectralRedshiftImputer must hold out every object once."
            )
        return self._filled(X, redshift, std)

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return the table with redshifts estimated from the spectra.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            A table with a column ``spectrum``.

        Returns
        -------
        pandas.DataFrame of n_objects rows
            A copy of the table. An object without a spectrum gets the most frequent redshift of
            fit.
        """
        check_is_fitted(self, "estimator_")
        X = as_frame(X)
        return self._filled(X, *self.estimator_.predict_redshift(X, return_std=True))

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of the columns of `transform`.

        Parameters
        ----------
        input_features : ignored
            Not used; present for scikit-learn.

        Returns
        -------
        array of str
            Columns in fit, and the columns that `transform` adds.
        """
        check_is_fitted(self, "estimator_")
        names = list(self.feature_names_in_)
        added = [self.column, *([self.error_column] if self.error_column else [])]
        return np.array([*names, *(name for name in added if name not in names)], dtype=object)

    def _new_estimator(self):
        return SpectralRedshiftClassifier() if self.estimator is None else clone(self.estimator)

    def _filled(self, X, redshift, std):
        if not self.overwrite and self.column in X.columns:
            given = read_redshifts(X[self.column], X.index, self.column)
            is_known = np.isfinite(given)
            redshift, std = np.where(is_known, given, redshift), np.where(is_known, 0.0, std)
        columns = {self.column: redshift}
        if self.error_column is not None:
            columns[self.error_column] = std
        return X.assign(**columns)


def _estimated(model, X, y, held_out):
    return model.fit(X, y).predict_redshift(held_out, return_std=True)
