"""Plot the attention over wavelength of an encoder of spectra."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from sklearn_sn.data import as_frame
from sklearn_sn.plotting._axes import finish_axes
from sklearn_sn.plotting._objects import find_positions
from sklearn_sn.plotting._spectrum import SpectrumDisplay

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class AttentionDisplay:
    """Plot of the spectra of one object over the attention of each head to their wavelengths.

    Parameters
    ----------
    wavelengths : list of array, each of shape (n_pixels,)
        Observer-frame wavelengths of each spectrum in Å, increasing.
    fluxes : list of array, each of shape (n_pixels,)
        Fluxes per unit wavelength, in any unit.
    windows : array of shape (n_windows,)
        Observer-frame central wavelengths of `attention` in Å, increasing.
    attention : array of shape (n_heads, n_windows)
        Attention of each head to each window.
    redshift : float, optional
        Redshift for the marks of ions and the axis of rest wavelengths. Without it, neither is
        drawn.
    name : str, optional
        Name of the object, for the title.

    Attributes
    ----------
    axes_ : array of matplotlib Axes, shape (2,)
        Axes of the spectra and of the attention.
    figure_ : matplotlib Figure
        Figure of the plot.
    colorbar_ : matplotlib Colorbar
        Colour bar of the attention.

    See Also
    --------
    sklearn_sn.embedding.attention_maps : Compute the attention.
    SpectrumExplanationDisplay : Plot of the importance of wavelengths for a prediction.

    Examples
    --------
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.embedding import MaskedSpectrumEmbedder, attention_maps
    >>> from sklearn_sn.encoders import PatchSpectrumTransformer
    >>> from sklearn_sn.plotting import AttentionDisplay
    >>> X, _ = make_supernovae(20, modalities=["spectrum"], random_state=0)
    >>> encoder = PatchSpectrumTransformer(d_model=16, n_heads=2, n_layers=1, n_bins=256)
    >>> model = MaskedSpectrumEmbedder(encoder=encoder, max_epochs=1, random_state=0).fit(X)
    >>> display = AttentionDisplay.from_object(X, X.index[0], *attention_maps(model, X))
    >>> display.attention.shape
    (2, 25)
    """

    def __init__(
        self,
        wavelengths: Sequence[np.ndarray],
        fluxes: Sequence[np.ndarray],
        windows: np.ndarray,
        attention: np.ndarray,
        *,
        redshift: float | None = None,
        name: str | None = None,
    ) -> None:
        self.wavelengths = wavelengths
        self.fluxes = fluxes
        self.windows = windows
        self.attention = attention
        self.redshift = redshift
        self.name = name

    @classmethod
    def from_object(
        cls,
        X: pd.DataFrame,
        name_or_position: Any,
        windows: np.ndarray,
        attention: np.ndarray,
        *,
        redshift: float | None = None,
        rest_frame: bool = False,
    ) -> Self:
        """Create the display of one object from the attention of all.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with a column ``spectrum``.
        name_or_position : label or int
            Label in the index of `X`. If the index does not hold integers, an int is a position.
        windows : array of shape (n_windows,)
            Central wavelengths in Å, the first result of
            :func:`~sklearn_sn.embedding.attention_maps`.
        attention : array of shape (n_objects, n_heads, n_windows)
            The second result, of all objects of `X`.
        redshift : float, optional
            Redshift. By default the value in the column ``redshift`` of `X`, if there is one.
        rest_frame : bool, default=False
            Whether `windows` are at rest, as of an estimator with ``frame="rest"``.

        Returns
        -------
        AttentionDisplay
            Display of the spectra and the attention.

        Raises
        ------
        KeyError
            If no object has this name.
        ValueError
            If the object has no usable spectrum, or `attention` has another number of objects.
        """
        X = as_frame(X)
        if len(attention) != len(X):
            raise ValueError(
                "The 'attention' parameter of AttentionDisplay.from_object must have one row for "
                f"each object of X. Got {len(attention)} rows for {len(X)} objects instead."
            )
        spectra = SpectrumDisplay.from_object(X, name_or_position, redshift)
        position = find_positions(X, [name_or_position])[0]
        if rest_frame and spectra.redshift is not None:
            windows = windows * (1.0 + spectra.redshift)
        return cls(
            spectra.wavelengths,
            spectra.fluxes,
            windows,
            attention[position],
            redshift=spectra.redshift,
            name=spectra.name,
        )

    def plot(
        self,
        axes: "Sequence[Axes] | None" = None,
        *,
        lines: dict[str, float] | None = None,
        **kwargs: Any,
    ) -> Self:
        """Draw the spectra, and below them one row of colours for each head.

        A colour is the attention in units of its mean over the windows with a covered bin: 1 is
        even attention.

        Parameters
        ----------
        axes : sequence of two matplotlib Axes, optional
            Axes to draw on, the first of the spectra. By default a new figure is created.
        lines : dict of str to float, optional
            Name and rest wavelength (Å) of the lines to mark. By default nine common lines.
        **kwargs : dict
            Options of ``ax.plot`` for the spectra.

        Returns
        -------
        AttentionDisplay
            The display itself.

        Raises
        ------
        ValueError
            If `windows` and `attention` do not agree, or a spectrum cannot be drawn.
        """
        windows, attention = np.asarray(self.windows, float), np.asarray(self.attention, float)
        if attention.ndim != 2 or windows.shape != attention.shape[1:] or len(windows) < 2:
            raise ValueError(
                "The 'attention' parameter of AttentionDisplay must have the shape (n_heads, "
                f"n_windows), with at least 2 windows as in 'windows'. Got {attention.shape} and "
                f"{windows.shape} instead."
            )
        n_heads = len(attention)
        if axes is None:
            axes = _stacked_axes(len(self.fluxes), n_heads)
        upper, lower = axes
        spectra = SpectrumDisplay(
            self.wavelengths, self.fluxes, None, self.redshift, self.name
        ).plot(upper, lines=lines, **({"color": "0.1"} | kwargs))
        self.axes_, self.figure_ = np.array([upper, lower]), spectra.figure_
        limits = upper.get_xlim()
        seen = attention > 0
        mean = attention.sum(axis=1, keepdims=True) / np.maximum(seen.sum(axis=1), 1)[:, None]
        relative = np.where(seen, attention / np.where(mean > 0, mean, 1.0), np.nan)
        # pcolormesh needs edges: midpoints between windows, and mirrored ones at both ends.
        middle = 0.5 * (windows[1:] + windows[:-1])
        ends = [2 * windows[0] - middle[0]], [2 * windows[-1] - middle[-1]]
        edges = np.concatenate([ends[0], middle, ends[1]])
        most = np.nanmax(relative) if np.isfinite(relative).any() else 1.0
        mesh = lower.pcolormesh(
            edges, np.arange(n_heads + 1) + 0.5, relative, cmap="cividis", vmin=0.0, vmax=most
        )
        lower.set(xlim=limits, xlabel="Wavelength (Å)", ylabel="Head")
        lower.set_yticks(np.arange(n_heads) + 1)
        lower.invert_yaxis()
        upper.set_xlabel("")
        upper.tick_params(labelbottom=False)
        finish_axes(lower)
        self.colorbar_ = self.figure_.colorbar(mesh, ax=lower, pad=0.02, aspect=12)
        self.colorbar_.set_label("Attention / mean")
        return self


def _stacked_axes(n_spectra, n_heads):
    """Return the axes of a new figure, with a height that fits spectra and heads."""
    import matplotlib.pyplot as plt

    heights = 2.2 + 0.65 * n_spectra, 0.6 + 0.3 * n_heads
    _, axes = plt.subplots(
        2,
        1,
        figsize=(8.0, sum(heights)),
        height_ratios=heights,
        sharex=True,
        layout="constrained",
    )
    return axes
