"""Plot generated spectra beside the light curves that condition them."""

from collections.abc import Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator

from sklearn_sn.data import as_frame
from sklearn_sn.plotting._axes import finish_axes, full_names
from sklearn_sn.plotting._by_phase import measurements_by_phase
from sklearn_sn.plotting._light_curve import LightCurveDisplay
from sklearn_sn.plotting._objects import find_positions
from sklearn_sn.plotting._palette import CLASS_COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PHASES = (-5.0, 5.0, 15.0)  # default phases (days) of objects without a measured spectrum
_SHOWN = (-40.0, 120.0)  # range of phases (days) of a light curve that is drawn
_OTHERS = ((0, (4, 2)), (0, (1, 1.5)), (0, (5, 1, 1, 1)))  # dash patterns of the other models


class GenerationDisplay:
    """Plot of light curves and of the spectra generated from them, with prediction intervals.

    There is one row per object, with the light curve on the left. On the right, spectra are offset
    vertically by phase, the earliest on top, in units of their median flux. Measured spectra are
    drawn in black.

    Parameters
    ----------
    names : sequence of str
        Names of the objects.
    phases : sequence of array, each of shape (n_phases,)
        Phases of the generated spectra of each object, days from peak.
    wavelength : array of shape (n_wavelengths,)
        Wavelengths in Å.
    flux : sequence of array, each of shape (n_phases, n_wavelengths)
        Expected spectra of each object, in units of the median flux.
    lower, upper : sequence of array, each of shape (n_phases, n_wavelengths)
        Ends of the prediction intervals.
    light_curves : sequence of dict, optional
        Arrays phase, band, flux and flux_err of each object; None for an object without a light
        curve.
    spectra : sequence of list of tuple, optional
        Measured spectra of each object, as tuples (phase, wavelengths, fluxes).
    others : dict of str to sequence of array, optional
        Predictions of other models by name, in the form of `flux`.
    coverage : float, default=0.9
        Nominal coverage of the intervals, for the legend.

    Attributes
    ----------
    axes_ : array of matplotlib Axes, shape (n_objects, 2)
        Axes of the plot.
    figure_ : matplotlib Figure
        Figure of the plot.

    See Also
    --------
    MaskingDisplay : Quality of generated spectra as light curves lose points.

    Examples
    --------
    >>> from sklearn_sn.cross_modal import MeanSpectrumGenerator
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.plotting import GenerationDisplay
    >>> X, y, truth = make_supernovae(30, classes=["SN Ia"], return_truth=True, random_state=0)
    >>> X["t_peak"] = truth["t_peak"]
    >>> model = MeanSpectrumGenerator(phase_bins=2).fit(X)
    >>> display = GenerationDisplay.from_estimator(model, X, [0, 1], phase=[0.0, 10.0])
    >>> display.flux[0].shape
    (2, 256)
    """

    def __init__(
        self,
        names: Sequence[str],
        phases: Sequence[np.ndarray],
        wavelength: np.ndarray,
        flux: Sequence[np.ndarray],
        lower: Sequence[np.ndarray],
        upper: Sequence[np.ndarray],
        *,
        light_curves: Sequence[dict[str, np.ndarray] | None] | None = None,
        spectra: Sequence[list[tuple]] | None = None,
        others: dict[str, Sequence[np.ndarray]] | None = None,
        coverage: float = 0.9,
    ) -> None:
        self.names = names
        self.phases = phases
        self.wavelength = wavelength
        self.flux = flux
        self.lower = lower
        self.upper = upper
        self.light_curves = light_curves
        self.spectra = spectra
        self.others = others
        self.coverage = coverage

    @classmethod
    def from_estimator(
        cls,
        estimator: BaseEstimator,
        X: pd.DataFrame,
        objects: Sequence[Any] | None = None,
        *,
        phase: ArrayLike | None = None,
        wavelength: ArrayLike | None = None,
        coverage: float = 0.9,
        others: dict[str, BaseEstimator] | None = None,
        max_phases: int = 3,
    ) -> Self:
        """Generate spectra of some objects.

        Parameters
        ----------
        estimator : fitted estimator
            Estimator with ``predict``, ``predict_interval`` and ``frame_``, such as
            :class:`~sklearn_sn.embedding.MMVAEEmbedder` and those of :mod:`sklearn_sn.cross_modal`.
        X : pandas.DataFrame of n_objects rows
            Table with light curves. Spectra, if any, are drawn for comparison.
        objects : sequence of label or int, optional
            Labels in the index of `X`, or positions if the index does not hold integers. By default
            the first three rows.
        phase : float or array of shape (n_phases,), optional
            Days from peak. By default the phases of the measured spectra of each object, at most
            `max_phases`; -5, 5 and 15 for objects without spectra.
        wavelength : array of shape (n_wavelengths,), optional
            Wavelengths in Å. By default the estimator's ``wavelength_``.
        coverage : float, default=0.9
            Nominal coverage of the intervals.
        others : dict of str to fitted estimator, optional
            Models to compare with, by their names in the legend.
        max_phases : int, default=3
            Maximum number of phases per object if `phase` is not given.

        Returns
        -------
        GenerationDisplay
            Display of the generated and measured spectra.

        Raises
        ------
        KeyError
            If an object is not in `X`.
        """
        X = as_frame(X)
        chosen = np.arange(min(3, len(X))) if objects is None else find_positions(X, objects)
        X = X.iloc[chosen]
        wavelength = np.asarray(estimator.wavelength_ if wavelength is None else wavelength, float)
        curves, measured, object_index, spectrum_phase = measurements_by_phase(X, estimator)
        parts = {name: [] for name in ("phases", "flux", "lower", "upper")}
        compared = {name: [] for name in others or {}}
        light_curves, spectra = [], []
        for row in range(len(X)):
            numbers = np.flatnonzero(object_index == row)
            numbers = numbers[np.argsort(spectrum_phase[numbers], kind="stable")]
            phases = spectrum_phase[numbers]
            if phase is not None:
                phases = np.atleast_1d(np.asarray(phase, float))
            elif len(phases) > max_phases:
                phases = phases[np.linspace(0, len(phases) - 1, max_phases).round().astype(int)]
            phases = phases if len(phases) else np.array(_PHASES)
            one, query = X.iloc[[row]], {"phase": phases, "wavelength": wavelength}
            lower, upper = estimator.predict_interval(one, coverage=coverage, **query)
            generated = (phases, estimator.predict(one, **query)[0], lower[0], upper[0])
            for name, values in zip(parts, generated, strict=True):
                parts[name].append(values)
            for name, other in (others or {}).items():
                compared[name].append(other.predict(one, **query)[0])
            light_curves.append(None if curves is None else _curve(curves.take([row])))
            cells = [measured.take([number]) for number in numbers]
            spectra.append(
                [
                    (spectrum_phase[number], cell["wavelength"], cell["flux"])
                    for number, cell in zip(numbers, cells, strict=True)
                ]
            )
        return cls(
            [str(name) for name in X.index],
            wavelength=wavelength,
            light_curves=light_curves,
            spectra=spectra,
            others=compared,
            coverage=coverage,
            **parts,
        )

    def plot(
        self,
        axes: "np.ndarray | Sequence[Sequence[Axes]] | None" = None,
        *,
        tolerance: float = 2.0,
        **kwargs: Any,
    ) -> Self:
        """Draw all objects.

        Parameters
        ----------
        axes : array of matplotlib Axes, shape (n_objects, 2), optional
            Axes to draw on. By default a new figure is created.
        tolerance : float, default=2.0
            Maximum phase difference, in days, between a generated spectrum and the measured spectra
            drawn with it.
        **kwargs : dict
            Options of ``ax.plot`` for generated spectra.

        Returns
        -------
        GenerationDisplay
            The display itself.

        Raises
        ------
        ValueError
            If the axes have another shape.
        """
        n = len(self.names)
        self.axes_ = _new_grid(n) if axes is None else np.asarray(axes)
        if self.axes_.shape != (n, 2):
            raise ValueError(
                f"The 'axes' parameter of GenerationDisplay.plot must have shape ({n}, 2). Got "
                f"{self.axes_.shape} instead."
            )
        self.figure_ = self.axes_[0, 0].figure
        for number, (left, right) in enumerate(self.axes_):
            colours = [CLASS_COLOURS[i % 7] for i in range(len(self.phases[number]))]
            self._draw_light_curve(left, number, colours)
            self._draw_spectra(right, number, colours, tolerance, full_names(kwargs))
        self._legend(self.axes_[0, 1])
        return self

    def _draw_light_curve(self, ax, number, colours):
        curve = None if self.light_curves is None else self.light_curves[number]
        if curve is None or not len(curve["phase"]):
            ax.text(0.5, 0.5, "no light curve", ha="center", va="center", transform=ax.transAxes)
            ax.set_title(self.names[number])
            finish_axes(ax)
            return
        LightCurveDisplay(
            curve["phase"], curve["band"], curve["flux"], curve["flux_err"], self.names[number]
        ).plot(ax)
        phases = self.phases[number]
        for phase, colour in zip(phases, colours, strict=True):
            ax.axvline(phase, color=colour, linewidth=1.2, alpha=0.8, zorder=0)
        low = max(_SHOWN[0], min(curve["phase"].min(), phases.min()) - 3)
        high = min(_SHOWN[1], max(curve["phase"].max(), phases.max()) + 3)
        ax.set(xlim=(low, high), xlabel="Days from peak")

    def _draw_spectra(self, ax, number, colours, tolerance, style):
        x, fluxes = self.wavelength, self.flux[number]
        # Offset the spectra downwards by phase, so that intervals hardly overlap.
        step = _step(fluxes, self.lower[number], self.upper[number])
        for i, phase in enumerate(self.phases[number]):
            base = -i * step
            band = (self.lower[number][i] + base, self.upper[number][i] + base)
            ax.fill_between(x, *band, color=colours[i], alpha=0.2, linewidth=0)
            near = [
                one
                for one in (self.spectra[number] if self.spectra else ())
                if abs(one[0] - phase) <= tolerance
            ]
            for _, wavelength, flux in near:
                inside = (wavelength >= x.min()) & (wavelength <= x.max())
                ax.plot(wavelength[inside], flux[inside] + base, color="0.1", linewidth=0.6)
            for dashes, values in zip(cycle(_OTHERS), (self.others or {}).values()):
                line = {"color": "0.45", "linewidth": 1.0, "linestyle": dashes}
                ax.plot(x, values[number][i] + base, **line)
            ax.plot(x, fluxes[i] + base, **({"color": colours[i], "linewidth": 1.4} | style))
            ax.annotate(
                f"{phase:+.1f} d",
                (1.0, fluxes[i][-max(1, len(x) // 20) :].mean() + base),
                xycoords=ax.get_yaxis_transform(),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
                fontsize=9,
                color=colours[i],
                annotation_clip=False,
            )
        bottom = (self.lower[number][-1]).min() - (len(fluxes) - 1) * step
        top = (self.upper[number] - step * np.arange(len(fluxes))[:, None]).max()
        # Scale by the intervals: the noise of measured pixels may extend much further.
        ax.set(xlim=(x.min(), x.max()), ylim=(bottom - 0.2, top + 0.2), yticks=[])
        several = " + offset" if len(fluxes) > 1 else ""
        ax.set(xlabel="Wavelength (Å)", ylabel=f"Flux / median{several}")
        finish_axes(ax)

    def _legend(self, ax):
        from matplotlib.lines import Line2D
        from matplotlib.patches import Patch

        colour = CLASS_COLOURS[0]
        handles = [
            Line2D([], [], color=colour, linewidth=1.4, label="generated"),
            Patch(color=colour, alpha=0.2, label=f"{100 * self.coverage:g} % interval"),
        ]
        if self.spectra and any(self.spectra):
            handles.append(Line2D([], [], color="0.1", linewidth=0.8, label="measured"))
        for dashes, name in zip(cycle(_OTHERS), self.others or {}):
            handles.append(Line2D([], [], color="0.45", linestyle=dashes, label=name))
        ax.legend(
            handles=handles,
            loc="lower left",
            bbox_to_anchor=(0.0, 1.0),
            ncols=len(handles),
            fontsize="small",
            frameon=False,
            columnspacing=1.2,
            handlelength=1.6,
        )


def _new_grid(n):
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(
            "Plotting needs matplotlib. Install it with pip install 'sklearn-sn[plot]'."
        ) from error
    _, axes = plt.subplots(
        n,
        2,
        figsize=(12.0, 0.4 + 3.4 * n),
        squeeze=False,
        layout="constrained",
        gridspec_kw={"width_ratios": (1.0, 1.25)},
    )
    return axes


def _curve(curve):
    """Return the points of one light curve within the drawn range of phases."""
    shown = (curve["phase"] >= _SHOWN[0]) & (curve["phase"] <= _SHOWN[1])
    arrays = {name: np.asarray(curve[name])[shown] for name in ("phase", "flux", "flux_err")}
    return arrays | {"band": np.asarray(curve["band"], dtype=object)[shown]}


def _step(flux, lower, upper):
    """Return the vertical offset at which neighbouring spectra hardly overlap."""
    if len(flux) == 1:
        return 0.0
    # The 98th percentile ignores narrow features, which may overlap.
    above = upper[1:] - lower[:-1]
    return float(max(np.percentile(above, 98.0, axis=1).max(), 0.3 * np.ptp(flux), 0.2))
