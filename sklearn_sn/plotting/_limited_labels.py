"""Plot scores over the number of labels."""

from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator

from sklearn_sn.model_selection import LimitedLabelsResult, limited_labels_curve
from sklearn_sn.plotting._score_lines import ScoreLinesDisplay, same_folds


class LimitedLabelsDisplay(ScoreLinesDisplay):
    """Plot of the scores of estimators over the number of training labels.

    Parameters
    ----------
    results : dict of str to LimitedLabelsResult
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
    sklearn_sn.model_selection.limited_labels_curve : Compute the scores.
    HorizonDisplay : Plot of scores over the days since the first detection.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from sklearn_sn.plotting import LimitedLabelsDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> display = LimitedLabelsDisplay.from_estimator(GaussianNB(), X, y, n_labels=(12, None))
    >>> display.plot(ax=Figure().subplots(), label="Accuracy").ax_.get_xlabel()
    'Labelled objects'
    """

    _xlabel = "Labelled objects"

    @classmethod
    def from_results(cls, results: LimitedLabelsResult | dict[str, LimitedLabelsResult]) -> Self:
        """Create the display from computed results.

        Parameters
        ----------
        results : LimitedLabelsResult or dict of str to LimitedLabelsResult
            One result, or several by the name of the estimator.

        Returns
        -------
        LimitedLabelsDisplay
            Display of the results.
        """
        return cls._from_results(results)

    @classmethod
    def from_estimator(
        cls,
        estimator: BaseEstimator,
        X: pd.DataFrame | ArrayLike,
        y: ArrayLike,
        *,
        random_state: int | np.random.RandomState | None = 0,
        **kwargs: Any,
    ) -> Self:
        """Score an estimator and create the display.

        Parameters
        ----------
        estimator : estimator
            Estimator to score.
        X : DataFrame or array of n_objects rows
            Input of the estimator.
        y : array-like of shape (n_objects,)
            Targets.
        random_state : int, RandomState or None, default=0
            Seed of the draws of labelled objects.
        **kwargs : dict
            Parameters of :func:`~sklearn_sn.model_selection.limited_labels_curve`.

        Returns
        -------
        LimitedLabelsDisplay
            Display of the scores.
        """
        return cls._from_results(
            limited_labels_curve(estimator, X, y, random_state=random_state, **kwargs)
        )

    @classmethod
    def from_estimators(
        cls,
        estimators: dict[str, BaseEstimator],
        X: pd.DataFrame | ArrayLike,
        y: ArrayLike,
        *,
        random_state: int = 0,
        **kwargs: Any,
    ) -> Self:
        """Score several estimators on the same objects and create the display.

        Parameters
        ----------
        estimators : dict of str to estimator
            Estimators by name.
        X, y
            As for :meth:`from_estimator`.
        random_state : int, default=0
            Seed of the draws. An int gives all estimators the same draws.
        **kwargs : dict
            Parameters of :func:`~sklearn_sn.model_selection.limited_labels_curve`.

        Returns
        -------
        LimitedLabelsDisplay
            Display of the scores.
        """
        kwargs = same_folds(kwargs)
        return cls(
            {
                name: limited_labels_curve(estimator, X, y, random_state=random_state, **kwargs)
                for name, estimator in estimators.items()
            }
        )

    def _positions(self, result):
        return result.n_labels

    def _tick_labels(self, result):
        return [
            f"all\n({count:,.0f})" if whole else f"{count:,.0f}"
            for count, whole in zip(result.n_labels, result.whole, strict=True)
        ]
