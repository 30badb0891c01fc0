"""Base class of spectrum generators that are fitted on tables of spectra only."""

from numbers import Integral, Real
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.cross_modal._phase_table import PhaseTable
from sklearn_sn.cross_modal._tags import tag_tables_only
from sklearn_sn.data import (
    REFERENCE_WAVELENGTH,
    as_frame,
    check_table,
    phase_frame,
    resample,
    spectra_with_phase,
    spectrum_coordinates,
    warn_estimated,
    warn_outside_range,
    warn_quality,
    warn_unknown_phase,
)

N_WAVELENGTHS = 256  # size of the wavelength grid
_MAX_PIXELS = 512  # maximum number of pixels per spectrum; longer ones are rebinned
_BLOCK = 8_000_000  # values computed at once; bounds the memory
_MAX_COVERAGE = 0.99


class SpectrumGenerator(BaseEstimator):
    """Base class: spectra on one grid, predictions by phase, and intervals from residuals.

    Subclasses implement ``_query(X)``, which returns a representation of the objects, and
    ``_expected(query, rows, phase)``, which returns spectra on the grid, of shape
    (len(rows), n_grid).
    """

    _parameter_constraints = {
        "frame": [StrOptions({"rest", "observer"})],
        "phase_bins": [Interval(Integral, 1, None, closed="left"), "array-like"],
        "phase_range": ["array-like"],
        "wavelength_range": ["array-like"],
        "normalization_range": ["array-like"],
    }

    def __sklearn_tags__(self):
        return tag_tables_only(super().__sklearn_tags__())

    def _fit_grid(self, X):
        """Construct grid and phase bins; return flux (S, n_grid), object index and phase (S,)."""
        for name in ("phase_range", "wavelength_range", "normalization_range"):
            ends = tuple(getattr(self, name))
            if len(ends) != 2 or not all(isinstance(e, Real) for e in ends) or ends[0] >= ends[1]:
                raise ValueError(
                    f"The {name!r} parameter of {type(self).__name__} must be two increasing "
                    f"numbers. Got {ends!r} instead."
                )
        self.frame_ = "rest" if self.frame == "rest" and "redshift" in X.columns else "observer"
        self.estimates_peak_ = False
        spectra, object_index, phase = self._spectra_by_phase(X)
        has_phase = np.isfinite(phase)
        if not has_phase.any():
            raise ValueError(
                f"X has no spectrum of known phase within {tuple(self.phase_range)!r} days and "
                f"{tuple(self.wavelength_range)!r} Å. Spectra need times, and X a column 't_peak' "
                "(MJD)."
            )
        # Leave out the extremes of the range, which few spectra reach.
        low, high = np.percentile(spectra["wavelength"], [2.0, 98.0])
        self.wavelength_ = np.geomspace(low, high, N_WAVELENGTHS)
        self.phases_ = PhaseTable(self.phase_bins).fit(phase[has_phase])
        self.n_features_in_ = X.shape[1]
        if all(isinstance(name, str) for name in X.columns):
            self.feature_names_in_ = np.array(X.columns, dtype=object)
        return resample(spectra, self.wavelength_)[0], object_index, phase

    def _spectra_by_phase(self, X):
        """Return the normalised spectra of X, the object of each, and the phase of each."""
        modalities = [name for name in ("light_curve", "spectrum") if name in X.columns]
        columns = [name for name in ("redshift", "t_peak") if name in X.columns]
        if "spectrum" not in modalities:
            modalities = ["spectrum"]  # check_table raises
        table = check_table(X, modalities=modalities, metadata_columns=columns)
        frame = phase_frame(table, self.frame_ == "rest")
        if frame.estimated.any() and not self.estimates_peak_:
            warn_estimated(frame)
            self.estimates_peak_ = True
        warn_unknown_phase(frame)
        return spectra_with_phase(
            table,
            frame,
            wavelength_range=self.wavelength_range,
            phase_range=self.phase_range,
            normalization_range=self.normalization_range,
            max_pixels=_MAX_PIXELS,
        )

    def _fit_mean(self, flux, phase):
        """Compute the mean spectrum by phase, which fills gaps."""
        self.mean_, self.std_ = self.phases_.moments(flux, phase)

    def _learn_residuals(self, flux, phase, query, object_index, chunk=2000):
        """Compute the quantiles of the residuals of spectra by phase."""
        rows = np.flatnonzero(np.isfinite(phase))  # spectra of known phase
        residual = np.empty((len(rows), flux.shape[1]))
        for start in range(0, len(rows), chunk):
            part = rows[start : start + chunk]
            residual[start : start + chunk] = flux[part] - self._expected(
                query, object_index[part], phase[part]
            )
        self.residuals_ = self.phases_.quantiles(residual, phase[rows])
        self.n_residuals_ = len(rows)

    def calibrate(self, X: pd.DataFrame, to: str = "spectrum", *, source: Any = None) -> Self:
        """Estimate the widths of the intervals from objects that were not in fit.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with spectra of known phase.
        to : {"spectrum"}, default="spectrum"
            Modality to calibrate.
        source : ignored
            Present for API consistency.

        Returns
        -------
        self
            The calibrated generator.

        Raises
        ------
        ValueError
            If no object has a spectrum of known phase.
        """
        check_is_fitted(self, "phases_")
        self._check_spectra_only(to)
        X = as_frame(X)
        spectra, object_index, phase = self._spectra_by_phase(X)
        if not np.isfinite(phase).any():
            raise ValueError(
                "X has no spectrum of known phase. Spectra need times, and X a column 't_peak' "
                "(MJD)."
            )
        flux = resample(spectra, self.wavelength_)[0]
        self._learn_residuals(flux, phase, self._query(X), object_index)
        return self

    def _check_spectra_only(self, to, band=None):
        if to != "spectrum" or band is not None:
            raise ValueError(
                f"{type(self).__name__} predicts spectra only, with to='spectrum' and band=None. "
                f"Got to={to!r} and band={band!r} instead."
            )

    def _query_coordinates(self, n, phase, wavelength):
        """Return the query coordinates, phases (1 or n, F) and wavelengths (1 or n, W)."""
        wavelength = self.wavelength_ if wavelength is None else wavelength
        limits = tuple(self.wavelength_range)
        if phase is not None:
            warn_outside_range(phase, self.phase_range)
        phase = 0.0 if phase is None else phase
        coordinates = spectrum_coordinates(phase, wavelength, limits, n)
        width = coordinates.shape[-1]
        phases = coordinates.phase[:, ::width]
        wavelengths = REFERENCE_WAVELENGTH * np.exp(coordinates.log_wavelength[:, :width])
        return coordinates, phases, wavelengths

    def _evaluate(self, query, n, phases, wavelengths, spectra):
        """Evaluate `spectra(query, rows, phase)` at all query coordinates: (n, F, W)."""
        n_phases = phases.shape[1]
        phases = np.broadcast_to(phases, (n, n_phases))
        out = np.empty((n, n_phases, wavelengths.shape[1]))
        step = max(1, _BLOCK // (n_phases * N_WAVELENGTHS))
        for start in range(0, n, step):
            rows = np.arange(start, min(start + step, n))
            flux = spectra(query, np.repeat(rows, n_phases), phases[rows].reshape(-1))
            flux = flux.reshape(len(rows), n_phases, -1)  # (rows, F, n_grid)
            shared = len(wavelengths) == 1
            out[rows] = self._at_wavelengths(flux, wavelengths if shared else wavelengths[rows])
        return out

    def _at_wavelengths(self, flux, wavelengths):
        """Interpolate the grid linearly, constant beyond its ends: (n, F, n_grid) to (n, F, W)."""
        grid = np.log(self.wavelength_)
        position = np.interp(np.log(wavelengths), grid, np.arange(N_WAVELENGTHS))
        low = np.minimum(position.astype(int), N_WAVELENGTHS - 2)
        share = (position - low)[:, None]
        if len(wavelengths) == 1:
            return flux[..., low[0]] * (1.0 - share) + flux[..., low[0] + 1] * share
        low = np.broadcast_to(low[:, None], (*flux.shape[:2], wavelengths.shape[1]))
        left, right = (np.take_along_axis(flux, low + step, axis=2) for step in (0, 1))
        return left * (1.0 - share) + right * share

    def _predict(self, X, phase, wavelength):
        """Return expected spectra (n, F, W), query coordinates, phases and wavelengths."""
        check_is_fitted(self, "phases_")
        X = as_frame(X)
        coordinates, phases, wavelengths = self._query_coordinates(len(X), phase, wavelength)
        flux = self._evaluate(self._query(X), len(X), phases, wavelengths, self._expected)
        return flux, coordinates, phases, wavelengths

    def _interval(self, X, phase, wavelength, coverage):
        if not 0 < coverage <= _MAX_COVERAGE:
            raise ValueError(
                f"The 'coverage' parameter of {type(self).__name__} must be in the range "
                f"(0, {_MAX_COVERAGE}]. Got {coverage!r} instead."
            )
        # The outermost of n values are at quantiles 1 / (n + 1) and n / (n + 1): the least n for
        # which the interval does not extend beyond them.
        needed = int(np.ceil(2.0 / (1.0 - coverage) - 1e-9)) - 1
        if self.n_residuals_ < needed:
            warn_quality(
                f"Intervals of {coverage:.0%} coverage need {needed} spectra of known phase, but "
                f"there are only {self.n_residuals_}. The intervals are too narrow; use more "
                "spectra or a lower coverage."
            )
        flux, coordinates, phases, wavelengths = self._predict(X, phase, wavelength)
        n = max(len(phases), len(wavelengths))  # 1 if all objects share the coordinates
        ends = []
        for level in (0.5 - 0.5 * coverage, 0.5 + 0.5 * coverage):
            table = self.phases_.at_level(self.residuals_, level)

            def offset(query, rows, phase, table=table):
                return self.phases_.between(table, phase)

            shift = self._evaluate(None, n, phases, wavelengths, offset)
            ends.append((flux + shift).reshape(len(flux), *coordinates.shape))
        return tuple(ends)


def reshape_samples(flux, coordinates, X, as_nested):
    """Reshape samples to the form of the query, or to a nested column.

    Parameters
    ----------
    flux : array of shape (n_objects, n_samples, n_phases, n_wavelengths)
        Samples.
    coordinates : query coordinates
        Result of :func:`sklearn_sn.data.spectrum_coordinates`.
    X : pandas.DataFrame of n_objects rows
        Table with the index of the column.
    as_nested : bool
        Return a nested column.

    Returns
    -------
    array of shape (n_objects, n_samples, [n_phases,] n_wavelengths) or pandas.Series
        The samples.
    """
    if as_nested:
        flat = flux.reshape(*flux.shape[:2], -1)
        return coordinates.to_nested(flat, as_frame(X).index, "spectrum")
    return flux.reshape(*flux.shape[:2], *coordinates.shape)


def check_n_samples(n_samples):
    """Raise if the number of samples is below 1."""
    if n_samples < 1:
        raise ValueError(
            "The 'n_samples' parameter must be an int in the range [1, inf). Got "
            f"{n_samples!r} instead."
        )
