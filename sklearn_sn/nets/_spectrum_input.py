"""Spectra on their way to a network: resampled and scaled once, gathered per batch."""

from dataclasses import dataclass, replace

import numpy as np

from sklearn_sn.data import continuum, resample
from sklearn_sn.nets._spectrum_augmentation import augmented


@dataclass(frozen=True)
class PreparedSpectra:
    """Channels and their noise (n_spectra, 2, P), covered (n_spectra, P), and owners."""

    channels: np.ndarray
    noise: np.ndarray
    covered: np.ndarray
    offsets: np.ndarray

    @property
    def lengths(self):
        return np.diff(self.offsets)

    @property
    def owners(self):
        """Object of each spectrum, shape (n_spectra,)."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    def apart(self):
        """The same, every spectrum being an object of its own."""
        return replace(self, offsets=np.arange(len(self.covered) + 1))


class SpectrumInput:
    """Bring spectra to one logarithmic grid, scale them, and gather batches.

    A spectrum becomes two channels: the flux, standardised over its covered bins, and the flux
    divided by a smooth continuum.

    Parameters
    ----------
    wavelength_range : pair of float
        Ends of the grid in Å, observer frame.
    n_bins : int
    noise, augmentation : bool
        What a training batch goes through: noise by the reported errors; and cropped ends, a slow
        warp of the calibration, and a random level of noise.
    """

    def __init__(self, *, wavelength_range, n_bins, noise=True, augmentation=True):
        self.wavelength_range, self.n_bins = wavelength_range, n_bins
        self.noise, self.augmentation = noise, augmentation

    n_channels = 2

    def fit(self, table, rows=None):
        """Lay the grid."""
        low, high = self.wavelength_range
        self.wavelength_ = np.geomspace(low, high, self.n_bins)
        return self

    def prepare(self, table):
        """Resample and scale all spectra of a table once."""
        flux, error, covered = resample(table.spectrum, self.wavelength_)
        owner = np.repeat(np.arange(len(table)), np.diff(table.spectrum_offsets))
        return self._prepared(flux, error, covered, owner, len(table))

    def _prepared(self, flux, error, covered, owner, n_objects):
        """Spectra on the grid, scaled; one that misses the grid altogether is a missing one."""
        seen = covered.sum(axis=1) >= min(3, self.n_bins)
        flux, error, covered, owner = flux[seen], error[seen], covered[seen], owner[seen]
        offsets = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=n_objects))])
        channels, noise, covered = self._channels(flux, error, covered)
        channels = np.clip(np.stack(channels, axis=1), -8.0, 8.0)
        noise = np.clip(np.nan_to_num(np.stack(noise, axis=1)), 0.0, 1.0)
        return PreparedSpectra(
            channels.astype(np.float32), noise.astype(np.float32), covered, offsets
        )

    def _channels(self, flux, error, covered):
        """Values of every channel, the error in the units of each, and what counts as covered."""
        flux, covered = despiked(flux, covered)
        parts = (standardized(flux, error, covered), continuum_divided(flux, error, covered))
        return *zip(*parts, strict=True), covered

    def gather(self, prepared, rows, rng=None):
        """Spectra of some objects: one drawn at random in training, all of them otherwise.

        Returns
        -------
        arrays : dict of array
            flux (N, 2, P), pad_mask (N, P), wavelength (P,).
        owners : array of int, shape (N,)
            Position in `rows` of the object that each spectrum belongs to.
        """
        counts = prepared.lengths[rows]
        if rng is None:
            owners = np.repeat(np.arange(len(rows)), counts)
            first = np.cumsum(counts) - counts
            taken = prepared.offsets[rows][owners] + np.arange(len(owners)) - first[owners]
        else:
            owners = np.flatnonzero(counts > 0)
            taken = prepared.offsets[rows[owners]] + rng.integers(0, counts[owners])
        flux, covered = prepared.channels[taken], prepared.covered[taken]
        if rng is not None and len(owners):
            flux = flux.copy()
            if self.noise:
                flux += prepared.noise[taken] * rng.standard_normal(
                    (len(taken), 1, self.n_bins), dtype=np.float32
                )
            if self.augmentation:
                flux, covered = self._augmented(flux, covered, rng)
        flux = flux * covered[:, None]
        return {
            "flux": flux,
            "pad_mask": ~covered,
            "wavelength": self.wavelength_.astype(np.float32),
        }, owners

    def _augmented(self, flux, covered, rng):
        return augmented(flux, covered, rng)


def standardized(flux, error, covered):
    """Flux in standard deviations from its mean over the covered bins, and the error so."""
    count = np.maximum(covered.sum(axis=1, keepdims=True), 1)
    filled = np.where(covered, flux, 0.0)
    level = filled.sum(axis=1, keepdims=True) / count
    spread = np.sqrt((np.where(covered, flux - level, 0.0) ** 2).sum(axis=1, keepdims=True) / count)
    size = np.abs(filled).max(axis=1, keepdims=True, initial=0.0)
    # A constant spectrum has no spread: its channel is 0.
    spread = np.where(spread > 1e-6 * size, spread, np.where(size > 0, size, 1.0))
    with np.errstate(over="ignore"):  # of subnormal fluxes; clipped
        return np.where(covered, (flux - level) / spread, 0.0), error / spread


def continuum_divided(flux, error, covered):
    """Four times the flux over a smooth continuum, less 1, and the error in this unit."""
    smooth = continuum(flux, covered)
    ratio = np.where(covered, flux / smooth - 1.0, 0.0)
    with np.errstate(over="ignore"):  # of subnormal fluxes; clipped
        return 4.0 * ratio, 4.0 * error / np.abs(smooth)


def despiked(flux, covered):
    """Cut what stands 15 robust standard deviations off the median; at 100 it is no light.

    Returns the flux and the bins that still count as covered.
    """
    if not len(flux):
        return flux, covered
    masked = np.where(covered, flux, np.nan)
    median = np.nanmedian(masked, axis=1, keepdims=True)
    spread = 1.4826 * np.nanmedian(np.abs(masked - median), axis=1, keepdims=True)
    spread = np.where(spread > 0, spread, np.inf)
    with np.errstate(invalid="ignore"):
        covered = covered & (np.abs(flux - median) <= 100.0 * spread)
    return np.clip(flux, median - 15.0 * spread, median + 15.0 * spread), covered
