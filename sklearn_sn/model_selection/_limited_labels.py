"""How good an estimator is with so many labels."""

from numbers import Integral

import numpy as np
from sklearn.base import clone, is_classifier
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
    estimator,
    X,
    y,
    *,
    n_labels="auto",
    cv=5,
    n_draws=5,
    groups=None,
    stratify="auto",
    scoring=None,
    n_jobs=None,
    random_state=None,
):
    """Score an estimator that was fitted on a few labels, many times.

    From the training part of each fold, labelled objects are drawn, a clone of the estimator is
    fitted on these alone, and scored on the test part. A draw of more labels holds those of the
    draws of fewer, and with an integer `random_state` every estimator gets the same objects, so
    that curves can be compared point by point. In a network with ``pretrained=FrozenEstimator(…)``,
    or behind one in a Pipeline, what was pretrained stays as it is.

    Parameters
    ----------
    estimator : estimator
        With ``fit``; it is not changed.
    X : DataFrame or array of n_objects rows
    y : array-like of shape (n_objects,)
        Classes or numbers.
    n_labels : sequence of int or None, default="auto"
        Objects that fits see; None is the whole training part, which is "Full" where 128 is
        "Limited" [1]_. "auto" is 128, 256, 512 and 1024, as far as the training parts go, and None.
    cv : int, splitter or iterable of (train, test), default=5
        As in :func:`sklearn.model_selection.cross_validate`.
    n_draws : int, default=5
        Draws from each training part; the whole one is fitted once.
    groups : array-like of shape (n_objects,), optional
        For splitters that keep groups together, such as
        :class:`sklearn.model_selection.StratifiedGroupKFold`.
    stratify : "auto", array-like of shape (n_objects,) or None, default="auto"
        What the draws hold in the proportions of the training part, one of each at least. "auto" is
        `y` if the estimator is a classifier; None draws at random.
    scoring : str, callable, list, tuple, set, dict or None, default=None
        As in :func:`sklearn.model_selection.cross_validate`; None is the estimator's own ``score``.
    n_jobs : int, default=None
        Processes for the fits.
    random_state : int, RandomState or None, default=None
        Of the draws.

    Returns
    -------
    LimitedLabelsResult
        With ``scores`` (name to array of shape (n_budgets, n_folds, n_draws)), ``n_labels``,
        ``mean`` and ``std``.

    Raises
    ------
    ValueError
        If a training part has fewer objects than labels are asked for, or more classes.

    See Also
    --------
    horizon_sweep : How good an estimator is early.
    sklearn_sn.plotting.LimitedLabelsDisplay : The picture.

    References
    ----------
    .. [1] Anonymous (2025), "Simulation-Pretrained Foundation Models for Domain-General
       Astronomical Time Series Tasks with Minimal Labeled Data", workshop paper.

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
    kinds = _kinds(stratify, estimator, y)
    scorer = check_scoring(estimator, scoring)
    splitter = check_cv(cv, y, classifier=is_classifier(estimator))
    rng = check_random_state(random_state)
    parts = list(splitter.split(X, y, groups))
    if not parts:
        raise ValueError(
            "The 'cv' parameter of limited_labels_curve makes no folds; is it used up?"
        )
    if isinstance(n_labels, str) and n_labels == "auto":
        least = min(len(train) for train, _ in parts)
        n_labels = [*(budget for budget in AUTO if budget < least), None]
    budgets = _budgets(n_labels)
    tasks, sizes = {}, []
    for fold, (train, test) in enumerate(parts):
        sizes.append(len(train))
        here = kinds[train]
        _check_part(budgets, here, fold)
        for draw in range(n_draws):
            order = train[stratified_order(here, rng)]
            for place, budget in enumerate(budgets):
                if budget is not None:
                    tasks[place, fold, draw] = (order[:budget], test)
                elif draw == 0:
                    tasks[place, fold, draw] = (train, test)
    found = Parallel(n_jobs=n_jobs)(
        delayed(_fit_and_score)(clone(estimator), X, y, train, test, scorer)
        for train, test in tasks.values()
    )
    shape = (len(budgets), len(sizes), n_draws)
    whole = np.array([budget is None for budget in budgets])
    counts = [np.mean(sizes) if budget is None else budget for budget in budgets]
    scores = gather_scores(dict(zip(tasks, found, strict=True)), shape)
    return LimitedLabelsResult(scores, np.array(counts, dtype=np.float64), whole)


def stratified_order(kinds, rng):
    """An order of which every beginning holds the kinds in their proportions.

    Parameters
    ----------
    kinds : array of int, shape (n,)
    rng : RandomState

    Returns
    -------
    array of int, shape (n,)
        First comes one of each kind.
    """
    order = rng.permutation(len(kinds))
    shuffled = kinds[order]
    by_kind = np.argsort(shuffled, kind="stable")
    counts = np.bincount(shuffled)
    rank = np.empty(len(kinds))
    rank[by_kind] = np.arange(len(kinds)) - np.repeat(np.cumsum(counts) - counts, counts)
    # Each kind is spread evenly over [0, 1).
    place = np.where(rank == 0, 0.0, (rank + 0.5) / counts[shuffled])
    return order[np.argsort(place, kind="stable")]


def _fit_and_score(estimator, X, y, train, test, scorer):
    estimator.fit(_safe_indexing(X, train), _safe_indexing(y, train))
    return score_or_nan(scorer, estimator, _safe_indexing(X, test), _safe_indexing(y, test))


def _budgets(n_labels):
    budgets = [n_labels] if n_labels is None or isinstance(n_labels, Integral) else list(n_labels)
    if not budgets or not all(b is None or (isinstance(b, Integral) and b > 0) for b in budgets):
        raise ValueError(
            "The 'n_labels' parameter of limited_labels_curve must hold positive integers, or None "
            f"for all. Got {n_labels!r} instead."
        )
    return budgets


def _kinds(stratify, estimator, y):
    """Kinds of objects as numbers; all alike where draws are at random."""
    if stratify is None or (isinstance(stratify, str) and not is_classifier(estimator)):
        return np.zeros(_num_samples(y), dtype=np.int64)
    kinds = column_or_1d(y if isinstance(stratify, str) else stratify)
    if len(kinds) != _num_samples(y):
        raise ValueError(f"stratify has {len(kinds)} entries, but there are {len(y)} objects.")
    return np.unique(kinds, return_inverse=True)[1]


def _check_part(budgets, kinds, fold):
    given = [budget for budget in budgets if budget is not None]
    n_kinds = len(np.unique(kinds))
    if given and max(given) > len(kinds):
        raise ValueError(
            f"n_labels asks for {max(given)} labels, but the training part of fold {fold} has "
            f"{len(kinds)} objects; use None for all of them."
        )
    if given and min(given) < n_kinds:
        raise ValueError(
            f"n_labels asks for {min(given)} labels, which cannot hold one of each of {n_kinds} "
            "classes; use stratify=None for draws without regard to class."
        )
