"""Results of sweeps: scores as a function of a varied quantity."""

import warnings
from dataclasses import dataclass, field

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class _Sweep:
    """Scores of all fits, with their means and standard deviations."""

    scores: dict[str, np.ndarray]

    @property
    def mean(self) -> dict[str, np.ndarray]:
        """Mean of each score over all fits: dict of str to array."""
        return {name: _over_fits(np.nanmean, values) for name, values in self.scores.items()}

    @property
    def std(self) -> dict[str, np.ndarray]:
        """Standard deviation of each score over all fits: dict of str to array."""
        return {name: _over_fits(np.nanstd, values) for name, values in self.scores.items()}

    def to_frame(self) -> pd.DataFrame:
        """Return the mean and standard deviation of each score as a table.

        Returns
        -------
        pandas.DataFrame
            One row per value of the varied quantity; columns are (score, "mean") and (score,
            "std").
        """
        mean, std = self.mean, self.std
        columns = {
            (name, statistic): values[name]
            for name in self.scores
            for statistic, values in (("mean", mean), ("std", std))
        }
        return pd.DataFrame(columns, index=self._index())


@dataclass(frozen=True)
class LimitedLabelsResult(_Sweep):
    """Result of :func:`limited_labels_curve`.

    Parameters
    ----------
    scores : dict of str to array of shape (n_budgets, n_folds, n_draws)
        Scores by name; the name of a single score is "score". NaN marks combinations without a fit:
        the complete training part is fitted once per fold.
    n_labels : array of shape (n_budgets,)
        Number of labels of the fits; for the complete training part its mean size.
    whole : array of bool, shape (n_budgets,)
        True for the complete training part.

    Attributes
    ----------
    mean : dict of str to array of shape (n_budgets,)
        Mean of each score over folds and draws.
    std : dict of str to array of shape (n_budgets,)
        Standard deviation of each score over folds and draws.

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
    """Result of :func:`horizon_sweep`.

    Parameters
    ----------
    scores : dict of str to array of shape (n_horizons, n_folds)
        Scores by name; the name of a single score is "score".
    days : array of shape (n_horizons,)
        Horizons, in days from the first detection.
    n_points : array of shape (n_horizons,)
        Median number of points of a test object at each horizon.

    Attributes
    ----------
    mean : dict of str to array of shape (n_horizons,)
        Mean of each score over folds.
    std : dict of str to array of shape (n_horizons,)
        Standard deviation of each score over folds.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_sn.model_selection import HorizonResult
    >>> scores = {"score": np.array([[0.5, 0.7], [0.8, 0.8]])}
    >>> HorizonResult(scores, np.array([3.0, 30.0]), np.array([4.0, 20.0])).mean["score"]
    array([0.6, 0.8])
    """

    days: np.ndarray
    n_points: np.ndarray | None = field(default=None)

    def _index(self):
        return pd.Index(self.days, name="days")


def _over_fits(reduce, values):
    return reduce(np.reshape(values, (len(values), -1)), axis=1)


def score_or_nan(scorer, estimator, X, y):
    """Return the result of a scorer; warn and return no scores if it raises an error."""
    try:
        return scorer(estimator, X, y)
    except Exception as error:
        # For example, a small test part may lack a class; the other folds remain valid.
        warnings.warn(
            f"Scoring failed on {len(y)} objects; the score is set to NaN. {error}",
            UserWarning,
            stacklevel=2,
        )
        return {}


def gather_scores(scores_by_fit, shape):
    """Collect the scores of single fits in arrays.

    Parameters
    ----------
    scores_by_fit : dict of tuple of int to (dict of str to float, or float)
        Scores of each fit, by its index in the array.
    shape : tuple of int
        Shape of the arrays.

    Returns
    -------
    dict of str to array of this shape
        Scores by name, with NaN where there was no fit.
    """
    scores = {}
    for index, values in scores_by_fit.items():
        for name, value in (values if isinstance(values, dict) else {"score": values}).items():
            scores.setdefault(name, np.full(shape, np.nan))[index] = value
    return scores or {"score": np.full(shape, np.nan)}
