"""Suggest the objects that a spectrum would help most."""

from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions, validate_params
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.data import as_frame, check_table

_CHECKED = ("light_curve", "spectrum", "image")


@validate_params(
    {
        "model": [HasMethods("predict_proba")],
        "X": "no_validation",
        "modality": [str],
        "gain": [StrOptions({"information", "margin"})],
        "confusion": ["array-like", None],
        "n_objects": [Interval(Integral, 1, None, closed="left"), None],
    },
    prefer_skip_nested_validation=True,
)
def suggest_follow_up(
    model: Any,
    X: pd.DataFrame,
    *,
    modality: str = "spectrum",
    gain: str = "information",
    confusion: ArrayLike | None = None,
    n_objects: int | None = None,
) -> pd.DataFrame:
    r"""Rank the objects without a spectrum by how much one would help to classify them.

    Parameters
    ----------
    model : estimator
        Fitted classifier with ``predict_proba``, such as
        :class:`~sklearn_sn.classification.LateFusionClassifier`.
    X : pandas.DataFrame of n_objects rows
        What is known of the objects, one row each.
    modality : str, default="spectrum"
        Column of the modality that could be observed. Objects that have something usable in it are
        left out. Without this column, all objects are candidates.
    gain : {"information", "margin"}, default="information"
        "information" is the expected decrease of the entropy of the class probabilities, in nats.
        "margin" is one minus the difference of the two largest probabilities.
    confusion : array-like or pandas.DataFrame of shape (n_classes, n_outcomes), default=None
        How the classifier of the modality confuses classes, from validation objects: counts or
        rates with one row per true class, in the order of ``classes_`` (a DataFrame by its index),
        and one column per predicted class. None stands for an observation that always reveals the
        class. Only for ``gain="information"``.
    n_objects : int, default=None
        Number of objects to return; None returns all candidates.

    Returns
    -------
    pandas.DataFrame
        Candidates by decreasing gain, ties in the order of `X`, with the columns ``gain``,
        ``most_probable`` (class), ``probability`` (its probability) and ``entropy`` (nats). The
        index is that of `X`.

    Raises
    ------
    ValueError
        If `confusion` does not match the classes, is negative, or has a class without objects.

    See Also
    --------
    score_alerts : Score a stream of alerts.

    Notes
    -----
    With class probabilities :math:`p_c` and the rates :math:`R_{co}` of the outcomes :math:`o` of
    an observation, the expected decrease of the entropy is the mutual information

    .. math:: \sum_{c,o} p_c R_{co} \ln \frac{R_{co}}{\sum_k p_k R_{ko}}.

    For :math:`R = 1`, it is the entropy of :math:`p`. Probabilities must be calibrated for the gain
    to be meaningful, as by :class:`sklearn.calibration.CalibratedClassifierCV`.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn_sn.alerts import suggest_follow_up
    >>> X = pd.DataFrame({"rise": [1.0, 2.0, 3.0, 4.0]}, index=["a", "b", "c", "d"])
    >>> model = LogisticRegression().fit(X, ["SN Ia", "SN Ia", "SN II", "SN II"])
    >>> list(suggest_follow_up(model, X, n_objects=2).index)
    ['b', 'c']
    """
    check_is_fitted(model)
    X = as_frame(X)
    # Before any row is left out: probabilities do not depend on other rows, but warnings do.
    candidates = np.flatnonzero(~_has(X, modality))
    classes = np.asarray(model.classes_)
    proba = np.empty((0, len(classes)))
    if len(candidates):
        proba = np.asarray(model.predict_proba(X.iloc[candidates]), dtype=np.float64)
    entropy = _entropy(proba)
    if gain == "margin":
        largest = np.sort(proba, axis=1)[:, ::-1]
        values = 1.0 - (largest[:, 0] - largest[:, 1])
    elif confusion is None:
        values = entropy
    else:
        values = _information(proba, _rates(confusion, classes))
    best = proba.argmax(axis=1)
    table = pd.DataFrame(
        {
            "gain": values,
            "most_probable": classes[best],
            "probability": proba[np.arange(len(proba)), best],
            "entropy": entropy,
        },
        index=X.index[candidates],
    )
    order = np.argsort(-values, kind="stable")
    return table.iloc[order[:n_objects]]


def _has(X, modality):
    """Return which objects have something usable in a column."""
    if modality not in X.columns:
        return np.zeros(len(X), dtype=bool)
    if modality in _CHECKED:
        return check_table(X, modalities=[modality], warn=False).present(modality)
    return X[modality].notna().to_numpy()


def _entropy(proba):
    """Return the entropy of every row, in nats."""
    return _times_log(proba).sum(axis=1)


def _times_log(p):
    """Return -p ln p, which is 0 at 0."""
    return -p * np.log(np.where(p > 0, p, 1.0))


def _information(proba, rates):
    """Return the mutual information of class and outcome for every row of probabilities."""
    outcome = proba @ rates  # (n_objects, n_outcomes)
    # H(o) - H(o | c); rounding may give tiny negative numbers.
    return np.maximum(_entropy(outcome) - proba @ _entropy(rates), 0.0)


def _rates(confusion, classes):
    """Return the confusion matrix with rows of sum 1, in the order of the classes."""
    if isinstance(confusion, pd.DataFrame):
        absent = [name for name in classes.tolist() if name not in confusion.index]
        if absent:
            raise ValueError(
                f"The index of 'confusion' of suggest_follow_up lacks the classes {absent}; it has "
                f"{list(confusion.index)}."
            )
        confusion = confusion.loc[classes.tolist()]
    rates = np.asarray(confusion, dtype=np.float64)
    if rates.ndim != 2 or len(rates) != len(classes) or not rates.size:
        raise ValueError(
            f"The 'confusion' parameter of suggest_follow_up must have one row for each of the "
            f"classes {classes.tolist()}. Got shape {rates.shape} instead."
        )
    if not np.isfinite(rates).all() or (rates < 0).any():
        raise ValueError(
            "The 'confusion' parameter of suggest_follow_up must hold finite, non-negative numbers."
        )
    total = rates.sum(axis=1, keepdims=True)
    if (total <= 0).any():
        empty = classes[total[:, 0] <= 0].tolist()
        raise ValueError(
            f"The 'confusion' parameter of suggest_follow_up has no objects of the classes {empty};"
            " add a guess of their row."
        )
    return rates / total
