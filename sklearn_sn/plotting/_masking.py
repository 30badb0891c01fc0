"""Plot the quality of generated spectra as light curves lose points."""

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator

from sklearn_sn.data import DataQualityWarning, as_frame, as_ragged, resample
from sklearn_sn.plotting._axes import finish_axes
from sklearn_sn.plotting._by_phase import measurements_by_phase
from sklearn_sn.plotting._palette import class_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FRACTIONS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9)


class MaskingDisplay:
    """Plot of the residual and coverage of generated spectra over the fraction of hidden points.

    If the uncertainty of a model is calibrated, its prediction approaches the mean spectrum as
    points are hidden, and the coverage of its intervals does not change.

    Parameters
    ----------
    fractions : array of shape (n_fractions,)
        Fractions of hidden points.
    residuals : dict of str to array of shape (n_fractions,)
        Mean squared residual of each model, in units of the squared median flux.
    coverages : dict of str to array of shape (n_fractions,)
        Fraction of measured fluxes inside the intervals of each model.
    coverage : float, default=0.9
        Nominal coverage of the intervals.

    Attributes
    ----------
    axes_ : array of matplotlib Axes, shape (2,)
        Axes of the plot.
    figure_ : matplotlib Figure
        Figure of the plot.

    See Also
    --------
    GenerationDisplay : Plot of the generated spectra.

    Examples
    --------
    >>> from sklearn_sn.cross_modal import MeanSpectrumGenerator
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.plotting import MaskingDisplay
    >>> X, y, truth = make_supernovae(30, classes=["SN Ia"], return_truth=True, random_state=0)
    >>> X["t_peak"] = truth["t_peak"]
    >>> models = {"mean": MeanSpectrumGenerator(phase_bins=2).fit(X)}
    >>> display = MaskingDisplay.from_estimators(models, X, fractions=[0.0, 0.5])
    >>> residual = display.residuals["mean"]
    >>> bool(residual[0] == residual[1])  # the mean spectrum does not use light curves
    True
    """

    def __init__(
        self,
        fractions: np.ndarray,
        residuals: dict[str, np.ndarray],
        coverages: dict[str, np.ndarray],
        coverage: float = 0.9,
    ) -> None:
        self.fractions = fractions
        self.residuals = residuals
        self.coverages = coverages
        self.coverage = coverage

    @classmethod
    def from_estimators(
        cls,
        estimators: dict[str, BaseEstimator],
        X: pd.DataFrame,
        *,
        fractions: Sequence[float] = FRACTIONS,
        wavelength: ArrayLike | None = None,
        coverage: float = 0.9,
        max_spectra: int = 4,
        random_state: int = 0,
    ) -> Self:
        """Hide points of light curves and compare generated with measured spectra.

        Parameters
        ----------
        estimators : dict of str to fitted estimator
            Estimators with ``predict``, ``predict_interval`` and ``frame_``, all in one frame.
        X : pandas.DataFrame of n_objects rows
            Table with light curves and spectra of known phase, of objects that were not in fit.
            Without a column ``t_peak`` the models estimate the peak from the remaining points.
        fractions : sequence of float in [0, 1], default=(0, 0.1, 0.3, 0.5, 0.7, 0.9)
            Fractions of hidden points. The hidden sets are nested.
        wavelength : array of shape (n_wavelengths,), optional
            Wavelengths in Å, increasing. By default the first estimator's ``wavelength_``.
        coverage : float, default=0.9
            Nominal coverage of the intervals.
        max_spectra : int, default=4
            Maximum number of spectra per object; the first ones are used.
        random_state : int, default=0
            Seed of the choice of points.

        Returns
        -------
        MaskingDisplay
            Display of residuals and coverages.

        Raises
        ------
        ValueError
            If no object has a light curve and a spectrum of known phase.
        """
        X, first = as_frame(X), next(iter(estimators.values()))
        grid = np.asarray(first.wavelength_ if wavelength is None else wavelength, dtype=float)
        X, phase, truth = _measured(X, first, grid, max_spectra)
        measured = np.isfinite(truth)
        curves = as_ragged(X["light_curve"], kind="light_curve")
        # Rank of every point in a random order of its object's points, scaled to [0, 1).
        draw = np.random.default_rng(random_state).random(curves.n_points)
        rank = np.empty(curves.n_points)
        rank[np.lexsort((draw, curves.rows))] = curves.rank()
        rank /= curves.lengths[curves.rows]
        without_spectra = X.drop(columns="spectrum")
        residuals = {name: [] for name in estimators}
        coverages = {name: [] for name in estimators}
        for fraction in fractions:
            remaining = curves.filter(rank >= fraction).to_nested(index=X.index)
            table = without_spectra.assign(light_curve=remaining)
            for name, model in estimators.items():
                query = {"phase": phase, "wavelength": grid}
                with warnings.catch_warnings():
                    # Empty light curves are intended here.
                    warnings.simplefilter("ignore", DataQualityWarning)
                    predicted = model.predict(table, **query)
                    lower, upper = model.predict_interval(table, coverage=coverage, **query)
                inside = (lower <= truth) & (truth <= upper)
                residuals[name].append(float(np.mean((predicted - truth)[measured] ** 2)))
                coverages[name].append(float(np.mean(inside[measured])))
        return cls(
            np.asarray(fractions, dtype=float),
            {name: np.array(values) for name, values in residuals.items()},
            {name: np.array(values) for name, values in coverages.items()},
            coverage,
        )

    def plot(self, axes: "np.ndarray | Sequence[Axes] | None" = None, **kwargs: Any) -> Self:
        """Draw the residuals on the left and the coverages on the right.

        Parameters
        ----------
        axes : array of matplotlib Axes, shape (2,), optional
            Axes to draw on. By default a new figure is created.
        **kwargs : dict
            Options of ``ax.plot``.

        Returns
        -------
        MaskingDisplay
            The display itself.

        Raises
        ------
        ValueError
            If the axes have another shape.
        """
        if axes is None:
            try:
                import matplotlib.pyplot as plt
            except ImportError as error:
                raise ImportError(
                    "Plotting needs matplotlib. Install it with pip install 'sklearn-sn[plot]'."
                ) from error
            _, axes = plt.subplots(1, 2, figsize=(9.6, 3.8), layout="constrained")
        self.axes_ = np.asarray(axes)
        if self.axes_.shape != (2,):
            raise ValueError(
                "The 'axes' parameter of MaskingDisplay.plot must have shape (2,). Got "
                f"{self.axes_.shape} instead."
            )
        self.figure_ = self.axes_[0].figure
        percent = 100.0 * np.asarray(self.fractions, dtype=float)
        for number, name in enumerate(self.residuals):
            colour, marker = class_style(number)
            style = {"color": colour, "marker": marker, "markersize": 5, "label": name} | kwargs
            self.axes_[0].plot(percent, self.residuals[name], **style)
            self.axes_[1].plot(percent, 100.0 * np.asarray(self.coverages[name]), **style)
        self.axes_[1].axhline(100.0 * self.coverage, color="0.6", linewidth=0.9, zorder=0)
        labels = ("Mean squared residual", f"Coverage of {100 * self.coverage:g} % intervals (%)")
        for ax, label in zip(self.axes_, labels, strict=True):
            ax.set(xlabel="Points hidden (%)", ylabel=label)
            finish_axes(ax)
        top = max((np.max(values) for values in self.residuals.values()), default=1.0)
        self.axes_[0].set_ylim(0.0, 1.08 * top)
        # Show at least 18 percentage points, so that small deviations look small.
        covered = 100.0 * np.array([self.coverage, *np.ravel([*self.coverages.values()])])
        low, high = covered.min(), covered.max()
        target = covered[0]
        self.axes_[1].set_ylim(min(low - 1.0, target - 10.0), max(high + 1.0, target + 8.0))
        self.axes_[0].legend(frameon=False)
        return self


def _measured(X, estimator, grid, max_spectra):
    """Return the objects with spectra, phases (n, F), and fluxes (n, F, W) with gaps."""
    _, spectra, object_index, phase = measurements_by_phase(X, estimator)
    curves = as_ragged(X["light_curve"], kind="light_curve")
    taken = curves.lengths[object_index] > 0
    # Rank of each spectrum within its object; object_index is sorted.
    number = np.arange(len(object_index)) - np.searchsorted(object_index, object_index)
    taken &= number < max_spectra
    if not taken.any():
        raise ValueError("X has no object with a light curve and a spectrum of known phase.")
    flux = resample(spectra.take(taken), grid)[0]
    rows, row_of = np.unique(object_index[taken], return_inverse=True)
    number = number[taken]
    phases = np.zeros((len(rows), number.max() + 1))
    truth = np.full((*phases.shape, len(grid)), np.nan)
    phases[row_of, number], truth[row_of, number] = phase[taken], flux
    return X.iloc[rows], phases, truth
