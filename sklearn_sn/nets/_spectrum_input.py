"""Spectra on their way to a network: resampled and scaled once, gathered per batch."""

from dataclasses import dataclass

import numpy as np

from sklearn_sn.data import continuum, resample


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
        spectra = table.spectrum
        flux, error, covered = resample(spectra, self.wavelength_)
        # A spectrum that misses the grid altogether is a missing one.
        owner = np.repeat(np.arange(len(table)), np.diff(table.spectrum_offsets))
        seen = covered.sum(axis=1) >= min(3, self.n_bins)
        flux, error, covered, owner = flux[seen], error[seen], covered[seen], owner[seen]
        offsets = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=len(table)))])
        flux, covered = _despiked(flux, covered)
        level, spread = _level(flux, covered)
        smooth = continuum(flux, covered)
        ratio = np.where(covered, flux / smooth - 1.0, 0.0)
        scaled = np.where(covered, (flux - level) / spread, 0.0)
        channels = np.stack([np.clip(scaled, -8.0, 8.0), np.clip(4.0 * ratio, -8.0, 8.0)], axis=1)
        # One error, in the units of either channel.
        with np.errstate(over="ignore"):  # of subnormal fluxes; clipped
            noise = np.stack([error / spread, 4.0 * error / np.abs(smooth)], axis=1)
        noise = np.clip(np.nan_to_num(noise), 0.0, 1.0)
        return PreparedSpectra(
            channels.astype(np.float32), noise.astype(np.float32), covered, offsets
        )

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
                flux, covered = _augmented(flux, covered, rng)
        flux = flux * covered[:, None]
        return {
            "flux": flux,
            "pad_mask": ~covered,
            "wavelength": self.wavelength_.astype(np.float32),
        }, owners


def _level(flux, covered):
    """Mean and standard deviation over the covered bins, (n, 1) each; the latter positive."""
    count = np.maximum(covered.sum(axis=1, keepdims=True), 1)
    filled = np.where(covered, flux, 0.0)
    level = filled.sum(axis=1, keepdims=True) / count
    spread = np.sqrt((np.where(covered, flux - level, 0.0) ** 2).sum(axis=1, keepdims=True) / count)
    size = np.abs(filled).max(axis=1, keepdims=True, initial=0.0)
    # A constant spectrum has no spread: its channels are 0.
    return level, np.where(spread > 1e-6 * size, spread, np.where(size > 0, size, 1.0))


def _despiked(flux, covered):
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


def _augmented(flux, covered, rng):
    """Crop the ends of both channels, warp the flux slowly, add noise to each of them."""
    n, _, P = flux.shape
    place = np.linspace(0.0, 1.0, P, dtype=np.float32)
    low = np.where(rng.random(n) < 0.3, rng.uniform(0.0, 0.2, n), 0.0)[:, None]
    high = np.where(rng.random(n) < 0.3, rng.uniform(0.8, 1.0, n), 1.0)[:, None]
    inside = covered & (place >= low) & (place <= high)
    inside = np.where(inside.sum(axis=1, keepdims=True) >= 3, inside, covered)
    slope, bend = rng.normal(0.0, 0.2, (2, n, 1)).astype(np.float32)
    flux[:, 0] += slope * (2 * place - 1) + bend * np.cos(2 * np.pi * place)
    level = rng.uniform(0.0, 0.15, (n, 1, 1)).astype(np.float32)
    return flux + level * rng.standard_normal(flux.shape, dtype=np.float32), inside
