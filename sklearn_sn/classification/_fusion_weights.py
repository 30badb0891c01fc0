"""Weighted average of the probabilities of several modalities, and its weights."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize

_FLOOR = 1e-6  # smallest probability in a logarithm


def averaged(proba: np.ndarray, weights: np.ndarray, prior: np.ndarray) -> np.ndarray:
    """Average probabilities over the modalities that each object has.

    Parameters
    ----------
    proba : array of shape (n_members, n_objects, n_classes)
        Probabilities; NaN where the object lacks the modality.
    weights : array of shape (n_members,)
        Non-negative weights.
    prior : array of shape (n_classes,)
        Probabilities of an object without a modality of positive weight.

    Returns
    -------
    array of shape (n_objects, n_classes)
        Rows add up to 1.
    """
    present = np.isfinite(proba[:, :, 0])
    share = weights[:, None] * present  # (n_members, n_objects)
    total = share.sum(axis=0)
    # Sum member by member: a matrix product may round differently for other numbers of rows.
    result = np.zeros(proba.shape[1:])
    for values, part in zip(proba, share, strict=True):
        result += np.where(part[:, None] > 0, part[:, None] * np.nan_to_num(values), 0.0)
    result[total <= 0] = prior
    return result / result.sum(axis=1, keepdims=True)


def given_weights(weights: ArrayLike, pairs: list[tuple[str, Any]]) -> np.ndarray:
    """Return the weights of the members that are not dropped; they add up to 1.

    Parameters
    ----------
    weights : array-like of shape (n_members,)
        Weights of all members.
    pairs : list of (str, estimator or "drop")
        Members.

    Returns
    -------
    array of shape (n_kept,)

    Raises
    ------
    ValueError
        If there is not one finite, non-negative weight per member, or all are 0.
    """
    values = np.asarray(weights, dtype=np.float64)
    valid = values.shape == (len(pairs),) and np.isfinite(values).all() and (values >= 0).all()
    values = values[[estimator != "drop" for _, estimator in pairs]] if valid else values
    if not valid or not values.sum() > 0:
        raise ValueError(
            "The 'weights' parameter of LateFusionClassifier must hold one finite, non-negative "
            f"number for each of the members {[name for name, _ in pairs]}, not all 0. Got "
            f"{weights!r} instead."
        )
    return values / values.sum()


def learned_weights(
    proba: np.ndarray, codes: np.ndarray, sample_weight: np.ndarray | None
) -> np.ndarray:
    """Return the weights that minimise the log loss of the averaged probabilities.

    Parameters
    ----------
    proba : array of shape (n_members, n_objects, n_classes)
        Out-of-fold probabilities; NaN where the object lacks the modality.
    codes : array of int, shape (n_objects,)
        Column of the true class of each object.
    sample_weight : array of shape (n_objects,) or None
        Weights of the objects.

    Returns
    -------
    array of shape (n_members,)
        Positive; they add up to 1. Equal if no object has two modalities.
    """
    n_members = len(proba)
    sample_weight = np.ones(len(codes)) if sample_weight is None else sample_weight
    of_class = proba[:, np.arange(len(codes)), codes]  # (n_members, n_objects)
    present = np.isfinite(of_class)
    # An object with one modality has the same probabilities under all weights.
    chosen = (present.sum(axis=0) > 1) & (sample_weight > 0)
    if not chosen.any():
        return np.full(n_members, 1.0 / n_members)
    of_class, present = np.nan_to_num(of_class[:, chosen]), present[:, chosen]
    loss_weight = sample_weight[chosen] / sample_weight[chosen].sum()

    def loss(logits):
        weights = np.exp(logits - logits.max())
        share = weights[:, None] * present
        fused = (share * of_class).sum(axis=0) / share.sum(axis=0)
        return -float(loss_weight @ np.log(np.maximum(fused, _FLOOR)))

    # Bounds keep the weight of a useless member from vanishing, and so the problem regular.
    best = minimize(loss, np.zeros(n_members), method="L-BFGS-B", bounds=[(-6, 6)] * n_members)
    weights = np.exp(best.x - best.x.max())
    return weights / weights.sum()


def stacked_features(proba: np.ndarray) -> np.ndarray:
    """Return the features of the stacked combiner.

    Parameters
    ----------
    proba : array of shape (n_members, n_objects, n_classes)
        Probabilities; NaN where the object lacks the modality.

    Returns
    -------
    array of shape (n_objects, n_members * (n_classes + 1))
        For each member, the log-probabilities minus their mean, 0 if the modality is missing, and
        an indicator that is 1 if it is missing.
    """
    parts = []
    for values in proba:
        logs = np.log(np.maximum(values, _FLOOR))
        logs -= logs.mean(axis=1, keepdims=True)
        missing = ~np.isfinite(values[:, :1])
        parts += [np.where(missing, 0.0, logs), missing.astype(np.float64)]
    return np.concatenate(parts, axis=1)


def with_fewer_modalities(proba: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Add copies of the objects that lack one of their modalities.

    Parameters
    ----------
    proba : array of shape (n_members, n_objects, n_classes)
        Probabilities; NaN where the object lacks the modality.

    Returns
    -------
    proba : array of shape (n_members, n_copies, n_classes)
        The objects, then their copies. Each copy keeps at least one modality.
    object_index : array of int, shape (n_copies,)
        Object of each copy.
    """
    present = np.isfinite(proba[:, :, 0])
    copies, index = [proba], [np.arange(proba.shape[1])]
    for member, has in enumerate(present):
        rows = np.flatnonzero(has & (present.sum(axis=0) > 1))
        fewer = proba[:, rows].copy()
        fewer[member] = np.nan
        copies.append(fewer)
        index.append(rows)
    return np.concatenate(copies, axis=1), np.concatenate(index)
