"""Fine and coarse classes: labels and probabilities."""

from collections.abc import Mapping
from typing import Any

import numpy as np


def coarse_labels(y: np.ndarray, class_map: Mapping[Any, Any] | None) -> np.ndarray:
    """Return the coarse class of each label.

    Parameters
    ----------
    y : array of shape (n,)
        Fine or coarse labels.
    class_map : dict or None
        Coarse class of each fine class. A label that is not a key stays as it is.

    Returns
    -------
    array of shape (n,)

    Raises
    ------
    ValueError
        If the coarse labels are of different kinds, which numpy would turn into text.
    """
    if not class_map or not len(y):
        return y
    distinct, codes = np.unique(y, return_inverse=True)
    labels = [class_map.get(label, label) for label in distinct.tolist()]
    kinds = {isinstance(label, str) for label in labels}
    if len(kinds) > 1:
        other = next(label for label in distinct.tolist() if label not in class_map)
        raise ValueError(
            "The 'class_map' parameter gives some classes a name, and others stay numbers: it "
            f"lacks the class {other!r}. Map every class."
        )
    return np.array(labels)[codes]


def coarse_probabilities(
    proba: np.ndarray,
    known: np.ndarray,
    class_map: Mapping[Any, Any] | None,
    classes: np.ndarray,
) -> np.ndarray:
    """Sum the probabilities of fine classes to those of coarse classes.

    Parameters
    ----------
    proba : array of shape (n, n_known)
        Probabilities of the classes that a member knows.
    known : array of shape (n_known,)
        These classes.
    class_map : dict or None
        Coarse class of each fine class.
    classes : array of shape (n_classes,)
        Coarse classes, sorted.

    Returns
    -------
    array of shape (n, n_classes)
        Rows add up to 1; a class that the member does not know has 0. Probability of classes that
        are not among `classes` is dropped; a row with nothing else is NaN.
    """
    coarse = coarse_labels(known, class_map)
    # (n_known, n_classes), with one 1 per row at most
    sums = (coarse[:, None] == classes[None, :]).astype(np.float64)
    result = np.asarray(proba, dtype=np.float64) @ sums
    total = result.sum(axis=1, keepdims=True)
    return np.divide(result, total, out=np.full_like(result, np.nan), where=total > 0)


def check_class_map(y: np.ndarray, class_map: Mapping[Any, Any] | None) -> None:
    """Raise a ValueError if no label is a key or a value of the class map."""
    names = {*(class_map or {}), *(class_map or {}).values()}
    distinct = np.unique(y).tolist()
    if names and distinct and not names & set(distinct):
        raise ValueError(
            f"y holds the classes {distinct[:10]}, of which the 'class_map' parameter of "
            "LateFusionClassifier has none. scikit-learn's cross_val_predict replaces classes by "
            "numbers if method='predict_proba'; it cannot be used with a class_map."
        )


def class_codes(labels: np.ndarray, classes: np.ndarray, n_objects: int) -> np.ndarray:
    """Return the position of each label in sorted classes, shape (n_objects,).

    Raises
    ------
    ValueError
        If a label is not a class, or there is not one per object.
    """
    if len(labels) != n_objects:
        raise ValueError(f"X has {n_objects} objects but y has {len(labels)} labels.")
    unknown = labels[~np.isin(labels, classes)]
    if len(unknown):
        raise ValueError(
            f"y must hold classes of fit, {classes.tolist()}. Got {unknown[0]!r} instead."
        )
    return np.searchsorted(classes, labels)
