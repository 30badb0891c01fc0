"""Plot the importance of the wavelengths of a spectrum for a prediction."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from sklearn_sn.data import as_frame
from sklearn_sn.plotting._ions import mark_lines
from sklearn_sn.plotting._objects import find_positions
from sklearn_sn.plotting._spectrum import SpectrumDisplay

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS = "PuOr_r"  # orange supports, violet opposes; safe for colour-blind readers


class SpectrumExplanationDisplay:
    """Plot of the spectra of one object over the importance of their wavelengths for a prediction.

    Parameters
    ----------
    wavelengths : list of array, each of shape (n_pixels,)
        Observer-frame wavelengths of each spectrum in Å, increasing.
    fluxes : list of array, each of shape (n_pixels,)
        Fluxes per unit wavelength, in any unit.
    bins : array of shape (n_bins,)
        Observer-frame wavelengths of `importance` in Å, increasing.
    importance : array of shape (n_bins,)
        Importance of each bin, positive if it supports the prediction.
    redshift : float, optional
        Redshift for the marks of ions and the axis of rest wavelengths. Without it, neither is
        drawn.
    answer : str, optional
        The explained prediction, for the title.
    name : str, optional
        Name of the object, for the title.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes of the plot.
    figure_ : matplotlib Figure
        Figure of the plot.
    colorbar_ : matplotlib Colorbar
        Colour bar of the importance.

    See Also
    --------
    SpectrumDisplay : Plot of the spectra without importance.

    Examples
    --------
    >>> from sklearn_sn.classification import SpectraNetClassifier
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.plotting import SpectrumExplanationDisplay
    >>> X, y = make_supernovae(40, modalities=["spectrum"], random_state=0)
    >>> few = {"n_bins": 64, "widths": (8, 8), "kernels": ((3, 9), (3, 5)), "latent_dim": 8}
    >>> model = SpectraNetClassifier(**few, max_epochs=2, random_state=0).fit(X, y)
    >>> display = SpectrumExplanationDisplay.from_estimator(model, X, X.index[0])
    >>> display.answer == model.predict(X.iloc[:1])[0], display.importance.shape
    (True, (64,))
    """

    def __init__(
        self,
        wavelengths: Sequence[np.ndarray],
        fluxes: Sequence[np.ndarray],
        bins: np.ndarray,
        importance: np.ndarray,
        *,
        redshift: float | None = None,
        answer: str | None = None,
        name: str | None = None,
    ) -> None:
        self.wavelengths = wavelengths
        self.fluxes = fluxes
        self.bins = bins
        self.importance = importance
        self.redshift = redshift
        self.answer = answer
        self.name = name

    @classmethod
    def from_estimator(
        cls,
        estimator: BaseEstimator,
        X: pd.DataFrame,
        name_or_position: Any,
        redshift: float | None = None,
        **kwargs: Any,
    ) -> Self:
        """Explain the prediction of an estimator for one object.

        Parameters
        ----------
        estimator : fitted estimator
            Estimator with a method ``explain``.
        X : pandas.DataFrame of n_objects rows
            Table with a column ``spectrum``.
        name_or_position : label or int
            Label in the index of `X`. If the index does not hold integers, an int is a position.
        redshift : float, optional
            Redshift. By default the value in the column ``redshift`` of `X`, if there is one, or
            else the estimator's estimate, if it has one. Estimators in the rest frame use this
            redshift.
        **kwargs : dict
            Parameters of ``estimator.explain``, such as ``y`` and ``method``.

        Returns
        -------
        SpectrumExplanationDisplay
            Display of the spectra and their importance.

        Raises
        ------
        KeyError
            If no object has this name.
        ValueError
            If the object has no usable spectrum.
        """
        X = as_frame(X)
        spectra = SpectrumDisplay.from_object(X, name_or_position, redshift)
        row = X.iloc[find_positions(X, [name_or_position])]
        rest_frame = getattr(estimator, "frame", "observer") == "rest"
        if rest_frame and redshift is not None:
            row = row.assign(redshift=redshift)
        bins, importance = estimator.explain(row, **kwargs)
        redshift = spectra.redshift
        if rest_frame and redshift is not None:
            # The estimator explains rest-frame bins; the spectra are drawn as observed.
            bins = bins * (1.0 + redshift)
        if redshift is None and getattr(estimator, "n_redshifts_", 0):
            redshift = float(estimator.predict_redshift(row)[0])
        return cls(
            spectra.wavelengths,
            spectra.fluxes,
            bins,
            importance[0],
            redshift=redshift,
            answer=_describe_prediction(estimator, row, kwargs),
            name=spectra.name,
        )

    def plot(
        self, ax: "Axes | None" = None, *, lines: dict[str, float] | None = None, **kwargs: Any
    ) -> Self:
        """Draw the spectra over stripes, which are orange if the bin supports the prediction.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Axes to draw on. By default a new figure is created.
        lines : dict of str to float, optional
            Name and rest wavelength (Å) of the lines to mark. By default nine common lines.
        **kwargs : dict
            Options of ``ax.plot`` for the spectra.

        Returns
        -------
        SpectrumExplanationDisplay
            The display itself.

        Raises
        ------
        ValueError
            If `bins` and `importance` differ in length, or a spectrum cannot be drawn.
        """
        bins, importance = np.asarray(self.bins, float), np.asarray(self.importance, float)
        if bins.ndim != 1 or bins.shape != importance.shape or len(bins) < 2:
            raise ValueError(
                "The 'bins' and 'importance' parameters of SpectrumExplanationDisplay must be 1-D "
                f"arrays of equal length, at least 2. Got shapes {bins.shape} and "
                f"{importance.shape} instead."
            )
        style = {"color": "0.1"} | kwargs
        display = SpectrumDisplay(self.wavelengths, self.fluxes).plot(ax, **style)
        self.ax_, self.figure_ = ax, _ = display.ax_, display.figure_
        low, high = ax.get_ylim()
        limits = ax.get_xlim()
        # pcolormesh needs edges: midpoints between bins, and mirrored ones at both ends.
        middle = 0.5 * (bins[1:] + bins[:-1])
        edges = np.concatenate([[2 * bins[0] - middle[0]], middle, [2 * bins[-1] - middle[-1]]])
        most = np.abs(importance).max() or 1.0
        stripes = ax.pcolormesh(
            edges,
            [low, high],
            importance[None],
            cmap=_COLOURS,
            vmin=-most,
            vmax=most,
            alpha=0.75,
            linewidth=0,
            zorder=-1,
            rasterized=True,
        )
        ax.set(xlim=limits, ylim=(low, high))
        self.colorbar_ = self.figure_.colorbar(stripes, ax=ax, pad=0.02, aspect=30)
        self.colorbar_.set_label("Opposes  ←  prediction  →  supports")
        parts = [self.name or "", self.answer or ""]
        if self.redshift is not None and np.isfinite(self.redshift):
            parts.append(f"z = {self.redshift:.3g}")
            mark_lines(ax, self.redshift, lines)
            ax.spines["top"].set_visible(True)
        ax.set_title(",  ".join(part for part in parts if part))
        return self


def _describe_prediction(estimator, row, params):
    """Describe the explained prediction."""
    if params.get("of") == "redshift":
        return "redshift"
    if params.get("y") is not None:
        return str(np.asarray(params["y"]).ravel()[0])
    if hasattr(estimator, "classes_"):
        return str(estimator.predict(row)[0])
    return f"{estimator.predict(row)[0]:.4g}"
