"""Scores over the number of labels."""

from sklearn_sn.model_selection import limited_labels_curve
from sklearn_sn.plotting._score_lines import ScoreLinesDisplay, same_folds


class LimitedLabelsDisplay(ScoreLinesDisplay):
    """Score of one or several estimators over the number of labels that they were given.

    Parameters
    ----------
    results : dict of str to LimitedLabelsResult
        By the name of the estimator.

    Attributes
    ----------
    metric_ : str
        Name of the score that was drawn.
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure

    See Also
    --------
    sklearn_sn.model_selection.limited_labels_curve : The scores.
    HorizonDisplay : Scores over the days since the first detection.

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
    def from_results(cls, results):
        """Show what was computed already.

        Parameters
        ----------
        results : LimitedLabelsResult or dict of str to LimitedLabelsResult

        Returns
        -------
        LimitedLabelsDisplay
        """
        return cls._of(results)

    @classmethod
    def from_estimator(cls, estimator, X, y, *, random_state=0, **kwargs):
        """Score an estimator and show it.

        Parameters
        ----------
        estimator : estimator
        X : DataFrame or array of n_objects rows
        y : array-like of shape (n_objects,)
        random_state : int, RandomState or None, default=0
            Of the draws.
        **kwargs : dict
            Passed to :func:`~sklearn_sn.model_selection.limited_labels_curve`.

        Returns
        -------
        LimitedLabelsDisplay
        """
        return cls._of(limited_labels_curve(estimator, X, y, random_state=random_state, **kwargs))

    @classmethod
    def from_estimators(cls, estimators, X, y, *, random_state=0, **kwargs):
        """Score several estimators on the same objects and show them together.

        Parameters
        ----------
        estimators : dict of str to estimator
        X, y
            As for :meth:`from_estimator`.
        random_state : int, default=0
            Of the draws; an integer gives all estimators the same.
        **kwargs : dict
            Passed to :func:`~sklearn_sn.model_selection.limited_labels_curve`.

        Returns
        -------
        LimitedLabelsDisplay
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
