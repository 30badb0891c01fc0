"""How generated spectra fade as light curves lose points."""

import warnings

import numpy as np

from sklearn_sn.data import DataQualityWarning, as_frame, as_ragged, resample
from sklearn_sn.plotting._axes import finish_axes
from sklearn_sn.plotting._palette import class_style
from sklearn_sn.plotting._placed import place_objects

FRACTIONS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9)


class MaskingDisplay:
    """Residual and coverage of generated spectra against the fraction of points that were hidden.

    A model that knows what it does not know falls back to the mean spectrum, and its intervals
    cover as before.

    Parameters
    ----------
    fractions : array of shape (n_fractions,)
    residuals : dict of str to array of shape (n_fractions,)
        Mean squared residual of each model, in units of the median flux.
    coverages : dict of str to array of shape (n_fractions,)
        Fraction of measured fluxes inside the intervals.
    coverage : float, default=0.9
        What the intervals promise.

    Attributes
    ----------
    axes_ : array of matplotlib Axes, shape (2,)
    figure_ : matplotlib Figure

    See Also
    --------
    GenerationDisplay : The spectra themselves.

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
    >>> bool(residual[0] == residual[1])  # the mean looks at no light curve
    True
    """

    def __init__(self, fractions, residuals, coverages, coverage=0.9):
        self.fractions = fractions
        self.residuals = residuals
        self.coverages = coverages
        self.coverage = coverage

    @classmethod
    def from_estimators(
        cls,
        estimators,
        X,
        *,
        fractions=FRACTIONS,
        wavelength=None,
        coverage=0.9,
        max_spectra=4,
        random_state=0,
    ):
        """Hide points of light curves, and compare what is generated with what was measured.

        Parameters
        ----------
        estimators : dict of str to fitted estimator
            With ``predict``, ``predict_interval`` and ``frame_``, all in one frame.
        X : pandas.DataFrame of n_objects rows
            With light curves and spectra of known phase; objects that were not in fit. Without a
            column ``t_peak`` the models estimate the peak from what is left of a light curve.
        fractions : sequence of float in [0, 1], default=(0, 0.1, 0.3, 0.5, 0.7, 0.9)
            What is hidden at one is hidden at every larger one.
        wavelength : array of shape (n_wavelengths,), optional
            Å, rising. Default: the first estimator's ``wavelength_``.
        coverage : float, default=0.9
        max_spectra : int, default=4
            Of an object, the first that count.
        random_state : int, default=0
            Of the choice of points.

        Returns
        -------
        MaskingDisplay

        Raises
        ------
        ValueError
            If no object has a light curve and a spectrum of known phase.
        """
        X, first = as_frame(X), next(iter(estimators.values()))
        grid = np.asarray(first.wavelength_ if wavelength is None else wavelength, dtype=float)
        X, phase, truth = _measured(X, first, grid, max_spectra)
        known = np.isfinite(truth)
        curves = as_ragged(X["light_curve"], kind="light_curve")
        # Rank of every point in a random order of its object's, in [0, 1).
        draw = np.random.default_rng(random_state).random(curves.n_points)
        place = np.empty(curves.n_points)
        place[np.lexsort((draw, curves.rows))] = curves.rank()
        place /= curves.lengths[curves.rows]
        bare = X.drop(columns="spectrum")
        residuals = {name: [] for name in estimators}
        coverages = {name: [] for name in estimators}
        for fraction in fractions:
            left = curves.filter(place >= fraction).to_nested(index=X.index)
            table = bare.assign(light_curve=left)
            for name, model in estimators.items():
                where = {"phase": phase, "wavelength": grid}
                with warnings.catch_warnings():
                    # That light curves are empty is what is being tried.
                    warnings.simplefilter("ignore", DataQualityWarning)
                    answer = model.predict(table, **where)
                    lower, upper = model.predict_interval(table, coverage=coverage, **where)
                inside = (lower <= truth) & (truth <= upper)
                residuals[name].append(float(np.mean((answer - truth)[known] ** 2)))
                coverages[name].append(float(np.mean(inside[known])))
        return cls(
            np.asarray(fractions, dtype=float),
            {name: np.array(values) for name, values in residuals.items()},
            {name: np.array(values) for name, values in coverages.items()},
            coverage,
        )

    def plot(self, axes=None, **kwargs):
        """Draw residuals left, coverage right.

        Parameters
        ----------
        axes : array of matplotlib Axes, shape (2,), optional
            A new figure where absent.
        **kwargs : dict
            Passed to ``ax.plot``.

        Returns
        -------
        MaskingDisplay
            Itself.

        Raises
        ------
        ValueError
            For axes of another shape.
        """
        if axes is None:
            try:
                import matplotlib.pyplot as plt
            except ImportError as error:
                raise ImportError(
                    "Plotting needs matplotlib: pip install 'sklearn-sn[plot]' (or matplotlib)."
                ) from error
            _, axes = plt.subplots(1, 2, figsize=(9.6, 3.8), layout="constrained")
        self.axes_ = np.asarray(axes)
        if self.axes_.shape != (2,):
            raise ValueError(f"axes must have the shape (2,); got {self.axes_.shape}.")
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
        # A few points in a hundred are to look like a few.
        covered = 100.0 * np.array([self.coverage, *np.ravel([*self.coverages.values()])])
        low, high = covered.min(), covered.max()
        target = covered[0]
        self.axes_[1].set_ylim(min(low - 1.0, target - 10.0), max(high + 1.0, target + 8.0))
        self.axes_[0].legend(frameon=False)
        return self


def _measured(X, estimator, grid, max_spectra):
    """Objects with spectra, phases (n, F), and fluxes (n, F, W) with gaps."""
    _, spectra, owner, phase = place_objects(X, estimator)
    curves = as_ragged(X["light_curve"], kind="light_curve")
    taken = curves.lengths[owner] > 0
    number = np.arange(len(owner)) - np.searchsorted(owner, owner)
    taken &= number < max_spectra
    if not taken.any():
        raise ValueError("X has no object with a light curve and a spectrum of known phase.")
    flux = resample(spectra.take(taken), grid)[0]
    rows, place = np.unique(owner[taken], return_inverse=True)
    number = number[taken]
    phases = np.zeros((len(rows), number.max() + 1))
    truth = np.full((*phases.shape, len(grid)), np.nan)
    phases[place, number], truth[place, number] = phase[taken], flux
    return X.iloc[rows], phases, truth
