"""Scores over the days since the first detection."""

from sklearn_sn.model_selection import horizon_sweep
from sklearn_sn.plotting._score_lines import ScoreLinesDisplay, same_folds


class HorizonDisplay(ScoreLinesDisplay):
    """Score of one or several estimators over the days since the first detection.

    Parameters
    ----------
    results : dict of str to HorizonResult
        By the name of the estimator.

    Attributes
    ----------
    metric_ : str
        Name of the score that was drawn.
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure

    See Also
    --------
    sklearn_sn.model_selection.horizon_sweep : The scores.
    LimitedLabelsDisplay : Scores over the number of labels.

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
    def from_results(cls, results):
        """Show what was computed already.

        Parameters
        ----------
        results : HorizonResult or dict of str to HorizonResult

        Returns
        -------
        HorizonDisplay
        """
        return cls._of(results)

    @classmethod
    def from_estimator(cls, estimator, X, y, **kwargs):
        """Score an estimator and show it.

        Parameters
        ----------
        estimator : estimator
        X : pandas.DataFrame of n_objects rows
            With a column ``light_curve``.
        y : array-like of shape (n_objects,)
        **kwargs : dict
            Passed to :func:`~sklearn_sn.model_selection.horizon_sweep`.

        Returns
        -------
        HorizonDisplay
        """
        return cls._of(horizon_sweep(estimator, X, y, **kwargs))

    @classmethod
    def from_estimators(cls, estimators, X, y, **kwargs):
        """Score several estimators on the same objects and show them together.

        Parameters
        ----------
        estimators : dict of str to estimator
        X, y
            As for :meth:`from_estimator`.
        **kwargs : dict
            Passed to :func:`~sklearn_sn.model_selection.horizon_sweep`. Give `cv` a seed if it
            shuffles, so that all estimators have the same folds.

        Returns
        -------
        HorizonDisplay
        """
        kwargs = same_folds(kwargs)
        return cls({n: horizon_sweep(e, X, y, **kwargs) for n, e in estimators.items()})

    def _positions(self, result):
        return result.days

    def _tick_labels(self, result):
        return [f"{days:g}" for days in result.days]
