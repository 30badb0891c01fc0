"""Scaling of resampled spectra: standardise, divide by the continuum, clip spikes."""

import numpy as np

from sklearn_sn.data import continuum


def standardized(flux, error, covered):
    """Return flux standardised over the covered bins, and the error in the same unit."""
    count = np.maximum(covered.sum(axis=1, keepdims=True), 1)
    filled = np.where(covered, flux, 0.0)
    size = np.abs(filled).max(axis=1, keepdims=True, initial=0.0)
    # The square of a very large flux overflows. Other fluxes are not changed.
    unit = np.where(size > 1e150, size, 1.0)
    flux, error, filled, size = flux / unit, error / unit, filled / unit, size / unit
    level = filled.sum(axis=1, keepdims=True) / count
    spread = np.sqrt((np.where(covered, flux - level, 0.0) ** 2).sum(axis=1, keepdims=True) / count)
    # A constant spectrum has no spread. Its channel is 0.
    spread = np.where(spread > 1e-6 * size, spread, np.where(size > 0, size, 1.0))
    with np.errstate(over="ignore"):  # of subnormal fluxes; clipped
        return np.where(covered, (flux - level) / spread, 0.0), error / spread


def continuum_divided(flux, error, covered):
    """Return 4 (flux / continuum - 1), and the error in the same unit."""
    smooth = continuum(flux, covered)
    ratio = np.where(covered, flux / smooth - 1.0, 0.0)
    with np.errstate(over="ignore"):  # of subnormal fluxes; clipped
        return 4.0 * ratio, 4.0 * error / np.abs(smooth)


def despiked(flux, covered):
    """Clip flux at 15 robust standard deviations from the median; mask bins beyond 100.

    Returns the flux and the mask of covered bins.
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
