"""Training chunk by chunk."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sklearn_sn.data import as_python, is_object_files


@dataclass(frozen=True)
class PartialFit:
    """State of an estimator during a call of partial_fit.

    Attributes
    ----------
    classes : array of shape (n_classes,) or None
        The classes that the call names.
    """

    classes: np.ndarray | None = None

    def known_classes(self, estimator: Any, y: np.ndarray) -> np.ndarray | None:
        """Return the classes of a classifier, or None if they are those of `y`.

        Parameters
        ----------
        estimator : TorchEstimator
            The classifier.
        y : array of shape (n_objects,)
            Labels of this call.

        Returns
        -------
        array of shape (n_classes,) or None

        Raises
        ------
        ValueError
            If a label is of no known class.
        """
        known = self.classes
        if estimator._is_warm_start:
            if known is not None and not np.array_equal(known, estimator.classes_):
                raise ValueError(
                    f"The 'classes' parameter of partial_fit is {known.tolist()}, and the first "
                    f"call had the classes {estimator.classes_.tolist()}. Omit it."
                )
            known = estimator.classes_
        if known is None:
            return None
        found = np.unique(y)
        new = found[~np.isin(found, known)]
        if len(new):
            raise ValueError(
                f"y holds the class {as_python(new[0])!r}, which is none of {known.tolist()}. Name "
                "all classes in the first call of partial_fit."
            )
        return known


def fit_partially(estimator: Any, X: Any, y: Any, classes: Any, fit_params: dict[str, Any]) -> Any:
    """Train an estimator for one epoch, from its present weights if it is fitted.

    Parameters
    ----------
    estimator : TorchEstimator
        The estimator.
    X : pandas.DataFrame, array or files
        Objects.
    y : array-like of shape (n_objects,), str or None
        Labels.
    classes : array-like of shape (n_classes,) or None
        All classes.
    fit_params : dict
        Further arguments of fit.

    Returns
    -------
    TorchEstimator
        The estimator, with the number of objects of all calls as ``n_samples_seen_``.
    """
    name = type(estimator).__name__
    if estimator.early_stopping:
        raise ValueError(f"partial_fit of {name} has no validation part. Set early_stopping=False.")
    if getattr(estimator, "class_weight", None) == "balanced":
        raise ValueError(
            f"The 'class_weight' parameter of {name} is 'balanced', but partial_fit does not know "
            "the frequencies of all classes. Give the weights of the classes as a dict."
        )
    if classes is not None and not hasattr(estimator, "_class_summary"):
        raise ValueError(f"{name} has no classes; omit the 'classes' parameter of partial_fit.")
    n_seen = getattr(estimator, "n_samples_seen_", 0) if hasattr(estimator, "net_") else 0
    estimator._partial = PartialFit(None if classes is None else np.unique(classes))
    try:
        estimator.fit(X, y, **fit_params)
    finally:
        del estimator._partial
    n_objects = _n_objects(X)
    estimator.n_samples_seen_ = n_seen + n_objects
    return estimator


def _n_objects(X):
    """Return the number of objects of a table, an array or files."""
    if not is_object_files(X):
        return len(X)
    # Imported late: readers and simulators double the time to load a model.
    from sklearn_sn.datasets import ObjectFiles

    return ObjectFiles(X).n_objects
