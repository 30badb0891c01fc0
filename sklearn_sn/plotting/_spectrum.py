"""Plot the spectra of one object."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sklearn_sn.plotting._axes import finish_axes, full_names, new_axes
from sklearn_sn.plotting._ions import mark_lines
from sklearn_sn.plotting._objects import take_object
from sklearn_sn.plotting._palette import CLASS_COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SPREAD = (1.0, 99.0)  # percentiles that are scaled to 0 and 1, robust to cosmic rays


class SpectrumDisplay:
    """Plot of the spectra of one object, the earliest on top, with the lines of common ions.

    Each spectrum is scaled so that 98 % of its pixels span one unit, and offset one unit below the
    previous one. Lines are marked at the redshift of the object, so a blueshifted absorption lies
    to the left of its mark.

    Parameters
    ----------
    wavelengths : list of array, each of shape (n_pixels,)
        Observer-frame wavelengths of each spectrum in Å, increasing.
    fluxes : list of array, each of shape (n_pixels,)
        Fluxes per unit wavelength, in any unit.
    times : array-like of shape (n_spectra,), optional
        MJD, days; NaN if unknown.
    redshift : float, optional
        Redshift for the marks of ions and the axis of rest wavelengths. Without it, neither is
        drawn.
    name : str, optional
        Title.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes of the plot.
    figure_ : matplotlib Figure
        Figure of the plot.

    See Also
    --------
    LightCurveDisplay : Plot of the light curve of one object.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.plotting import SpectrumDisplay
    >>> X, y = make_supernovae(3, n_spectra=2, random_state=0)
    >>> display = SpectrumDisplay.from_object(X, 0)
    >>> len(display.fluxes), bool(display.redshift == X["redshift"].iloc[0])
    (2, True)
    >>> display.plot(ax=Figure().subplots()).ax_.get_xlabel()
    'Wavelength (Å)'
    """

    def __init__(
        self,
        wavelengths: Sequence[np.ndarray],
        fluxes: Sequence[np.ndarray],
        times: ArrayLike | None = None,
        redshift: float | None = None,
        name: str | None = None,
    ) -> None:
        self.wavelengths = wavelengths
        self.fluxes = fluxes
        self.times = times
        self.redshift = redshift
        self.name = name

    @classmethod
    def from_object(
        cls,
        X: pd.DataFrame,
        name_or_position: Any,
        redshift: float | None = None,
        *,
        max_spectra: int = 8,
    ) -> Self:
        """Create the display from one object of a table.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with a column ``spectrum``.
        name_or_position : label or int
            Label in the index of `X`. If the index does not hold integers, an int is a position.
        redshift : float, optional
            Redshift. By default the value in the column ``redshift`` of `X`, if there is one.
        max_spectra : int, default=8
            Maximum number of spectra. If there are more, they are subsampled evenly in order of
            time.

        Returns
        -------
        SpectrumDisplay
            Display of the spectra.

        Raises
        ------
        KeyError
            If no object has this name.
        ValueError
            If the object has no usable spectrum, or `max_spectra` is below 1.
        """
        if max_spectra < 1:
            raise ValueError(
                "The 'max_spectra' parameter of SpectrumDisplay.from_object must be at least 1. "
                f"Got {max_spectra!r} instead."
            )
        row, table = take_object(X, name_or_position, "spectrum")
        spectra = table.spectrum
        times = spectra.reduce("first", "time")
        order = np.argsort(times, kind="stable")
        order = order[spectra.lengths[order] > 1]  # skip spectra of a single pixel
        if len(order) > max_spectra:
            order = order[np.linspace(0, len(order) - 1, max_spectra).round().astype(int)]
        cuts = spectra.offsets[1:-1]
        wavelengths = np.split(spectra["wavelength"], cuts)
        fluxes = np.split(spectra["flux"], cuts)
        if redshift is None and "redshift" in row:
            redshift = pd.to_numeric(row["redshift"]).iloc[0]
            redshift = float(redshift) if pd.notna(redshift) else None
        return cls(
            [wavelengths[number] for number in order],
            [fluxes[number] for number in order],
            times[order],
            redshift,
            str(row.index[0]),
        )

    def plot(
        self,
        ax: "Axes | None" = None,
        *,
        lines: dict[str, float] | None = None,
        time_zero: float | None = None,
        **kwargs: Any,
    ) -> Self:
        """Draw the spectra with vertical offsets.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Axes to draw on. By default a new figure is created.
        lines : dict of str to float, optional
            Name and rest wavelength (Å) of the lines to mark. By default nine common lines.
        time_zero : float, optional
            MJD of day zero, such as that of maximum light. By default labels are MJD.
        **kwargs : dict
            Options of ``ax.plot``.

        Returns
        -------
        SpectrumDisplay
            The display itself.

        Raises
        ------
        ValueError
            If lengths differ, a spectrum has fewer than two finite pixels, or the redshift is -1 or
            less.
        """
        n_spectra = len(self.fluxes)
        times = np.full(n_spectra, np.nan) if self.times is None else np.asarray(self.times, float)
        if not n_spectra == len(self.wavelengths) == len(times) or n_spectra == 0:
            raise ValueError(
                "The 'wavelengths', 'fluxes' and 'times' parameters of SpectrumDisplay must hold "
                f"one entry per spectrum. Got {len(self.wavelengths)}, {n_spectra} and "
                f"{len(times)} instead."
            )
        for number, flux in enumerate(self.fluxes):
            if np.isfinite(flux).sum() < 2:
                raise ValueError(f"Spectrum {number} has fewer than two finite pixels.")
        if self._at_redshift() and not self.redshift > -1:
            raise ValueError(
                "The 'redshift' parameter of SpectrumDisplay must be above -1. Got "
                f"{self.redshift!r} instead."
            )
        self.ax_ = ax = new_axes(ax, figsize=(8.0, 3.2 + 0.65 * n_spectra))
        self.figure_ = ax.figure
        levels = []
        for number, (wavelength, flux) in enumerate(
            zip(self.wavelengths, self.fluxes, strict=True)
        ):
            colour = CLASS_COLOURS[number % 2 * 6]  # alternate blue and black
            levels.append(_scaled(flux) - number)
            style = {"color": colour, "linewidth": 0.7} | full_names(kwargs)
            ax.plot(wavelength, levels[-1], **style)
            if np.isfinite(times[number]):
                label = f"MJD {times[number]:.1f}"
                if time_zero is not None:
                    label = f"{times[number] - time_zero:+.1f} d"
                _label_end(ax, label, levels[-1], -number, style["color"])
        low = min(np.min(wavelength) for wavelength in self.wavelengths)
        high = max(np.max(wavelength) for wavelength in self.wavelengths)
        ax.set_xlim(low - 0.01 * (high - low), high + 0.01 * (high - low))
        bottom, top = _reach(levels[-1])[0], _reach(levels[0])[1]
        ax.set_ylim(bottom - 0.1, max(1.15, top + 0.1))
        if self._at_redshift():
            mark_lines(ax, self.redshift, lines)
        several = " + offset" if n_spectra > 1 else ""
        ax.set(xlabel="Wavelength (Å)", ylabel=f"Scaled flux{several}", yticks=[])
        ax.set_title(self._title())
        finish_axes(ax)
        if self._at_redshift():
            ax.spines["top"].set_visible(True)
        return self

    def _at_redshift(self):
        return self.redshift is not None and not np.isnan(self.redshift)

    def _title(self):
        parts = [self.name or ""]
        if self._at_redshift():
            parts.append(f"z = {self.redshift:.3g}")
        return ",  ".join(part for part in parts if part)


def _scaled(flux):
    low, high = np.nanpercentile(np.asarray(flux, dtype=np.float64), _SPREAD)
    return (flux - low) / (high - low if high > low else 1.0)


def _reach(level):
    """Return the lowest and highest flux, ignoring outliers of one or two pixels."""
    level = level[np.isfinite(level)]
    if len(level) >= 5:
        level = np.median(np.lib.stride_tricks.sliding_window_view(level, 5), axis=1)
    return level.min(), level.max()


def _label_end(ax, label, level, base, colour):
    end = np.nanmedian(level[-max(1, len(level) // 20) :])
    # Keep the label inside the unit of its spectrum, so that labels do not overlap.
    ax.annotate(
        label,
        (1.0, np.clip(end, base + 0.15, base + 0.85)),
        xycoords=ax.get_yaxis_transform(),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        fontsize=8.5,
        color=colour,
        annotation_clip=False,
    )
