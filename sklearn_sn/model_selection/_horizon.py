"""How good an estimator is so many days after the first detection."""

from numbers import Integral

import numpy as np
import pandas as pd
from sklearn.base import clone, is_classifier
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
    estimator,
    X,
    y,
    *,
    days=(3, 5, 10, 20, 30, 50, 100),
    cv=5,
    groups=None,
    scoring=None,
    fit_on="all",
    origin="detection",
    n_jobs=None,
):
    """Score an estimator on light curves that end so many days after the first detection.

    The test part of each fold is cut to every horizon by
    :class:`~sklearn_sn.preprocessing.LightCurveTruncator`: points before the first detection (a
    signal-to-noise ratio of 5 or more) stay, since they were known by then. Nothing but the column
    ``light_curve`` is cut: leave out of X what was known later, such as the redshift.

    Parameters
    ----------
    estimator : estimator
        With ``fit``; it is not changed.
    X : pandas.DataFrame of n_objects rows
        With a column ``light_curve``.
    y : array-like of shape (n_objects,)
        Classes or numbers.
    days : sequence of float, default=(3, 5, 10, 20, 30, 50, 100)
        Horizons, in days.
    cv : int, splitter or iterable of (train, test), default=5
        As in :func:`sklearn.model_selection.cross_validate`.
    groups : array-like of shape (n_objects,), optional
        For splitters that keep groups together, such as
        :class:`sklearn.model_selection.StratifiedGroupKFold`.
    scoring : str, callable, list, tuple, set, dict or None, default=None
        As in :func:`sklearn.model_selection.cross_validate`; None is the estimator's own ``score``.
    fit_on : {"all", "horizon"}, default="all"
        Fit once on whole light curves, as a model does that is to answer at any time, or anew on
        light curves that are cut as those of the test are.
    origin : {"detection", "first"}, default="detection"
        Days count from the first detection, or from the first point.
    n_jobs : int, default=None
        Processes for the fits.

    Returns
    -------
    HorizonResult
        With ``scores`` (name to array of shape (n_horizons, n_folds)), ``days``, ``n_points``,
        ``mean`` and ``std``.

    Raises
    ------
    ValueError
        If `days` are not positive, or X has no light curves.

    See Also
    --------
    limited_labels_curve : How good an estimator is with few labels.
    sklearn_sn.classification.GRUClassifier.predict_proba_history : Answers after each point.
    sklearn_sn.plotting.HorizonDisplay : The picture.

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
            "The 'days' parameter of horizon_sweep must hold positive numbers. Got "
            f"{days.tolist()!r} instead."
        )
    days = days.astype(np.float64)
    if not isinstance(X, pd.DataFrame) or "light_curve" not in X.columns:
        raise ValueError(
            "horizon_sweep needs a pandas.DataFrame with a column 'light_curve'; got "
            f"{list(X.columns)[:10] if isinstance(X, pd.DataFrame) else type(X).__name__}."
        )
    X, y, groups = indexable(X, y, groups)
    scorer = check_scoring(estimator, scoring)
    splits = check_cv(cv, y, classifier=is_classifier(estimator)).split(X, y, groups)
    cuts = [LightCurveTruncator(float(n_days), origin=origin) for n_days in days]
    tasks = []
    for fold, part in enumerate(splits):
        places = range(len(cuts))
        groups_of_places = [list(places)] if fit_on == "all" else [[place] for place in places]
        tasks += [(fold, part, chosen) for chosen in groups_of_places]
    if not tasks:
        raise ValueError("The 'cv' parameter of horizon_sweep makes no folds; is it used up?")
    found = Parallel(n_jobs=n_jobs)(
        delayed(_fit_and_score)(
            clone(estimator), X, y, *part, [cuts[p] for p in chosen], fit_on == "horizon", scorer
        )
        for _, part, chosen in tasks
    )
    scores, lengths = {}, [[] for _ in days]
    for (fold, _, chosen), answers in zip(tasks, found, strict=True):
        for place, (values, n_points) in zip(chosen, answers, strict=True):
            scores[place, fold] = values
            lengths[place].append(n_points)
    n_folds = 1 + max(fold for fold, _, _ in tasks)
    n_points = np.array([np.median(np.concatenate(parts)) for parts in lengths])
    return HorizonResult(gather_scores(scores, (len(days), n_folds)), days, n_points)


def _fit_and_score(estimator, X, y, train, test, cuts, cut_training, scorer):
    """Scores and numbers of points at each of the horizons, of one fit."""
    X_train, X_test = (_safe_indexing(X, rows) for rows in (train, test))
    if cut_training:
        (cut,) = cuts
        X_train = cut.fit_transform(X_train)
    estimator.fit(X_train, _safe_indexing(y, train))
    answers = []
    for cut in cuts:
        known = cut.fit_transform(X_test)
        n_points = as_ragged(known["light_curve"], kind="light_curve").lengths
        found = score_or_nan(scorer, estimator, known, _safe_indexing(y, test))
        answers.append((found, n_points))
    return answers
