"""Plot estimated against true redshifts."""

from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator

from sklearn_sn.metrics import nmad, outlier_fraction
from sklearn_sn.plotting._axes import finish_axes, new_axes
from sklearn_sn.plotting._classes import one_per_object, scatter_classes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_OUTLIER = 0.15  # threshold of |dz| / (1 + z): Ilbert et al. (2009, ApJ 690, 1236)


class RedshiftDisplay:
    """Plot of estimated against true redshift, with lines of equality and of the outlier limits.

    The title gives the NMAD and the fraction of outliers, for which
    ``|z_pred - z_true| / (1 + z_true)`` exceeds 0.15.

    Parameters
    ----------
    z_true : array-like of shape (n_objects,)
        True redshifts, finite.
    z_pred : array-like of shape (n_objects,)
        Estimated redshifts, finite.
    y : array-like of shape (n_objects,), optional
        Classes; None for unknown ones.

    Attributes
    ----------
    nmad_ : float
        Normalised median absolute deviation.
    outlier_fraction_ : float
        Fraction of outliers.
    ax_ : matplotlib Axes
        Axes of the plot.
    figure_ : matplotlib Figure
        Figure of the plot.

    See Also
    --------
    sklearn_sn.metrics.nmad : Normalised median absolute deviation.
    sklearn_sn.metrics.outlier_fraction : Fraction of catastrophic errors.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from sklearn_sn.plotting import RedshiftDisplay
    >>> display = RedshiftDisplay.from_predictions([0.1, 0.2, 0.3, 0.4], [0.1, 0.2, 0.3, 0.9])
    >>> display.plot(ax=Figure().subplots()).outlier_fraction_
    0.25
    """

    def __init__(self, z_true: ArrayLike, z_pred: ArrayLike, y: ArrayLike | None = None) -> None:
        self.z_true = z_true
        self.z_pred = z_pred
        self.y = y

    @classmethod
    def from_predictions(
        cls, z_true: ArrayLike, z_pred: ArrayLike, y: ArrayLike | None = None
    ) -> Self:
        """Create the display from redshifts.

        Parameters
        ----------
        z_true, z_pred, y
            As for the class.

        Returns
        -------
        RedshiftDisplay
            Display of the redshifts.
        """
        return cls(np.asarray(z_true, float).ravel(), np.asarray(z_pred, float).ravel(), y)

    @classmethod
    def from_estimator(
        cls,
        estimator: BaseEstimator,
        X: pd.DataFrame | ArrayLike,
        z_true: ArrayLike,
        y: ArrayLike | None = None,
    ) -> Self:
        """Estimate redshifts and create the display.

        Parameters
        ----------
        estimator : fitted estimator
            Estimator whose ``predict`` returns redshifts.
        X : pandas.DataFrame of n_objects rows
            Input of ``estimator.predict``.
        z_true : array-like of shape (n_objects,)
            True redshifts.
        y : array-like of shape (n_objects,), optional
            Classes; None for unknown ones.

        Returns
        -------
        RedshiftDisplay
            Display of the redshifts.
        """
        return cls.from_predictions(z_true, estimator.predict(X), y)

    def plot(self, ax: "Axes | None" = None, **kwargs: Any) -> Self:
        """Draw the comparison.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Axes to draw on. By default a new figure is created.
        **kwargs : dict
            Options of ``ax.scatter``, such as ``s`` and ``alpha``.

        Returns
        -------
        RedshiftDisplay
            The display itself.

        Raises
        ------
        ValueError
            If lengths differ, there are no objects, or a redshift is not finite.
        """
        z_true, z_pred = np.asarray(self.z_true, float), np.asarray(self.z_pred, float)
        self.nmad_ = nmad(z_true, z_pred)
        self.outlier_fraction_ = outlier_fraction(z_true, z_pred, threshold=_OUTLIER)
        y = one_per_object(self.y, len(z_true), "y")
        self.ax_ = ax = new_axes(ax, figsize=(5.6 if y is None else 6.6, 5.2))
        self.figure_ = ax.figure
        kwargs = {"s": float(np.clip(12_000 / len(z_true), 6.0, 30.0)), "alpha": 0.85} | kwargs
        scatter_classes(ax, z_true, z_pred, y, **kwargs)
        low = min(0.0, z_true.min(), z_pred.min())
        high = max(z_true.max(), z_pred.max())
        high += 0.04 * (high - low) or 0.01
        ends = np.array([low, high])
        ax.plot(ends, ends, color="0.15", linewidth=0.9, zorder=3)
        for sign in (-1, 1):
            far = ends + sign * _OUTLIER * (1 + ends)
            ax.plot(ends, far, color="0.55", linewidth=1.0, linestyle="--", zorder=0)
        ax.set(xlim=ends, ylim=ends, xlabel="True redshift", ylabel="Estimated redshift")
        ax.set_aspect("equal")
        ax.set_title(
            f"NMAD {self.nmad_:.4f}    |Δz| / (1 + z) > {_OUTLIER}: "
            f"{100 * self.outlier_fraction_:.1f} %    n = {len(z_true):,}",
            fontsize="medium",
        )
        finish_axes(ax)
        return self
