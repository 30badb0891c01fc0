"""Scorers of early classification, for horizon_sweep."""

from collections.abc import Callable
from functools import partial
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.metrics import average_precision_score, top_k_accuracy_score
from sklearn.utils._param_validation import Interval, validate_params

from sklearn_sn.metrics import balanced_precision


@validate_params(
    {"k": [Interval(Integral, 1, None, closed="left")]}, prefer_skip_nested_validation=True
)
def early_scorers(*, k: int = 2) -> dict[str, Callable[..., float]]:
    """Return the scorers of early classification: macro AUPRC, balanced precision, top-k inclusion.

    They use ``classes_`` of the estimator, and therefore also work where a test part lacks a class.
    scikit-learn's scorers of these names do not.

    Parameters
    ----------
    k : int, default=2
        Number of most probable classes that top-k inclusion considers.

    Returns
    -------
    dict of str to callable
        Scorers for the `scoring` of :func:`horizon_sweep` and of scikit-learn's functions:

        - "macro_auprc": area under the precision-recall curve
          (:func:`sklearn.metrics.average_precision_score`), mean over the classes of the test part.
        - "balanced_precision": :func:`sklearn_sn.metrics.balanced_precision`.
        - "top_k_inclusion": fraction of objects whose class is among the `k` most probable ones
          (:func:`sklearn.metrics.top_k_accuracy_score`).

    See Also
    --------
    horizon_sweep : Score an estimator at early times.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.model_selection import early_scorers, horizon_sweep
    >>> X, y = make_supernovae(40, modalities=["light_curve"], random_state=0)
    >>> scoring = early_scorers(k=3)
    >>> result = horizon_sweep(DummyClassifier(), X, y, days=(1, 10), cv=2, scoring=scoring)
    >>> {name: float(values[0]) for name, values in result.mean.items()}
    {'macro_auprc': 0.2, 'balanced_precision': 0.04, 'top_k_inclusion': 0.6}
    """
    return {
        "macro_auprc": _macro_auprc,
        "balanced_precision": _balanced_precision,
        "top_k_inclusion": partial(_top_k_inclusion, k=k),
    }


def _macro_auprc(estimator: Any, X: Any, y: Any) -> float:
    y, proba = np.asarray(y), estimator.predict_proba(X)
    _check_known(estimator, y)
    areas = [
        average_precision_score(y == name, column)
        for name, column in zip(estimator.classes_, proba.T, strict=True)
        if (y == name).any()
    ]
    return float(np.mean(areas))


def _balanced_precision(estimator: Any, X: Any, y: Any) -> float:
    return balanced_precision(y, estimator.predict(X))


def _top_k_inclusion(estimator: Any, X: Any, y: Any, k: int) -> float:
    classes, proba = estimator.classes_, estimator.predict_proba(X)
    _check_known(estimator, np.asarray(y))
    if k >= len(classes):  # scikit-learn warns that the score has no meaning
        return 1.0
    scores = proba[:, 1] if len(classes) == 2 else proba
    return float(top_k_accuracy_score(y, scores, k=k, labels=classes))


def _check_known(estimator, y):
    """Raise a ValueError if an object has a class that the estimator does not know."""
    unknown = y[~np.isin(y, estimator.classes_)]
    if len(unknown):
        raise ValueError(
            f"y has {len(unknown)} objects of classes that {type(estimator).__name__} does not "
            f"know, first {unknown[0]!r}; it knows {estimator.classes_.tolist()}."
        )
