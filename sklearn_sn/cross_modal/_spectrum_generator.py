"""What generators of spectra share that learn nothing but tables of spectra."""

from numbers import Integral, Real

import numpy as np
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

N_WAVELENGTHS = 256  # of the grid
_MAX_PIXELS = 512
_BLOCK = 8_000_000  # numbers worked on at once
_MAX_COVERAGE = 0.99


class SpectrumGenerator(BaseEstimator):
    """Base: spectra on one grid, expected ones by phase, and intervals from residuals.

    Subclasses answer ``_query(X)``, whatever stands for the objects, and ``_expected(query, rows,
    phase)``, spectra on the grid of shape (len(rows), n_grid).
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
        """Lay the grid and the bins of phase; answer flux (S, n_grid), owner and phase (S,)."""
        for name in ("phase_range", "wavelength_range", "normalization_range"):
            ends = tuple(getattr(self, name))
            if len(ends) != 2 or not all(isinstance(e, Real) for e in ends) or ends[0] >= ends[1]:
                raise ValueError(
                    f"The {name!r} parameter must be two rising numbers. Got {ends!r} instead."
                )
        self.frame_ = "rest" if self.frame == "rest" and "redshift" in X.columns else "observer"
        self.estimates_peak_ = False
        spectra, owner, phase = self._placed(X)
        dated = np.isfinite(phase)
        if not dated.any():
            raise ValueError(
                f"X has no spectrum of known phase within {tuple(self.phase_range)!r} days and "
                f"{tuple(self.wavelength_range)!r} Å; give it times, and a column 't_peak' (MJD)."
            )
        low, high = np.percentile(spectra["wavelength"], [2.0, 98.0])
        self.wavelength_ = np.geomspace(low, high, N_WAVELENGTHS)
        self.phases_ = PhaseTable(self.phase_bins).fit(phase[dated])
        self.n_features_in_ = X.shape[1]
        if all(isinstance(name, str) for name in X.columns):
            self.feature_names_in_ = np.array(X.columns, dtype=object)
        return resample(spectra, self.wavelength_)[0], owner, phase

    def _placed(self, X):
        """Spectra of X by phase and wavelength, each in units of its median; owners, phases."""
        modalities = [name for name in ("light_curve", "spectrum") if name in X.columns]
        columns = [name for name in ("redshift", "t_peak") if name in X.columns]
        modalities = modalities if "spectrum" in modalities else ["spectrum"]  # refused there
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
        """The mean spectrum by phase: what stands in where nothing else is known."""
        self.mean_, self.std_ = self.phases_.moments(flux, phase)

    def _learn_residuals(self, flux, phase, query, owner, chunk=2000):
        """Quantiles of what spectra differ by from those expected at their phase."""
        dated = np.flatnonzero(np.isfinite(phase))
        residual = np.empty((len(dated), flux.shape[1]))
        for start in range(0, len(dated), chunk):
            part = dated[start : start + chunk]
            residual[start : start + chunk] = flux[part] - self._expected(
                query, owner[part], phase[part]
            )
        self.residuals_ = self.phases_.quantiles(residual, phase[dated])
        self.n_residuals_ = len(dated)

    def calibrate(self, X, to="spectrum", *, source=None):
        """Learn the widths of the intervals from objects that were not in fit.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            With spectra of known phase.
        to : {"spectrum"}, default="spectrum"
        source : ignored

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If no object has a spectrum of known phase.
        """
        check_is_fitted(self, "phases_")
        self._only_spectra(to)
        X = as_frame(X)
        spectra, owner, phase = self._placed(X)
        if not np.isfinite(phase).any():
            raise ValueError("No spectrum of X has a known phase: give X a column 't_peak'.")
        flux = resample(spectra, self.wavelength_)[0]
        self._learn_residuals(flux, phase, self._query(X), owner)
        return self

    def _only_spectra(self, to, band=None):
        if to != "spectrum" or band is not None:
            raise ValueError(
                f"{type(self).__name__} knows spectra only: to='spectrum', without a band."
            )

    def _query_coordinates(self, n, phase, wavelength):
        """Places, phases (1 or n, F) and wavelengths (1 or n, W)."""
        wavelength = self.wavelength_ if wavelength is None else wavelength
        limits = tuple(self.wavelength_range)
        if phase is not None:
            warn_outside_range(phase, self.phase_range)
        places = spectrum_coordinates(0.0 if phase is None else phase, wavelength, limits, n)
        width = places.shape[-1]
        when = places.phase[:, ::width]
        where = REFERENCE_WAVELENGTH * np.exp(places.log_wavelength[:, :width])
        return places, when, where

    def _evaluate(self, query, n, when, where, spectra):
        """`spectra(query, rows, phase)` of all objects, phases and wavelengths: (n, F, W)."""
        when = np.broadcast_to(when, (n, when.shape[1]))
        out = np.empty((n, when.shape[1], where.shape[1]))
        step = max(1, _BLOCK // (when.shape[1] * N_WAVELENGTHS))
        for start in range(0, n, step):
            rows = np.arange(start, min(start + step, n))
            flat = spectra(query, np.repeat(rows, when.shape[1]), when[rows].reshape(-1))
            flat = flat.reshape(len(rows), when.shape[1], -1)
            out[rows] = self._at_wavelengths(flat, where if len(where) == 1 else where[rows])
        return out

    def _at_wavelengths(self, flux, where):
        """Linear between the points of the grid, constant beyond: (n, F, n_grid) to (n, F, W)."""
        place = np.interp(np.log(where), np.log(self.wavelength_), np.arange(N_WAVELENGTHS))
        low = np.minimum(place.astype(int), N_WAVELENGTHS - 2)
        share = (place - low)[:, None]
        if len(where) == 1:
            return flux[..., low[0]] * (1.0 - share) + flux[..., low[0] + 1] * share
        low = np.broadcast_to(low[:, None], (*flux.shape[:2], where.shape[1]))
        left, right = (np.take_along_axis(flux, low + step, axis=2) for step in (0, 1))
        return left * (1.0 - share) + right * share

    def _predict(self, X, phase, wavelength):
        """Expected spectra (n, F, W) with their places, phases, wavelengths and the query."""
        check_is_fitted(self, "phases_")
        X = as_frame(X)
        places, when, where = self._query_coordinates(len(X), phase, wavelength)
        query = self._query(X)
        return self._evaluate(query, len(X), when, where, self._expected), places, when, where

    def _interval(self, X, phase, wavelength, coverage):
        if not 0 < coverage <= _MAX_COVERAGE:
            raise ValueError(
                f"coverage must lie above 0 and not above {_MAX_COVERAGE}; got {coverage!r}."
            )
        needed = int(np.ceil(2.0 / (1.0 - coverage) - 1e-9)) - 1
        if self.n_residuals_ < needed:
            warn_quality(
                f"Intervals of {coverage:.0%} take {needed} spectra to learn from; there were "
                f"{self.n_residuals_}: they are too narrow."
            )
        flux, places, when, where = self._predict(X, phase, wavelength)
        ends = []
        for level in (0.5 - 0.5 * coverage, 0.5 + 0.5 * coverage):
            table = self.phases_.at_level(self.residuals_, level)

            def offset(query, rows, phase, table=table):
                return self.phases_.between(table, phase)

            # Once where all objects ask for the same.
            shift = self._evaluate(None, max(len(when), len(where)), when, where, offset)
            ends.append((flux + shift).reshape(len(flux), *places.shape))
        return tuple(ends)


def as_asked(flux, places, X, as_nested):
    """Samples (n, S, F, W) in the shape that was asked for."""
    if as_nested:
        flat = flux.reshape(*flux.shape[:2], -1)
        return places.to_nested(flat, as_frame(X).index, "spectrum")
    return flux.reshape(*flux.shape[:2], *places.shape)


def check_n_samples(n_samples):
    """Refuse to draw nothing."""
    if n_samples < 1:
        raise ValueError(f"n_samples must be 1 or more; got {n_samples!r}.")
