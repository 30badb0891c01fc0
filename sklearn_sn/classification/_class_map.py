"""Fine and coarse classes: labels and probabilities."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from sklearn_sn.data import warn_user

# cross_val_predict encodes y, but not the parameters of fit.
_REMEDY = (
    "For coarse probabilities, give cross_val_predict coarse y, or fine y by "
    "cross_val_predict(model, X, None, cv=folds, params={'y': y}, method='predict_proba')."
)


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
    """Raise a ValueError if no label is a key or a value of the class map.

    Numbers beside a map of names are the labels as scikit-learn encodes them. They are classes of
    their own, to which the map does not apply; a UserWarning says so if they may be fine classes.
    """
    names = {*(class_map or {}), *(class_map or {}).values()}
    distinct = np.unique(y).tolist()
    if not names or not distinct or names & set(distinct):
        return
    if y.dtype.kind in "iu" and all(isinstance(name, str) for name in names):
        n_coarse = len(set(class_map.values()))
        if len(distinct) >= len(class_map) > n_coarse:
            warn_user(
                f"y holds {len(distinct)} numbers, to which the 'class_map' parameter of "
                "LateFusionClassifier does not apply: each label of y is a class of its own, as "
                f"cross_val_predict requires. {_REMEDY}",
                UserWarning,
            )
        return
    raise ValueError(
        f"y holds the classes {distinct[:10]}, of which the 'class_map' parameter of "
        f"LateFusionClassifier has none. {_REMEDY}"
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
