"""Scores over something that was varied, such as the number of labels or of days."""

import warnings
from dataclasses import dataclass, field

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class _Sweep:
    """Scores of folds, and their means and standard deviations."""

    scores: dict

    @property
    def mean(self):
        """Mean of each score over all fits: dict of str to array."""
        return {name: _over_fits(np.nanmean, values) for name, values in self.scores.items()}

    @property
    def std(self):
        """Standard deviation of each score over all fits: dict of str to array."""
        return {name: _over_fits(np.nanstd, values) for name, values in self.scores.items()}

    def to_frame(self):
        """Mean and standard deviation of each score.

        Returns
        -------
        pandas.DataFrame
            A row for each value that was varied; columns are (score, "mean") and (score, "std").
        """
        mean, std = self.mean, self.std
        columns = {
            (name, what): values[name]
            for name in self.scores
            for what, values in (("mean", mean), ("std", std))
        }
        return pd.DataFrame(columns, index=self._index())


@dataclass(frozen=True)
class LimitedLabelsResult(_Sweep):
    """What :func:`limited_labels_curve` found.

    Parameters
    ----------
    scores : dict of str to array of shape (n_budgets, n_folds, n_draws)
        By the name of the score, "score" where there is one only. NaN where no fit was made: the
        whole training part is drawn once.
    n_labels : array of shape (n_budgets,)
        Labels that the fits saw; for the whole training part its mean size.
    whole : array of bool, shape (n_budgets,)
        Whether it was the whole training part.

    Attributes
    ----------
    mean, std : dict of str to array of shape (n_budgets,)
        Over folds and draws.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_sn.model_selection import LimitedLabelsResult
    >>> scores = {"score": np.array([[[0.5, 0.7]], [[0.9, np.nan]]])}
    >>> result = LimitedLabelsResult(scores, np.array([10, 80]), np.array([False, True]))
    >>> result.mean["score"], result.std["score"]
    (array([0.6, 0.9]), array([0.1, 0. ]))
    """

    n_labels: np.ndarray
    whole: np.ndarray

    def _index(self):
        return pd.Index(np.round(self.n_labels).astype(int), name="n_labels")


@dataclass(frozen=True)
class HorizonResult(_Sweep):
    """What :func:`horizon_sweep` found.

    Parameters
    ----------
    scores : dict of str to array of shape (n_horizons, n_folds)
        By the name of the score, "score" where there is one only.
    days : array of shape (n_horizons,)
        Days from the first detection.
    n_points : array of shape (n_horizons,)
        Points that an object of the test parts had by then, the median.

    Attributes
    ----------
    mean, std : dict of str to array of shape (n_horizons,)
        Over folds.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_sn.model_selection import HorizonResult
    >>> scores = {"score": np.array([[0.5, 0.7], [0.8, 0.8]])}
    >>> HorizonResult(scores, np.array([3.0, 30.0]), np.array([4.0, 20.0])).mean["score"]
    array([0.6, 0.8])
    """

    days: np.ndarray
    n_points: np.ndarray = field(default=None)

    def _index(self):
        return pd.Index(self.days, name="days")


def _over_fits(reduce, values):
    return reduce(np.reshape(values, (len(values), -1)), axis=1)


def score_or_nan(scorer, estimator, X, y):
    """What a scorer answers; nothing, with a warning, where it fails for lack of a class, say."""
    try:
        return scorer(estimator, X, y)
    except Exception as error:
        warnings.warn(
            f"Scoring failed on {len(y)} objects, and their score is NaN: {error}",
            UserWarning,
            stacklevel=2,
        )
        return {}


def gather_scores(found, shape):
    """Scores of single fits as arrays.

    Parameters
    ----------
    found : dict of tuple of int to (dict of str to float, or float)
        By their place in the array.
    shape : tuple of int

    Returns
    -------
    dict of str to array of this shape
        NaN where there was no fit.
    """
    scores = {}
    for place, values in found.items():
        for name, value in (values if isinstance(values, dict) else {"score": values}).items():
            scores.setdefault(name, np.full(shape, np.nan))[place] = value
    return scores or {"score": np.full(shape, np.nan)}
