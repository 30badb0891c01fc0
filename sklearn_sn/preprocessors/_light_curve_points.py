"""Preprocess photometric points as sets, for the multimodal autoencoder."""

from typing import Self

import numpy as np

from sklearn_sn.data import (
    REFERENCE_WAVELENGTH,
    CheckedTable,
    PhaseFrame,
    Ragged,
    band_wavelength,
    smoothed_peaks,
)
from sklearn_sn.preprocessors._light_curve import thinned
from sklearn_sn.preprocessors._point_set import (
    PointSetPreprocessor,
    PreparedPoints,
    mean_and_scale,
    scaled_errors,
)

SOFTENING = 0.05  # of the peak: fluxes below it are linear (Lupton, Gunn & Szalay 1999)


class LightCurvePoints(PointSetPreprocessor):
    """Point sets of photometry at phase and band wavelength, with fluxes relative to the peak.

    Values are asinh(flux / 0.05 peak), standardised over the training points: logarithmic for
    bright points, linear for fluxes near 0 or negative.

    Parameters
    ----------
    phase_range : pair of float
        Days from peak; points outside are dropped.
    max_points : int
        Longer light curves are thinned to this number of points, evenly in rank.
    amplitude : bool
        Whether the peak flux is a value of every point.
    augmentation : bool
        Whether to hide some points from the encoder in training.
    """

    _cut = 3  # truncate in phase

    def __init__(
        self,
        *,
        phase_range: tuple[float, float],
        max_points: int,
        amplitude: bool,
        augmentation: bool,
    ) -> None:
        self.phase_range, self.max_points = tuple(phase_range), max_points
        self.amplitude, self.augmentation = amplitude, augmentation

    def fit(self, table: CheckedTable, frame: PhaseFrame) -> Self:
        """Learn mean and scale of values and peaks."""
        self.bands_ = np.asarray(table.light_curve["band"].categories, dtype=object)
        curves, _, peak = self._inside(table, frame)
        values = _asinh(curves["flux"] / peak[curves.rows])
        self.mean_, self.scale_ = mean_and_scale(values)
        logs = np.log10(peak[curves.lengths > 0])
        self.amplitude_mean_ = float(logs.mean()) if len(logs) else 0.0
        self.amplitude_scale_ = float(max(logs.std(), 0.1)) if len(logs) else 1.0
        return self

    def prepare(self, table: CheckedTable, frame: PhaseFrame) -> PreparedPoints:
        """Scale all light curves of a table once, in float64."""
        curves, phase, peak = self._inside(table, frame)
        rows = curves.rows
        points = np.empty((curves.n_points, 4), dtype=np.float32)
        with np.errstate(over="ignore"):
            flux, error = curves["flux"] / peak[rows], curves["flux_err"] / peak[rows]
            points[:, 0] = (_asinh(flux) - self.mean_) / self.scale_
            error = scaled_errors(error / np.hypot(flux, SOFTENING) / self.scale_)
        points[:, 1] = error
        names = np.asarray(curves["band"].categories, dtype=object)
        centre = np.log(band_wavelength(names) / REFERENCE_WAVELENGTH)[curves["band"].codes]
        # `stretch` is 1 + z in the rest frame, and 1 in the observer frame.
        points[:, 2] = centre - np.log(frame.stretch[rows])
        points[:, 3] = phase
        amplitude = (np.log10(peak) - self.amplitude_mean_) / self.amplitude_scale_
        return PreparedPoints(
            points,
            Ragged({}, curves.offsets),
            np.zeros(len(points), dtype=np.int64),
            np.clip(amplitude, -6.0, 6.0).astype(np.float32),
        )

    def _inside(self, table, frame):
        curves = table.light_curve
        peak, _ = smoothed_peaks(curves)
        phase = frame.phase(curves["time"], curves.rows)
        keep = (phase >= self.phase_range[0]) & (phase <= self.phase_range[1])
        keep &= thinned(curves.filter(keep), keep, self.max_points)
        return curves.filter(keep), phase[keep], peak

    def to_flux(self, values: np.ndarray) -> np.ndarray:
        """Return fluxes in units of the peak from network values."""
        return SOFTENING * np.sinh(np.clip(values * self.scale_ + self.mean_, -20.0, 20.0))


def _asinh(flux):
    return np.arcsinh(np.clip(flux, -1e4, 1e4) / SOFTENING)
