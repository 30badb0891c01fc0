"""Plot predictions in hidden segments of a spectrum."""

from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from sklearn_sn.data import as_frame
from sklearn_sn.plotting._axes import finish_axes, new_axes
from sklearn_sn.plotting._objects import find_positions
from sklearn_sn.plotting._palette import CLASS_COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SMOOTHING = 20  # bins, as in the figures of the paper


class MaskFillingDisplay:
    """Plot of a spectrum and of the predictions in its hidden segments, both smoothed.

    Parameters
    ----------
    wavelength : array of shape (n_bins,)
        Wavelengths in Å, increasing.
    flux, filled : array of shape (n_bins,)
        True flux, and the flux with predictions in the hidden bins.
    hidden, covered : array of bool, shape (n_bins,)
        Hidden bins, and bins that the spectrum covers.
    name : str, optional
        Name of the object, for the title.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes of the plot.
    figure_ : matplotlib Figure
        Figure of the plot.

    See Also
    --------
    sklearn_sn.embedding.MaskedSpectrumEmbedder : Train an encoder by such predictions.

    Examples
    --------
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.embedding import MaskedSpectrumEmbedder
    >>> from sklearn_sn.encoders import PatchSpectrumTransformer
    >>> from sklearn_sn.plotting import MaskFillingDisplay
    >>> X, _ = make_supernovae(20, modalities=["spectrum"], random_state=0)
    >>> encoder = PatchSpectrumTransformer(d_model=16, n_heads=2, n_layers=1, n_bins=256)
    >>> model = MaskedSpectrumEmbedder(encoder=encoder, max_epochs=1, random_state=0).fit(X)
    >>> display = MaskFillingDisplay.from_estimator(model, X, X.index[0])
    >>> display.filled.shape, bool(display.hidden.any())
    ((256,), True)
    """

    def __init__(
        self,
        wavelength: np.ndarray,
        flux: np.ndarray,
        filled: np.ndarray,
        hidden: np.ndarray,
        covered: np.ndarray,
        *,
        name: str | None = None,
    ) -> None:
        self.wavelength = wavelength
        self.flux = flux
        self.filled = filled
        self.hidden = hidden
        self.covered = covered
        self.name = name

    @classmethod
    def from_estimator(
        cls,
        estimator: BaseEstimator,
        X: pd.DataFrame,
        name_or_position: Any,
        *,
        spectrum: int = 0,
        random_state: int | None = None,
    ) -> Self:
        """Hide segments of a spectrum of one object, and predict them.

        Parameters
        ----------
        estimator : fitted estimator
            Estimator with a method ``fill``, such as
            :class:`~sklearn_sn.embedding.MaskedSpectrumEmbedder`.
        X : pandas.DataFrame of n_objects rows
            Table with a column ``spectrum``.
        name_or_position : label or int
            Label in the index of `X`. If the index does not hold integers, an int is a position.
        spectrum : int, default=0
            Number of the spectrum of the object, among those that cover the grid.
        random_state : int or None, default=None
            Seed of the positions of the segments; None spreads them evenly.

        Returns
        -------
        MaskFillingDisplay
            Display of the spectrum.

        Raises
        ------
        KeyError
            If no object has this name.
        ValueError
            If the object has no such spectrum.
        """
        X = as_frame(X)
        row = X.iloc[find_positions(X, [name_or_position])]
        spectra = estimator.fill(row, random_state)
        if not 0 <= spectrum < len(spectra.flux):
            raise ValueError(
                f"Object {row.index[0]!r} has {len(spectra.flux)} spectra on the grid of the "
                f"estimator. Got spectrum={spectrum!r}."
            )
        return cls(
            spectra.wavelength,
            spectra.flux[spectrum],
            spectra.filled[spectrum],
            spectra.hidden[spectrum],
            spectra.covered[spectrum],
            name=str(row.index[0]),
        )

    def plot(self, ax: "Axes | None" = None, *, smoothing: int = SMOOTHING, **kwargs: Any) -> Self:
        """Draw the smoothed true flux, and the smoothed predictions over shaded segments.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Axes to draw on. By default a new figure is created.
        smoothing : int, default=20
            Bins of the running mean; 1 does not smooth.
        **kwargs : dict
            Options of ``ax.plot`` for the predictions.

        Returns
        -------
        MaskFillingDisplay
            The display itself.

        Raises
        ------
        ValueError
            If the arrays differ in length, or `smoothing` is below 1.
        """
        arrays = [self.wavelength, self.flux, self.filled, self.hidden, self.covered]
        wavelength, flux, filled, hidden, covered = map(np.asarray, arrays)
        if flux.ndim != 1 or not all(np.shape(array) == flux.shape for array in arrays):
            raise ValueError(
                "The arrays of MaskFillingDisplay must be 1-D and of equal length. Got shapes "
                f"{[np.shape(array) for array in arrays]} instead."
            )
        if smoothing < 1:
            raise ValueError(
                "The 'smoothing' parameter of MaskFillingDisplay.plot must be at least 1. Got "
                f"{smoothing!r} instead."
            )
        self.ax_ = ax = new_axes(ax, figsize=(8.0, 3.6))
        self.figure_ = ax.figure
        for start, stop in _runs(hidden):
            ax.axvspan(wavelength[start], wavelength[stop - 1], color="0.9", zorder=0, linewidth=0)
        smooth = running_mean(flux, covered, smoothing)
        ax.plot(wavelength, smooth, color="0.1", linewidth=0.8, label="true")
        predicted = np.where(hidden, running_mean(filled, covered, smoothing), np.nan)
        style = {"color": CLASS_COLOURS[1], "linewidth": 1.6, "label": "predicted"} | kwargs
        ax.plot(wavelength, predicted, **style)
        if covered.any():
            ends = wavelength[np.flatnonzero(covered)[[0, -1]]]
            margin = 0.01 * (ends[1] - ends[0]) or 1.0
            ax.set_xlim(ends[0] - margin, ends[1] + margin)
        ax.set(xlabel="Wavelength (Å)", ylabel="Standardised flux", title=self.name or "")
        ax.legend(frameon=False)
        finish_axes(ax)
        return self


def running_mean(values, mask, width):
    """Return the mean over the bins of a mask in a window around each; NaN outside the mask."""
    kernel = np.ones(min(width, len(values)))
    total = np.convolve(np.where(mask, values, 0.0), kernel, mode="same")
    count = np.convolve(mask.astype(float), kernel, mode="same")
    return np.where(mask, total / np.maximum(count, 1.0), np.nan)


def _runs(mask):
    """Return the start and stop of every run of True."""
    edges = np.flatnonzero(np.diff(mask.astype(int), prepend=0, append=0))
    return edges.reshape(-1, 2)
