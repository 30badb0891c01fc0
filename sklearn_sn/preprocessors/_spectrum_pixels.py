"""Preprocess pixels of spectra as sets, for the multimodal autoencoder."""

from typing import Self

import numpy as np

from sklearn_sn.data import (
    REFERENCE_WAVELENGTH,
    CheckedTable,
    PhaseFrame,
    Ragged,
    spectra_with_phase,
)
from sklearn_sn.preprocessors._point_set import (
    LARGEST_VALUE,
    PointSetPreprocessor,
    PreparedPoints,
    mean_and_scale,
    scaled_errors,
)


class SpectrumPixels(PointSetPreprocessor):
    """Point sets of the pixels of all spectra of an object, each with its wavelength and phase.

    A flux is divided by the median absolute flux of its spectrum inside `normalization_range` (of
    the whole spectrum if that range is not covered) and standardised over the training pixels.

    Parameters
    ----------
    wavelength_range, phase_range : pair of float
        Ranges in Å and in days from peak; pixels and spectra outside are dropped.
    normalization_range : pair of float
        Range in Å of the fluxes whose median is the unit.
    max_pixels : int
        Longer spectra are averaged to this number of pixels.
    n_drawn : int
        Spectra of an object in one training batch, newly drawn in each epoch.
    augmentation : bool
        Whether to hide some pixels from the encoder in training.
    """

    _cut = 2  # truncate in wavelength

    def __init__(
        self,
        *,
        wavelength_range: tuple[float, float],
        phase_range: tuple[float, float],
        normalization_range: tuple[float, float],
        max_pixels: int,
        n_drawn: int,
        augmentation: bool,
    ) -> None:
        self.wavelength_range, self.phase_range = tuple(wavelength_range), tuple(phase_range)
        self.normalization_range = tuple(normalization_range)
        self.max_pixels, self.n_drawn, self.augmentation = max_pixels, n_drawn, augmentation

    def fit(self, table: CheckedTable, frame: PhaseFrame) -> Self:
        """Learn the scales and the covered wavelengths."""
        _, _, wavelength, _, flux, _ = self._inside(table, frame)
        self.mean_, self.scale_ = mean_and_scale(flux)
        # Use the central 96 %, so that many spectra cover each wavelength of the default grid.
        ends = np.percentile(wavelength, [2.0, 98.0]) if len(wavelength) else self.wavelength_range
        self.covered_ = (float(ends[0]), float(ends[1]))
        return self

    def prepare(self, table: CheckedTable, frame: PhaseFrame) -> PreparedPoints:
        """Scale all spectra of a table once."""
        pixels, object_index, wavelength, phase, flux, error = self._inside(table, frame)
        points = np.empty((pixels.n_points, 4), dtype=np.float32)
        values = (flux - self.mean_) / self.scale_
        points[:, 0] = np.clip(values, -LARGEST_VALUE, LARGEST_VALUE)
        with np.errstate(over="ignore"):
            points[:, 1] = scaled_errors(error / self.scale_)
        points[:, 2] = np.log(wavelength / REFERENCE_WAVELENGTH)
        points[:, 3] = phase[pixels.rows]
        counts = np.bincount(object_index, weights=pixels.lengths, minlength=len(table))
        offsets = np.concatenate([[0], np.cumsum(counts.astype(np.int64))])
        amplitude = np.zeros(len(table), dtype=np.float32)
        return PreparedPoints(points, Ragged({}, offsets), pixels.rows, amplitude)

    def _inside(self, table, frame):
        """Return usable spectra, their objects, wavelengths, phases, relative fluxes and errors."""
        spectra, object_index, phase = spectra_with_phase(
            table,
            frame,
            wavelength_range=self.wavelength_range,
            phase_range=self.phase_range,
            normalization_range=self.normalization_range,
            max_pixels=self.max_pixels,
        )
        flux, error = spectra["flux"], spectra["flux_err"]
        return spectra, object_index, spectra["wavelength"], phase, flux, error

    def to_flux(self, values: np.ndarray) -> np.ndarray:
        """Return fluxes in units of the median of their spectrum from network values."""
        return values * self.scale_ + self.mean_
