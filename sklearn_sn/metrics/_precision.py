"""Precision that does not depend on the frequencies of the classes."""

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import confusion_matrix
from sklearn.utils._param_validation import validate_params


@validate_params(
    {
        "y_true": ["array-like"],
        "y_pred": ["array-like"],
        "labels": ["array-like", None],
        "sample_weight": ["array-like", None],
    },
    prefer_skip_nested_validation=True,
)
def balanced_precision(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
) -> float:
    r"""Compute the mean precision of the classes, as if all true classes were equally frequent.

    With :math:`R` the confusion matrix whose rows, the true classes, are normalised to 1,

    .. math:: \frac{1}{n} \sum_c \frac{R_{cc}}{\sum_k R_{kc}}.

    Ordinary precision depends on the class proportions of the test objects; this one does not. It
    is a score of early classification in [1]_.

    Parameters
    ----------
    y_true : array-like of shape (n_objects,)
        True classes.
    y_pred : array-like of shape (n_objects,)
        Predicted classes.
    labels : array-like of shape (n_classes,), default=None
        Classes to use; by default those of `y_true` and `y_pred`. Objects with another true or
        predicted class are left out, as in :func:`sklearn.metrics.confusion_matrix`.
    sample_weight : array-like of shape (n_objects,), default=None
        Non-negative weights of the objects.

    Returns
    -------
    float
        Mean over the classes that have true objects, in [0, 1]. A class that is never predicted has
        the precision 0. Predictions of a class without true objects lower no precision.

    Raises
    ------
    ValueError
        If the lengths differ, or no class has true objects.

    See Also
    --------
    sklearn.metrics.balanced_accuracy_score : Mean recall of the classes.
    sklearn_sn.model_selection.early_scorers : This and other scores for horizon_sweep.

    References
    ----------
    .. [1] Junell, A., Sasli, A., Fontinele Nunes, F., Xu, M., Border, B., Rehemtulla, N. et al.
       (2025). "Applying multimodal learning to Classify transient Detections Early (AppleCiDEr) I:
       Data set, methods, and infrastructure".

    Examples
    --------
    >>> from sklearn_sn.metrics import balanced_precision
    >>> y_true = ["Ia", "Ia", "Ia", "Ia", "TDE", "TDE"]
    >>> y_pred = ["Ia", "Ia", "Ia", "TDE", "TDE", "Ia"]
    >>> round(balanced_precision(y_true, y_pred), 3)  # (0.75 / 1.25 + 0.5 / 0.75) / 2
    0.633
    """
    counts = confusion_matrix(y_true, y_pred, labels=labels, sample_weight=sample_weight)
    n_true = counts.sum(axis=1)
    given = n_true > 0
    if not given.any():
        raise ValueError(
            "The 'y_true' parameter of balanced_precision must hold objects of the classes in "
            "'labels', with a positive weight. Got none."
        )
    rates = counts[given] / n_true[given, None]  # rows without objects have no rates
    predicted = rates.sum(axis=0)[given]
    hits = rates[:, given].diagonal()
    precision = np.divide(hits, predicted, out=np.zeros(len(hits)), where=predicted > 0)
    return float(precision.mean())
