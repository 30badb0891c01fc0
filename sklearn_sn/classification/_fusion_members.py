"""Fit the members of a fusion, and compute their probabilities, also out of fold."""

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from sklearn import get_config
from sklearn.base import BaseEstimator, clone
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import (
    GridSearchCV,
    RandomizedSearchCV,
    StratifiedGroupKFold,
    check_cv,
)
from sklearn.pipeline import Pipeline
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import has_fit_parameter

from sklearn_sn.classification._class_map import coarse_labels, coarse_probabilities


@dataclass(frozen=True)
class Member:
    """One member: an estimator and its columns.

    Parameters
    ----------
    name : str
        Name of the member.
    estimator : estimator
        The estimator, fitted or not.
    columns : list of str
        Columns that it gets.
    """

    name: str
    estimator: BaseEstimator
    columns: list[str]

    @property
    def is_frozen(self) -> bool:
        """Whether fit leaves the member unchanged."""
        return isinstance(self.estimator, FrozenEstimator)

    def fitted(self, X: pd.DataFrame, y: np.ndarray, weight: np.ndarray | None) -> BaseEstimator:
        """Return a fitted clone.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Objects that have the modality.
        y : array of shape (n_objects,)
            Their labels.
        weight : array of shape (n_objects,) or None
            Their weights.

        Returns
        -------
        estimator

        Raises
        ------
        ValueError
            If the labels are of one class, or the estimator takes no weights.
        """
        model = clone(self.estimator)
        if self.is_frozen:
            return model
        if len(np.unique(y)) < 2:
            raise ValueError(
                f"The member {self.name!r} of LateFusionClassifier has {len(y)} training objects "
                f"with its modality, of the classes {np.unique(y).tolist()}; it needs two classes. "
                "Give more objects, fewer folds in 'cv', or a fitted member in a FrozenEstimator."
            )
        if weight is None:
            return model.fit(X[self.columns], y)
        parameter = _weight_parameter(model)
        if parameter is None:
            raise ValueError(
                f"The member {self.name!r} of LateFusionClassifier does not accept sample_weight."
            )
        return model.fit(X[self.columns], y, **{parameter: weight})


def _weight_parameter(model):
    """Return the name of the weights in fit, also of the last step of a pipeline, or None."""
    if has_fit_parameter(model, "sample_weight"):
        return "sample_weight"
    if isinstance(model, GridSearchCV | RandomizedSearchCV):
        return _weight_parameter(model.estimator)
    if not isinstance(model, Pipeline) or not hasattr(model.steps[-1][1], "fit"):
        return None
    if get_config()["enable_metadata_routing"]:  # the steps request it
        return "sample_weight"
    name, last = model.steps[-1]
    inner = _weight_parameter(last)
    return None if inner is None else f"{name}__{inner}"


def check_frozen_members(
    members: list[Member], class_map: Mapping[Any, Any] | None, classes: np.ndarray
) -> None:
    """Raise a ValueError if a frozen member knows none of the coarse classes of y."""
    for member in members:
        if not member.is_frozen:
            continue
        known = coarse_labels(np.asarray(member.estimator.classes_), class_map)
        if not np.isin(known, classes).any():
            raise ValueError(
                f"The frozen member {member.name!r} of LateFusionClassifier knows the classes "
                f"{known.tolist()}, and y holds {classes.tolist()}. Give a class_map, or labels of "
                "its kind. scikit-learn's cross_val_predict replaces labels by numbers if "
                "method='predict_proba': call it with y=None, cv=folds and params={'y': y}."
            )


def fit_members(
    members: list[Member],
    X: pd.DataFrame,
    y: np.ndarray,
    weight: np.ndarray | None,
    present: np.ndarray,
    n_jobs: int | None,
) -> list[BaseEstimator]:
    """Fit every member on the objects that have its modality.

    Parameters
    ----------
    members : list of Member
        The members.
    X : pandas.DataFrame of n_objects rows
        Training objects.
    y : array of shape (n_objects,)
        Labels as given.
    weight : array of shape (n_objects,) or None
        Weights.
    present : array of bool, shape (n_members, n_objects)
        Which objects have which modality.
    n_jobs : int or None
        Number of members to fit in parallel.

    Returns
    -------
    list of estimator
    """
    return Parallel(n_jobs=n_jobs)(
        delayed(member.fitted)(X[has], y[has], None if weight is None else weight[has])
        for member, has in zip(members, present, strict=True)
    )


def member_probabilities(
    members: list[Member],
    X: pd.DataFrame,
    present: np.ndarray,
    class_map: Mapping[Any, Any] | None,
    classes: np.ndarray,
) -> np.ndarray:
    """Return the probabilities of the coarse classes by every member.

    Parameters
    ----------
    members : list of Member
        Members with fitted estimators.
    X : pandas.DataFrame of n_objects rows
        Objects.
    present : array of bool, shape (n_members, n_objects)
        Which objects have which modality.
    class_map : dict or None
        Coarse class of each fine class.
    classes : array of shape (n_classes,)
        Coarse classes, sorted.

    Returns
    -------
    array of shape (n_members, n_objects, n_classes)
        NaN where the object lacks the modality.
    """
    result = np.full((len(members), len(X), len(classes)), np.nan)
    for member, has, target in zip(members, present, result, strict=True):
        if has.any():
            model = member.estimator
            # Not all estimators accept a table without rows.
            proba = model.predict_proba(
                X[member.columns] if has.all() else X.loc[has, member.columns]
            )
            target[has] = coarse_probabilities(proba, model.classes_, class_map, classes)
    return result


def out_of_fold_probabilities(
    members: list[Member],
    X: pd.DataFrame,
    y: np.ndarray,
    weight: np.ndarray | None,
    present: np.ndarray,
    *,
    cv: Any,
    groups: np.ndarray | None,
    class_map: Mapping[Any, Any] | None,
    coarse: np.ndarray,
    n_jobs: int | None,
) -> np.ndarray:
    """Return the probabilities of the training objects by members that did not see them.

    Parameters
    ----------
    members : list of Member
        Members; a frozen one predicts all objects.
    X, y, weight, present, class_map, n_jobs
        As for :func:`fit_members` and :func:`member_probabilities`.
    cv : int, splitter or iterable
        Folds. With `groups`, a number stands for ``StratifiedGroupKFold``.
    groups : array of shape (n_objects,) or None
        Groups that stay together.
    coarse : array of shape (n_objects,)
        Coarse classes, by which folds are stratified.

    Returns
    -------
    array of shape (n_members, n_objects, n_classes)
        NaN where the object lacks the modality, or no fold holds it out.
    """
    classes = np.unique(coarse)
    if groups is not None and isinstance(cv, Integral):
        cv = StratifiedGroupKFold(cv)
    frozen = [member for member in members if member.is_frozen]
    rows = [i for i, member in enumerate(members) if member.is_frozen]
    result = np.full((len(members), len(X), len(classes)), np.nan)
    result[rows] = member_probabilities(frozen, X, present[rows], class_map, classes)
    learning = [(i, member) for i, member in enumerate(members) if not member.is_frozen]
    if not learning:
        return result
    folds = list(check_cv(cv, coarse, classifier=True).split(X, coarse, groups))
    tasks = [(i, member, part) for part in folds for i, member in learning]
    parts = Parallel(n_jobs=n_jobs)(
        delayed(_held_out)(member, X, y, weight, present[i], part, class_map, classes)
        for i, member, part in tasks
    )
    for (i, _, (_, test)), proba in zip(tasks, parts, strict=True):
        result[i, test] = proba
    return result


def _held_out(member, X, y, weight, has, part, class_map, classes):
    """Fit a member on one part, and return its probabilities of the other."""
    train, test = part
    train = train[has[train]]
    model = member.fitted(X.iloc[train], y[train], None if weight is None else weight[train])
    fitted = [Member(member.name, model, member.columns)]
    return member_probabilities(fitted, X.iloc[test], has[None, test], class_map, classes)[0]
