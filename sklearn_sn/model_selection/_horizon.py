"""Score estimators on light curves truncated after the first detection."""

from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.metrics import check_scoring
from sklearn.model_selection import check_cv
from sklearn.utils import _safe_indexing, indexable
from sklearn.utils._param_validation import StrOptions, validate_parameter_constraints
from sklearn.utils.parallel import Parallel, delayed

from sklearn_sn.data import as_ragged
from sklearn_sn.model_selection._results import HorizonResult, gather_scores, score_or_nan
from sklearn_sn.preprocessing import LightCurveTruncator

_CONSTRAINTS = {
    "fit_on": [StrOptions({"all", "horizon"})],
    "origin": [StrOptions({"first", "detection"})],
    "n_jobs": [Integral, None],
}


def horizon_sweep(
    estimator: BaseEstimator,
    X: pd.DataFrame | ArrayLike,
    y: ArrayLike,
    *,
    days: Sequence[float] = (1, 3, 5, 10, 20, 30, 50, 100),
    cv: Any = 5,
    groups: ArrayLike | None = None,
    scoring: str | Callable[..., Any] | Sequence[str] | dict[str, Any] | None = None,
    fit_on: str = "all",
    origin: str = "detection",
    n_jobs: int | None = None,
) -> HorizonResult:
    """Score an estimator on light curves truncated some days after the first detection.

    The test part of each fold is truncated at every horizon by
    :class:`~sklearn_sn.preprocessing.LightCurveTruncator`. Points before the first detection (a
    signal-to-noise ratio of at least 5) are kept, as they are available at that time. Only the
    column ``light_curve`` is truncated: remove information from X that becomes available later,
    such as the redshift.

    Parameters
    ----------
    estimator : estimator
        Estimator with ``fit``. It is cloned, not modified.
    X : pandas.DataFrame of n_objects rows
        Table with a column ``light_curve``.
    y : array-like of shape (n_objects,)
        Classes or numbers.
    days : sequence of float, default=(1, 3, 5, 10, 20, 30, 50, 100)
        Horizons, in days.
    cv : int, splitter or iterable of (train, test), default=5
        Cross-validation, as in :func:`sklearn.model_selection.cross_validate`.
    groups : array-like of shape (n_objects,), optional
        Groups, for splitters that keep groups together, such as
        :class:`sklearn.model_selection.StratifiedGroupKFold`.
    scoring : str, callable, list, tuple, set, dict or None, default=None
        Score, as in :func:`sklearn.model_selection.cross_validate`. None uses the estimator's
        ``score``. :func:`early_scorers` returns those of early classification.
    fit_on : {"all", "horizon"}, default="all"
        Fit one estimator on complete light curves, for use at any time, or fit one estimator per
        horizon on light curves truncated like those of the test part.
    origin : {"detection", "first"}, default="detection"
        Count days from the first detection, or from the first point.
    n_jobs : int, default=None
        Number of parallel fits.

    Returns
    -------
    HorizonResult
        Result with ``scores`` (name to array of shape (n_horizons, n_folds)), ``days``,
        ``n_points``, ``mean`` and ``std``.

    Raises
    ------
    ValueError
        If `days` are not positive, X has no light curves, or `cv` has no folds.

    See Also
    --------
    early_scorers : Macro AUPRC, balanced precision and top-k inclusion, for `scoring`.
    limited_labels_curve : Score an estimator with few labels.
    sklearn_sn.classification.LightCurveClassifier : Has probabilities after each point.
    sklearn_sn.plotting.HorizonDisplay : Plot of the scores.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.model_selection import horizon_sweep
    >>> X, y = make_supernovae(40, modalities=["light_curve"], random_state=0)
    >>> result = horizon_sweep(DummyClassifier(), X, y, days=(5, 50), cv=2)
    >>> result.scores["score"].shape, result.mean["score"]
    ((2, 2), array([0.2, 0.2]))
    >>> bool(result.n_points[0] < result.n_points[1])
    True
    """
    validate_parameter_constraints(
        _CONSTRAINTS,
        {"fit_on": fit_on, "origin": origin, "n_jobs": n_jobs},
        caller_name="horizon_sweep",
    )
    days = np.atleast_1d(np.asarray(days))
    if days.ndim != 1 or not len(days) or days.dtype.kind not in "iuf" or not (days > 0).all():
        raise ValueError(
            "The 'days' parameter of horizon_sweep must hold one or more positive numbers. Got "
            f"{days.tolist()!r} instead."
        )
    days = days.astype(np.float64)
    if not isinstance(X, pd.DataFrame) or "light_curve" not in X.columns:
        raise ValueError(
            "The 'X' parameter of horizon_sweep must be a pandas.DataFrame with a column "
            "'light_curve'. Got "
            f"{list(X.columns)[:10] if isinstance(X, pd.DataFrame) else type(X).__name__} instead."
        )
    X, y, groups = indexable(X, y, groups)
    scorer = check_scoring(estimator, scoring)
    splits = check_cv(cv, y, classifier=is_classifier(estimator)).split(X, y, groups)
    truncators = [LightCurveTruncator(float(n_days), origin=origin) for n_days in days]
    tasks = []
    for fold, part in enumerate(splits):
        horizons = range(len(truncators))
        # One fit serves all horizons, or there is one fit per horizon.
        groups_of_horizons = [list(horizons)] if fit_on == "all" else [[h] for h in horizons]
        tasks += [(fold, part, chosen) for chosen in groups_of_horizons]
    if not tasks:
        raise ValueError(
            "The 'cv' parameter of horizon_sweep has no folds. An iterator can be used only once; "
            "pass a list or a splitter."
        )
    results = Parallel(n_jobs=n_jobs)(
        delayed(_fit_and_score)(
            *(clone(estimator), X, y, *part),
            [truncators[horizon] for horizon in chosen],
            fit_on == "horizon",
            scorer,
        )
        for _, part, chosen in tasks
    )
    # Sort the results by horizon and fold; a fit with fit_on="all" has all horizons.
    scores, lengths = {}, [[] for _ in days]
    for (fold, _, chosen), result in zip(tasks, results, strict=True):
        for horizon, (values, n_points) in zip(chosen, result, strict=True):
            scores[horizon, fold] = values
            lengths[horizon].append(n_points)
    n_folds = 1 + max(fold for fold, _, _ in tasks)
    n_points = np.array([np.median(np.concatenate(parts)) for parts in lengths])
    return HorizonResult(gather_scores(scores, (len(days), n_folds)), days, n_points)


def _fit_and_score(estimator, X, y, train, test, truncators, truncate_training, scorer):
    """Fit once; return the scores and the numbers of points at each horizon."""
    X_train, X_test = (_safe_indexing(X, rows) for rows in (train, test))
    if truncate_training:
        (truncator,) = truncators
        # One fit per horizon: train on light curves as short as those of the test part.
        X_train = truncator.fit_transform(X_train)
    estimator.fit(X_train, _safe_indexing(y, train))
    results = []
    for truncator in truncators:
        early = truncator.fit_transform(X_test)
        n_points = as_ragged(early["light_curve"], kind="light_curve").lengths
        scores = score_or_nan(scorer, estimator, early, _safe_indexing(y, test))
        results.append((scores, n_points))
    return results
