"""Score estimators with a limited number of labels."""

from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.metrics import check_scoring
from sklearn.model_selection import check_cv
from sklearn.utils import _safe_indexing, check_random_state, indexable
from sklearn.utils._param_validation import Interval, StrOptions, validate_parameter_constraints
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import _num_samples, column_or_1d

from sklearn_sn.model_selection._results import LimitedLabelsResult, gather_scores, score_or_nan

AUTO = (128, 256, 512, 1024)
_CONSTRAINTS = {
    "n_draws": [Interval(Integral, 1, None, closed="left")],
    "stratify": [StrOptions({"auto"}), "array-like", None],
    "n_jobs": [Integral, None],
    "random_state": ["random_state"],
}


def limited_labels_curve(
    estimator: BaseEstimator,
    X: pd.DataFrame | ArrayLike,
    y: ArrayLike,
    *,
    n_labels: str | Sequence[int | None] = "auto",
    cv: Any = 5,
    n_draws: int = 5,
    groups: ArrayLike | None = None,
    stratify: str | ArrayLike | None = "auto",
    scoring: str | Callable[..., Any] | Sequence[str] | dict[str, Any] | None = None,
    n_jobs: int | None = None,
    random_state: int | np.random.RandomState | None = None,
) -> LimitedLabelsResult:
    """Score an estimator that is fitted on few labels, repeatedly.

    Labelled objects are drawn from the training part of each fold. A clone of the estimator is
    fitted on these objects only and scored on the test part. Larger draws contain the smaller ones.
    With an integer `random_state` every estimator gets the same objects, so that curves can be
    compared point by point. Networks with ``pretrained=FrozenEstimator(…)``, and frozen steps of a
    Pipeline, keep their pretrained weights.

    Parameters
    ----------
    estimator : estimator
        Estimator with ``fit``. It is cloned, not modified.
    X : DataFrame or array of n_objects rows
        Input of the estimator.
    y : array-like of shape (n_objects,)
        Classes or numbers.
    n_labels : sequence of int or None, default="auto"
        Numbers of labelled objects; None is the complete training part. In [1]_, 128 is "Limited"
        and None is "Full". "auto" is 128, 256, 512 and 1024, as far as they are smaller than the
        training parts, and None.
    cv : int, splitter or iterable of (train, test), default=5
        Cross-validation, as in :func:`sklearn.model_selection.cross_validate`.
    n_draws : int, default=5
        Number of draws from each training part. The complete part is fitted once.
    groups : array-like of shape (n_objects,), optional
        Groups, for splitters that keep groups together, such as
        :class:`sklearn.model_selection.StratifiedGroupKFold`.
    stratify : "auto", array-like of shape (n_objects,) or None, default="auto"
        Categories whose proportions the draws preserve, with at least one object of each. "auto" is
        `y` if the estimator is a classifier; None draws at random.
    scoring : str, callable, list, tuple, set, dict or None, default=None
        Score, as in :func:`sklearn.model_selection.cross_validate`. None uses the estimator's
        ``score``.
    n_jobs : int, default=None
        Number of parallel fits.
    random_state : int, RandomState or None, default=None
        Seed of the draws.

    Returns
    -------
    LimitedLabelsResult
        Result with ``scores`` (name to array of shape (n_budgets, n_folds, n_draws)),
        ``n_labels``, ``mean`` and ``std``.

    Raises
    ------
    ValueError
        If a training part has fewer objects than a number of labels, or more classes, or if `cv`
        has no folds.

    See Also
    --------
    horizon_sweep : Score an estimator at early times.
    sklearn_sn.plotting.LimitedLabelsDisplay : Plot of the scores.

    References
    ----------
    .. [1] "Simulation-Pretrained Foundation Models for Domain-General Astronomical Time Series
       Tasks with Minimal Labeled Data" (2025). Workshop paper (anonymous copy).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn_sn.model_selection import limited_labels_curve
    >>> X, y = load_iris(return_X_y=True)
    >>> result = limited_labels_curve(
    ...     LogisticRegression(max_iter=500), X, y, n_labels=(6, 60, None), random_state=0
    ... )
    >>> result.scores["score"].shape, result.n_labels
    ((3, 5, 5), array([  6.,  60., 120.]))
    >>> result.mean["score"].round(2)
    array([0.87, 0.96, 0.97])
    """
    validate_parameter_constraints(
        _CONSTRAINTS,
        {"n_draws": n_draws, "stratify": stratify, "n_jobs": n_jobs, "random_state": random_state},
        caller_name="limited_labels_curve",
    )
    X, y, groups = indexable(X, y, groups)
    strata = _strata(stratify, estimator, y)
    scorer = check_scoring(estimator, scoring)
    splitter = check_cv(cv, y, classifier=is_classifier(estimator))
    # Draw all objects before the fits, so that the draws do not depend on n_jobs.
    rng = check_random_state(random_state)
    parts = list(splitter.split(X, y, groups))
    if not parts:
        raise ValueError(
            "The 'cv' parameter of limited_labels_curve has no folds. An iterator can be used only "
            "once; pass a list or a splitter."
        )
    if isinstance(n_labels, str) and n_labels == "auto":
        least = min(len(train) for train, _ in parts)
        n_labels = [*(budget for budget in AUTO if budget < least), None]
    budgets = _budgets(n_labels)
    tasks, sizes = {}, []
    for fold, (train, test) in enumerate(parts):
        sizes.append(len(train))
        train_strata = strata[train]
        _check_part(budgets, train_strata, fold)
        for draw in range(n_draws):
            order = train[stratified_order(train_strata, rng)]
            for i, budget in enumerate(budgets):
                if budget is not None:
                    # Prefixes of one order: larger draws contain the smaller ones.
                    tasks[i, fold, draw] = (order[:budget], test)
                elif draw == 0:  # the complete training part is the same in every draw
                    tasks[i, fold, draw] = (train, test)
    results = Parallel(n_jobs=n_jobs)(
        delayed(_fit_and_score)(clone(estimator), X, y, train, test, scorer)
        for train, test in tasks.values()
    )
    shape = (len(budgets), len(sizes), n_draws)
    whole = np.array([budget is None for budget in budgets])
    counts = [np.mean(sizes) if budget is None else budget for budget in budgets]
    scores = gather_scores(dict(zip(tasks, results, strict=True)), shape)
    return LimitedLabelsResult(scores, np.array(counts, dtype=np.float64), whole)


def stratified_order(strata, rng):
    """Return a random order of which every prefix preserves the proportions of the strata.

    Parameters
    ----------
    strata : array of int, shape (n,)
        Stratum of each object.
    rng : RandomState
        Source of randomness.

    Returns
    -------
    array of int, shape (n,)
        Order of the objects, beginning with one object of each stratum.
    """
    order = rng.permutation(len(strata))
    shuffled = strata[order]
    by_stratum = np.argsort(shuffled, kind="stable")
    counts = np.bincount(shuffled)
    rank = np.empty(len(strata))
    rank[by_stratum] = np.arange(len(strata)) - np.repeat(np.cumsum(counts) - counts, counts)
    # Spread each stratum evenly over [0, 1).
    position = np.where(rank == 0, 0.0, (rank + 0.5) / counts[shuffled])
    return order[np.argsort(position, kind="stable")]


def _fit_and_score(estimator, X, y, train, test, scorer):
    estimator.fit(_safe_indexing(X, train), _safe_indexing(y, train))
    return score_or_nan(scorer, estimator, _safe_indexing(X, test), _safe_indexing(y, test))


def _budgets(n_labels):
    budgets = [n_labels] if n_labels is None or isinstance(n_labels, Integral) else list(n_labels)
    if not budgets or not all(b is None or (isinstance(b, Integral) and b > 0) for b in budgets):
        raise ValueError(
            "The 'n_labels' parameter of limited_labels_curve must hold positive ints, or None for "
            f"all labels. Got {n_labels!r} instead."
        )
    return budgets


def _strata(stratify, estimator, y):
    """Return the stratum of each object as an int; zeros for draws at random."""
    if stratify is None or (isinstance(stratify, str) and not is_classifier(estimator)):
        return np.zeros(_num_samples(y), dtype=np.int64)
    strata = column_or_1d(y if isinstance(stratify, str) else stratify)
    if len(strata) != _num_samples(y):
        raise ValueError(
            "The 'stratify' parameter of limited_labels_curve must have one entry per object. Got "
            f"{len(strata)} entries for {len(y)} objects."
        )
    return np.unique(strata, return_inverse=True)[1]


def _check_part(budgets, strata, fold):
    given = [budget for budget in budgets if budget is not None]
    n_strata = len(np.unique(strata))
    if given and max(given) > len(strata):
        raise ValueError(
            "The 'n_labels' parameter of limited_labels_curve must not exceed the training part. "
            f"Got {max(given)}, but the training part of fold {fold} has {len(strata)} objects; "
            "use None for all of them."
        )
    if given and min(given) < n_strata:
        raise ValueError(
            f"The 'n_labels' parameter of limited_labels_curve must hold at least {n_strata}, for "
            f"one of each of {n_strata} classes. Got {min(given)} instead; use stratify=None to "
            "draw without stratification."
        )
