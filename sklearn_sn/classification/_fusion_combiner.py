"""Combine the probabilities of several modalities, by an average or by a stacked classifier."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.linear_model import LogisticRegression

from sklearn_sn.classification._fusion_weights import (
    averaged,
    stacked_features,
    with_fewer_modalities,
)

_LEAST = 1e-12  # smallest probability in a logarithm


@dataclass
class AverageCombiner:
    """Weighted average over the modalities that an object has.

    Parameters
    ----------
    weights : array of shape (n_members,)
        Weights of the members.
    prior : array of shape (n_classes,)
        Probabilities of an object without a modality.
    """

    _file_kind = "object"

    weights: np.ndarray
    prior: np.ndarray

    def combine(self, proba: np.ndarray) -> np.ndarray:
        """Return the fused probabilities.

        Parameters
        ----------
        proba : array of shape (n_members, n_objects, n_classes)
            Probabilities; NaN where the object lacks the modality.

        Returns
        -------
        array of shape (n_objects, n_classes)
        """
        return averaged(proba, self.weights, self.prior)


@dataclass
class StackedCombiner:
    """Classifier of the log-probabilities of all members.

    Parameters
    ----------
    estimator : estimator
        Fitted classifier.
    columns : array of int, shape (n_known,)
        Column of the result for each class that the estimator knows.
    prior : array of shape (n_classes,)
        Probabilities of an object without a modality.
    """

    _file_kind = "object"

    estimator: BaseEstimator
    columns: np.ndarray
    prior: np.ndarray

    def combine(self, proba: np.ndarray) -> np.ndarray:
        """Return the fused probabilities; see :class:`AverageCombiner`."""
        result = np.tile(self.prior, (proba.shape[1], 1))
        used = np.isfinite(proba[:, :, 0]).any(axis=0)
        if used.any():
            stacked = np.zeros((used.sum(), proba.shape[2]))
            features = stacked_features(proba[:, used])
            stacked[:, self.columns] = self.estimator.predict_proba(features)
            result[used] = stacked
        return result


def fit_stacked(
    estimator: BaseEstimator | None,
    proba: np.ndarray,
    coarse: np.ndarray,
    weight: np.ndarray | None,
    prior: np.ndarray,
) -> StackedCombiner:
    """Fit the stacked combiner.

    Parameters
    ----------
    estimator : estimator or None
        Classifier to clone; None stands for logistic regression.
    proba : array of shape (n_members, n_objects, n_classes)
        Out-of-fold probabilities of the training objects.
    coarse : array of shape (n_objects,)
        Their classes.
    weight : array of shape (n_objects,) or None
        Their weights.
    prior : array of shape (n_classes,)
        Class frequencies.

    Returns
    -------
    StackedCombiner
    """
    # Complete objects alone would not show what to do if a modality is missing.
    proba, rows = with_fewer_modalities(proba)
    used = np.isfinite(proba[:, :, 0]).any(axis=0)
    proba, rows = proba[:, used], rows[used]
    final = LogisticRegression(max_iter=1000) if estimator is None else clone(estimator)
    params: dict[str, Any] = {} if weight is None else {"sample_weight": weight[rows]}
    final.fit(stacked_features(proba), coarse[rows], **params)
    return StackedCombiner(final, np.searchsorted(np.unique(coarse), final.classes_), prior)


def modality_contributions(
    combiner: AverageCombiner | StackedCombiner, proba: np.ndarray, codes: np.ndarray
) -> np.ndarray:
    """Return the change of ln p of a class that each modality causes.

    Parameters
    ----------
    combiner : AverageCombiner or StackedCombiner
        The combiner.
    proba : array of shape (n_members, n_objects, n_classes)
        Probabilities; NaN where the object lacks the modality.
    codes : array of int, shape (n_objects,)
        Column of the class of each object.

    Returns
    -------
    array of shape (n_objects, n_members)
        NaN where the object lacks the modality.
    """
    rows = np.arange(proba.shape[1])
    full = np.log(np.maximum(combiner.combine(proba)[rows, codes], _LEAST))
    values = np.full((len(rows), len(proba)), np.nan)
    for member, own in enumerate(proba):
        fewer = proba.copy()
        fewer[member] = np.nan
        without = np.log(np.maximum(combiner.combine(fewer)[rows, codes], _LEAST))
        has = np.isfinite(own[:, 0])
        values[has, member] = (full - without)[has]
    return values
