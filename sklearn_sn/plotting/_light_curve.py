"""Plot the light curve of one object."""

from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sklearn_sn.data import band_wavelength, canonical_bands, flux_to_mag
from sklearn_sn.plotting._axes import finish_axes, full_names, legend_beside, new_axes
from sklearn_sn.plotting._objects import take_object
from sklearn_sn.plotting._palette import MARKERS, wavelength_colours

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DETECTION = 3.0  # sigma; fainter points are drawn as upper limits in magnitudes


class LightCurveDisplay:
    """Plot of brightness against time, with one colour per band.

    Parameters
    ----------
    time : array-like of shape (n_points,)
        MJD, days.
    band : array-like of shape (n_points,)
        Names of bands, see :func:`~sklearn_sn.data.list_bands`; unknown bands are grey.
    flux : array-like of shape (n_points,)
        Fluxes in µJy.
    flux_err : array-like of shape (n_points,), optional
        Flux errors in µJy; NaN if unknown.
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
    SpectrumDisplay : Plot of the spectra of one object.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.plotting import LightCurveDisplay
    >>> X, y = make_supernovae(3, random_state=0)
    >>> display = LightCurveDisplay.from_object(X, 0).plot(ax=Figure().subplots())
    >>> display.ax_.get_ylabel()
    'Flux (µJy)'
    """

    def __init__(
        self,
        time: ArrayLike,
        band: ArrayLike,
        flux: ArrayLike,
        flux_err: ArrayLike | None = None,
        name: str | None = None,
    ) -> None:
        self.time = time
        self.band = band
        self.flux = flux
        self.flux_err = flux_err
        self.name = name

    @classmethod
    def from_object(cls, X: pd.DataFrame, name_or_position: Any) -> Self:
        """Create the display from one object of a table.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with a column ``light_curve``.
        name_or_position : label or int
            Label in the index of `X`. If the index does not hold integers, an int is a position.

        Returns
        -------
        LightCurveDisplay
            Display of the light curve.

        Raises
        ------
        KeyError
            If no object has this name.
        ValueError
            If the object has no usable light curve.
        """
        row, table = take_object(X, name_or_position, "light_curve")
        curve = table.light_curve
        band = np.asarray(curve["band"], dtype=object)
        return cls(curve["time"], band, curve["flux"], curve["flux_err"], str(row.index[0]))

    def plot(
        self,
        ax: "Axes | None" = None,
        *,
        scale: str = "flux",
        time_zero: float | None = None,
        **kwargs: Any,
    ) -> Self:
        """Draw the light curve with 1 sigma error bars.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Axes to draw on. By default a new figure is created.
        scale : {"flux", "mag"}, default="flux"
            Flux in µJy, or AB magnitudes. In magnitudes, points below 3 sigma are drawn as upper
            limits at 3 sigma; points without an error are omitted if their flux is not positive.
        time_zero : float, optional
            MJD of day zero, such as that of maximum light. By default the time axis is MJD.
        **kwargs : dict
            Options of ``ax.errorbar``.

        Returns
        -------
        LightCurveDisplay
            The display itself.

        Raises
        ------
        ValueError
            If `scale` is invalid, lengths differ, or an error is negative.
        """
        if scale not in ("flux", "mag"):
            raise ValueError(
                "The 'scale' parameter of LightCurveDisplay.plot must be 'flux' or 'mag'. "
                f"Got {scale!r} instead."
            )
        time, flux, flux_err = self._numbers()
        codes, bands = pd.factorize(np.asarray(self.band, dtype=object))
        if len(codes) != len(time):
            raise ValueError(
                "The 'band' and 'time' parameters of LightCurveDisplay must have equal lengths. "
                f"Got {len(codes)} and {len(time)} instead."
            )
        time = time - (0.0 if time_zero is None else time_zero)
        wavelengths = band_wavelength(canonical_bands(bands, ambiguous="unknown"))
        colours = wavelength_colours(wavelengths)
        self.ax_ = ax = new_axes(ax, figsize=(7.2, 4.2))
        self.figure_ = ax.figure
        style = {
            "linestyle": "",
            "markersize": 4.5 if len(time) < 200 else 3.5,
            "elinewidth": 0.8,
            "capsize": 0,
        } | full_names(kwargs)
        style = {"markeredgecolor": "white", "markeredgewidth": 0.25} | style
        if scale == "flux":
            ax.axhline(0.0, color="0.8", linewidth=0.8, zorder=0)
        limits = []
        # Draw in order of wavelength, which is also the order of the legend.
        for rank, code in enumerate(np.argsort(wavelengths, kind="stable")):
            in_band = codes == code
            marks = {"color": colours[code], "label": bands[code], "marker": MARKERS[rank % 9]}
            curve = time[in_band], flux[in_band], flux_err[in_band]
            if scale == "flux":
                ax.errorbar(*curve[:2], yerr=_bars(curve[2]), **(marks | style))
            else:
                limits.append(_draw_mag(ax, *curve, marks | style))
        if scale == "mag":
            ax.yaxis.set_inverted(True)  # brighter is up
        label = "Flux (µJy)" if scale == "flux" else "AB magnitude"
        xlabel = "Time (MJD, days)" if time_zero is None else f"Days since MJD {time_zero:.10g}"
        ax.set(xlabel=xlabel, ylabel=label, title=self.name or "")
        ax.ticklabel_format(axis="x", useOffset=False, style="plain")
        ax.locator_params(axis="x", nbins=7)
        self._legend(any(limits))
        finish_axes(ax)
        return self

    def _numbers(self):
        time = np.asarray(self.time, dtype=np.float64)
        flux = np.asarray(self.flux, dtype=np.float64)
        flux_err = self.flux_err
        flux_err = np.full(len(time), np.nan) if flux_err is None else np.asarray(flux_err, float)
        if not len(time) == len(flux) == len(flux_err):
            raise ValueError(
                "The 'time', 'flux' and 'flux_err' parameters of LightCurveDisplay must have equal "
                f"lengths. Got {len(time)}, {len(flux)} and {len(flux_err)} instead."
            )
        if (flux_err < 0).any():
            raise ValueError(
                "The 'flux_err' parameter of LightCurveDisplay must not be negative. Set unknown "
                "errors to NaN."
            )
        return time, flux, flux_err

    def _legend(self, with_limits):
        handles, _ = self.ax_.get_legend_handles_labels()
        if with_limits:
            from matplotlib.lines import Line2D

            style = {"marker": "v", "markerfacecolor": "none", "markersize": 4.5}
            label = f"{_DETECTION:.0f}σ limit"
            handles.append(Line2D([], [], linestyle="", color="0.4", label=label, **style))
        columns = 1 + (len(handles) - 1) // 14
        legend_beside(self.ax_, handles, ncols=columns, handletextpad=0.3)


def _bars(errors):
    return None if np.isnan(errors).all() else errors


def _draw_mag(ax, time, flux, flux_err, style):
    """Draw the detections and upper limits of one band; return whether there are limits."""
    has_error = np.isfinite(flux_err)
    detected = np.where(has_error, flux > _DETECTION * flux_err, flux > 0)
    mag, mag_err = flux_to_mag(flux[detected], flux_err[detected])
    # Draw even without detections, to create the legend entry.
    ax.errorbar(time[detected], mag, yerr=_bars(mag_err), **style)
    below = ~detected & has_error
    if below.any():
        limit = flux_to_mag(_DETECTION * flux_err[below])
        ax.plot(
            time[below],
            limit,
            linestyle="",
            marker="v",
            markerfacecolor="none",
            color=style["color"],
            markersize=4,
            markeredgewidth=0.7,
            alpha=0.6,
        )
    return bool(below.any())
