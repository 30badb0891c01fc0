"""Classes of the labels of a fit, their frequencies and weights."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils.class_weight import compute_class_weight

from sklearn_sn.base._class_prior import training_log_weights
from sklearn_sn.base._labels import require_two_classes


@dataclass(frozen=True)
class ClassSummary:
    """Summary of all labels of a fit.

    Attributes
    ----------
    classes : array of shape (n_classes,)
        The classes of objects of positive weight, sorted.
    counts : array of shape (n_classes,)
        Sums of the weights of their objects.
    class_weight : array of float, shape (n_classes,), or None
        Weights of the classes in the loss.
    copies : array of float, shape (n_classes,), or None
        How often an object of each class is drawn in an epoch, with oversampling.
    log_weights : array of float, shape (n_classes,)
        By how much more each class counts in the loss than its frequency.
    """

    classes: np.ndarray
    counts: np.ndarray
    class_weight: np.ndarray | None
    copies: np.ndarray | None
    log_weights: np.ndarray

    def codes(self, y: np.ndarray) -> np.ndarray:
        """Return the position of labels in `classes`, shape (n_objects,), int64."""
        # An object of weight 0 may have a class that is not in `classes`. Its code is not used.
        last = len(self.classes) - 1
        return np.searchsorted(self.classes, y).clip(max=last).astype(np.int64)


def summarize_classes(
    y: np.ndarray,
    sample_weight: np.ndarray | None,
    *,
    class_weight: str | dict[Any, float] | None = None,
    oversample: float = 0.0,
    balanced_batches: bool = False,
    classes: np.ndarray | None = None,
) -> ClassSummary:
    """Summarize the labels of a fit.

    Parameters
    ----------
    y : array of shape (n_objects,)
        Labels.
    sample_weight : array of shape (n_objects,) or None
        Weights of the objects; those of weight 0 do not count.
    class_weight : "balanced", dict or None, default=None
        Weights of the classes, as in scikit-learn.
    oversample : float, default=0.0
        Exponent of the oversampling of rare classes.
    balanced_batches : bool, default=False
        Whether each batch has equal numbers of objects of every class.
    classes : array of shape (n_classes,), optional
        The classes, of which some may not occur in `y`; by default those of `y`.

    Returns
    -------
    ClassSummary

    Raises
    ------
    ValueError
        If there is one class only.
    """
    kept = np.full(len(y), True) if sample_weight is None else sample_weight > 0
    y = y[kept]
    classes = np.unique(y) if classes is None else classes
    require_two_classes(classes)
    codes = np.searchsorted(classes, y).clip(max=len(classes) - 1).astype(np.int64)
    n_objects = np.bincount(codes, minlength=len(classes))
    weights = None if sample_weight is None else sample_weight[kept]
    counts = np.bincount(codes, weights=weights, minlength=len(classes))
    if class_weight is not None:
        class_weight = compute_class_weight(class_weight, classes=classes, y=y)
    copies = draws = None
    if oversample > 0:
        copies = (n_objects.max() / np.maximum(n_objects, 1)) ** oversample
        draws = copies[codes]
    if balanced_batches:
        draws = len(kept) / n_objects[codes]
    log_weights = training_log_weights(codes, len(classes), class_weight, draws)
    return ClassSummary(classes, counts, class_weight, copies, log_weights)
