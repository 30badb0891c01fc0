"""Redshifts that spectra tell, put into the table for whoever comes next."""

from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.model_selection import check_cv
from sklearn.utils._param_validation import HasMethods, Interval
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import check_is_fitted, column_or_1d

from sklearn_sn.classification._spectral_redshift import SpectralRedshiftClassifier
from sklearn_sn.data import TableOutput, as_frame, read_redshifts


class SpectralRedshiftImputer(TableOutput, TransformerMixin, BaseEstimator):
    """Fill the column of redshifts with those that the spectra tell.

    A step before an estimator that works at rest, for events whose redshift nobody knows. In `fit`
    of a pipeline, the redshifts of the training objects are found out of fold, by models that have
    not seen them: what comes next learns from redshifts as imperfect as it will get.

    Parameters
    ----------
    estimator : estimator, default=None
        With ``fit(X, y)`` and ``predict_redshift``; by default a
        :class:`SpectralRedshiftClassifier`.
    column : str, default="redshift"
        Column that is filled; made where the table has none.
    error_column : str, default=None
        Column that gets the standard deviations; 0 where a redshift was known.
    overwrite : bool, default=True
        Replace known redshifts too, so that a model is tried as it will be used. With False, only
        what is missing is filled.
    cv : int, cross-validation generator or iterable, default=5
        Folds of the training objects. Of splitters by group, give `groups` to `fit_transform`:
        objects that share a spectrum must not be on both sides.
    n_jobs : int, default=None
        Folds at a time.

    Attributes
    ----------
    estimator_ : estimator
        Fitted on all training objects; finds redshifts in `transform`.
    n_features_in_ : int
    feature_names_in_ : array of str

    See Also
    --------
    SpectraNetClassifier : With ``frame="rest"``, a classifier that may come next.

    Notes
    -----
    As with scikit-learn's TargetEncoder, ``fit(X, y).transform(X)`` is not
    ``fit_transform(X, y)``: the one is for new objects, the other for training. It takes one fit
    for each fold and one more. True redshifts are those that the `estimator` reads, by default in
    the column ``redshift``.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_sn.classification import (
    ...     SpectralRedshiftClassifier, SpectralRedshiftImputer, SpectraNetClassifier
    ... )
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(60, modalities=["spectrum"], random_state=0)
    >>> few = {"n_bins": 128, "widths": (8, 8), "max_epochs": 1, "random_state": 0}
    >>> redshift = SpectralRedshiftClassifier(**few, kernels=(9, 5))
    >>> types = SpectraNetClassifier(**few, kernels=((3, 9), (3, 5)), frame="rest")
    >>> model = make_pipeline(SpectralRedshiftImputer(redshift, cv=2), types).fit(X, y)
    >>> model.predict(X.drop(columns="redshift")).shape
    (60,)
    """

    _file_kind = "object"

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "predict_redshift"]), None],
        "column": [str],
        "error_column": [str, None],
        "overwrite": ["boolean"],
        "cv": [Interval(Integral, 2, None, closed="left"), "cv_object"],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        estimator=None,
        *,
        column="redshift",
        error_column=None,
        overwrite=True,
        cv=5,
        n_jobs=None,
    ):
        self.estimator = estimator
        self.column = column
        self.error_column = error_column
        self.overwrite = overwrite
        self.cv = cv
        self.n_jobs = n_jobs

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.input_tags.two_d_array = False
        tags.input_tags.allow_nan = True
        return tags

    def fit(self, X, y, groups=None):
        """Train the estimator on all objects.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
        y : array-like of shape (n_objects,)
            Classes.
        groups : ignored
            Of `fit_transform`.

        Returns
        -------
        self
        """
        self._validate_params()
        X = as_frame(X)
        self.estimator_ = self._new().fit(X, y)
        self.n_features_in_ = X.shape[1]
        if all(isinstance(name, str) for name in X.columns):
            self.feature_names_in_ = np.array(X.columns, dtype=object)
        return self

    def fit_transform(self, X, y, groups=None):
        """Train the estimator, and find the redshifts of the training objects out of fold.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
        y : array-like of shape (n_objects,)
            Classes.
        groups : array-like of shape (n_objects,), optional
            Passed to the splits of `cv`. A pipeline passes them by scikit-learn's metadata routing,
            after ``set_fit_request(groups=True)``.

        Returns
        -------
        pandas.DataFrame of n_objects rows
        """
        self.fit(X, y)
        X, y = as_frame(X), column_or_1d(y)
        folds = list(check_cv(self.cv, y, classifier=True).split(X, y, groups))
        answers = Parallel(n_jobs=self.n_jobs)(
            delayed(_found)(self._new(), X.iloc[train], y[train], X.iloc[test])
            for train, test in folds
        )
        redshift, std = np.full((2, len(X)), np.nan)
        for (_, test), answer in zip(folds, answers, strict=True):
            redshift[test], std[test] = answer
        if np.isnan(redshift).any():
            raise ValueError("The 'cv' parameter must hold out every object once.")
        return self._filled(X, redshift, std)

    def transform(self, X):
        """Put the redshifts that the spectra tell into the table.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows

        Returns
        -------
        pandas.DataFrame of n_objects rows
            A copy. An object without a spectrum gets the most frequent redshift of fit.
        """
        check_is_fitted(self, "estimator_")
        X = as_frame(X)
        return self._filled(X, *self.estimator_.predict_redshift(X, return_std=True))

    def get_feature_names_out(self, input_features=None):
        """Names of the columns that come out.

        Parameters
        ----------
        input_features : ignored

        Returns
        -------
        array of str
        """
        check_is_fitted(self, "estimator_")
        names = list(self.feature_names_in_)
        more = [self.column, *([self.error_column] if self.error_column else [])]
        return np.array([*names, *(name for name in more if name not in names)], dtype=object)

    def _new(self):
        return SpectralRedshiftClassifier() if self.estimator is None else clone(self.estimator)

    def _filled(self, X, redshift, std):
        if not self.overwrite and self.column in X.columns:
            given = read_redshifts(X[self.column], X.index, self.column)
            known = np.isfinite(given)
            redshift, std = np.where(known, given, redshift), np.where(known, 0.0, std)
        columns = {self.column: redshift}
        if self.error_column is not None:
            columns[self.error_column] = std
        return X.assign(**columns)


def _found(model, X, y, held_out):
    return model.fit(X, y).predict_redshift(held_out, return_std=True)
