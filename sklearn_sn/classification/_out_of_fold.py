"""Out-of-fold probabilities with the labels as given."""

import warnings

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, clone
from sklearn.model_selection import BaseCrossValidator, check_cv
from sklearn.utils import _safe_indexing

_ROUNDING = 1e-3  # of the sum of a row of probabilities


def out_of_fold_proba(
    estimator: BaseEstimator,
    X: pd.DataFrame | ArrayLike,
    y: np.ndarray,
    *,
    cv: BaseCrossValidator | int = 5,
    groups: ArrayLike | None = None,
    weight: npt.NDArray[np.float64] | None = None,
) -> npt.NDArray[np.float64]:
    """Return probabilities of each object from a clone that was fitted without it.

    Unlike :func:`sklearn.model_selection.cross_val_predict`, it fits the labels themselves instead
    of their numbers, so that parameters such as ``class_weight`` may name classes.

    Parameters
    ----------
    estimator : estimator
        Classifier with ``predict_proba``.
    X : pandas.DataFrame or array of n_objects rows
        Input of the classifier.
    y : array of shape (n_objects,)
        Classes.
    cv : int, cross-validation generator or iterable, default=5
        Folds, which test each object once.
    groups : array-like of shape (n_objects,), optional
        Groups that are passed to the folds.
    weight : array of shape (n_objects,), optional
        Weights of the objects in ``fit``.

    Returns
    -------
    array of shape (n_objects, n_classes)
        Columns are the sorted classes of y; 0 for classes that a training set lacks.

    Raises
    ------
    ValueError
        If the folds do not test each object once, or the classifier has other classes than y.

    Warns
    -----
    UserWarning
        If a training set lacks a class.
    """
    classes = np.unique(y)
    proba = np.zeros((len(y), len(classes)))
    n_tests = np.zeros(len(y), dtype=np.int64)
    lacking = set()
    for train, test in check_cv(cv, y, classifier=True).split(X, y, groups):
        weights = {} if weight is None else {"sample_weight": weight[train]}
        fitted = clone(estimator).fit(_safe_indexing(X, train), y[train], **weights)
        columns = _columns_of(fitted, classes)
        lacking |= set(range(len(classes))) - set(columns)
        proba[np.ix_(test, columns)] = fitted.predict_proba(_safe_indexing(X, test))
        np.add.at(n_tests, test, 1)
    if (n_tests != 1).any():
        row = int(np.flatnonzero(n_tests != 1)[0])
        raise ValueError(
            f"The folds of 'cv' must test each object once; object {row} is tested {n_tests[row]} "
            "times. Use a partition, such as StratifiedKFold."
        )
    if lacking:
        names = ", ".join(repr(classes[column].item()) for column in sorted(lacking))
        warnings.warn(
            f"A training set of 'cv' lacks the classes {names}; their probabilities are 0 there.",
            UserWarning,
            stacklevel=2,
        )
    return proba


def check_classes(estimator: BaseEstimator, classes: np.ndarray) -> None:
    """Raise if a fitted classifier has other classes than y.

    Parameters
    ----------
    estimator : estimator
        Fitted classifier.
    classes : array of shape (n_classes,)
        Sorted classes of y.

    Raises
    ------
    ValueError
        If the classes, or their order, differ.
    """
    known = np.asarray(estimator.classes_).tolist()
    if known != classes.tolist():
        raise ValueError(
            f"The classifier {type(estimator).__name__} has the classes {known}, but y holds "
            f"{classes.tolist()}. Calibrate it on objects of all its classes, and of no others."
        )


def check_proba(proba: ArrayLike, shape: tuple[int, int]) -> npt.NDArray[np.float64]:
    """Return given out-of-fold probabilities as an array of float64.

    Parameters
    ----------
    proba : array-like of shape (n_objects, n_classes)
        Probabilities; rows of NaN are unknown.
    shape : (int, int)
        Numbers of objects and classes.

    Returns
    -------
    array of shape (n_objects, n_classes)

    Raises
    ------
    ValueError
        If the shape differs, no row is known, or a row has a value outside [0, 1], a NaN beside a
        number, or a sum other than 1.
    """
    proba = np.asarray(proba, dtype=np.float64)
    if proba.shape != shape:
        raise ValueError(
            f"'oof_proba' must have the shape {shape}: one row per object and one column per class "
            f"of y. Got {proba.shape} instead."
        )
    known = ~np.isnan(proba).all(axis=1)
    if not known.any():
        raise ValueError("'oof_proba' has no row without NaN, so nothing can be calibrated.")
    within = ((proba >= 0) & (proba <= 1)).all(axis=1)
    wrong = known & ~(within & (np.abs(proba.sum(axis=1) - 1) <= _ROUNDING))
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueError(
            f"'oof_proba' must hold probabilities in [0, 1] that add up to 1 in each row, or rows "
            f"of NaN. Row {row} is {proba[row].tolist()}."
        )
    return proba


def _columns_of(estimator, classes):
    """Return the columns of the classes of a classifier; raise if y does not hold one of them."""
    columns = {name: column for column, name in enumerate(classes.tolist())}
    known = np.asarray(estimator.classes_).tolist()
    if not set(known) <= set(columns):
        check_classes(estimator, classes)
    return [columns[name] for name in known]
