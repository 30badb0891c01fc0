"""Plot scores over the days since the first detection."""

from typing import Any, Self

import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator

from sklearn_sn.model_selection import HorizonResult, horizon_sweep
from sklearn_sn.plotting._score_lines import ScoreLinesDisplay, same_folds


class HorizonDisplay(ScoreLinesDisplay):
    """Plot of the scores of estimators over the days since the first detection.

    Parameters
    ----------
    results : dict of str to HorizonResult
        Results by the name of the estimator.

    Attributes
    ----------
    metric_ : str
        Name of the drawn score.
    ax_ : matplotlib Axes
        Axes of the plot.
    figure_ : matplotlib Figure
        Figure of the plot.

    See Also
    --------
    sklearn_sn.model_selection.horizon_sweep : Compute the scores.
    LimitedLabelsDisplay : Plot of scores over the number of labels.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.plotting import HorizonDisplay
    >>> X, y = make_supernovae(40, modalities=["light_curve"], random_state=0)
    >>> display = HorizonDisplay.from_estimator(DummyClassifier(), X, y, days=(5, 50), cv=2)
    >>> display.plot(ax=Figure().subplots(), label="Accuracy").ax_.get_xlabel()
    'Days since the first detection'
    """

    _xlabel = "Days since the first detection"

    @classmethod
    def from_results(cls, results: HorizonResult | dict[str, HorizonResult]) -> Self:
        """Create the display from computed results.

        Parameters
        ----------
        results : HorizonResult or dict of str to HorizonResult
            One result, or several by the name of the estimator.

        Returns
        -------
        HorizonDisplay
            Display of the results.
        """
        return cls._from_results(results)

    @classmethod
    def from_estimator(
        cls, estimator: BaseEstimator, X: pd.DataFrame | ArrayLike, y: ArrayLike, **kwargs: Any
    ) -> Self:
        """Score an estimator and create the display.

        Parameters
        ----------
        estimator : estimator
            Estimator to score.
        X : pandas.DataFrame of n_objects rows
            Table with a column ``light_curve``.
        y : array-like of shape (n_objects,)
            Targets.
        **kwargs : dict
            Parameters of :func:`~sklearn_sn.model_selection.horizon_sweep`.

        Returns
        -------
        HorizonDisplay
            Display of the scores.
        """
        return cls._from_results(horizon_sweep(estimator, X, y, **kwargs))

    @classmethod
    def from_estimators(
        cls,
        estimators: dict[str, BaseEstimator],
        X: pd.DataFrame | ArrayLike,
        y: ArrayLike,
        **kwargs: Any,
    ) -> Self:
        """Score several estimators on the same objects and create the display.

        Parameters
        ----------
        estimators : dict of str to estimator
            Estimators by name.
        X, y
            As for :meth:`from_estimator`.
        **kwargs : dict
            Parameters of :func:`~sklearn_sn.model_selection.horizon_sweep`. If `cv` shuffles, seed
            it, so that all estimators have the same folds.

        Returns
        -------
        HorizonDisplay
            Display of the scores.
        """
        kwargs = same_folds(kwargs)
        return cls({n: horizon_sweep(e, X, y, **kwargs) for n, e in estimators.items()})

    def _positions(self, result):
        return result.days

    def _tick_labels(self, result):
        return [f"{days:g}" for days in result.days]
