"""Statistics of spectra in bins of phase: means, standard deviations and quantiles."""

import numpy as np

LEVELS = np.linspace(0.005, 0.995, 100)
MIN_SPECTRA = 20  # a bin with fewer spectra uses the quantiles of all phases
MIN_FOR_MEAN = 3  # a bin with fewer spectra uses the moments of all phases


class PhaseTable:
    """Bins of phase, with linear interpolation between their centres.

    Parameters
    ----------
    bins : int or array of inner edges, days
        Number of bins with equal numbers of spectra, or the inner edges.

    Attributes
    ----------
    edges_ : array of shape (n_bins - 1,)
        Inner edges, days.
    centres_ : array of shape (n_bins,)
        Median phases of the bins, days.
    """

    _file_kind = "object"

    def __init__(self, bins):
        self.bins = bins

    def fit(self, phase):
        """Determine the bins from the phases of spectra."""
        edges = self.bins
        if np.ndim(edges) == 0:
            edges = np.quantile(phase, np.arange(1, edges) / edges)
        self.edges_ = np.unique(np.asarray(edges, dtype=np.float64))
        code = self.codes(phase)
        occupied = np.unique(code)
        self.centres_ = np.array([np.median(phase[code == number]) for number in occupied])
        # Drop bins without a spectrum.
        self.edges_ = self.edges_[occupied[1:] - 1]
        return self

    def codes(self, phase):
        """Return the bin of every phase."""
        return np.searchsorted(self.edges_, phase, side="right")

    def between(self, table, phase):
        """Interpolate rows of a table (n_bins, ...) at phases; constant beyond outer centres."""
        position = np.interp(phase, self.centres_, np.arange(len(self.centres_)))
        low = np.clip(position.astype(int), 0, max(0, len(self.centres_) - 2))
        high = np.minimum(low + 1, len(self.centres_) - 1)
        share = (position - low)[:, None]
        return table[low] * (1.0 - share) + table[high] * share

    def moments(self, flux, phase):
        """Return the mean and standard deviation (n_bins, n_grid) of spectra, with gaps filled."""
        has_phase = np.isfinite(phase)
        flux, code = flux[has_phase], self.codes(phase[has_phase])
        overall = _moments(flux, 1)
        overall = [_filled(values) for values in overall]
        mean = np.tile(overall[0], (len(self.centres_), 1))
        std = np.tile(overall[1], (len(self.centres_), 1))
        for number in range(len(self.centres_)):
            bin_mean, bin_std = _moments(flux[code == number], MIN_FOR_MEAN)
            mask = np.isfinite(bin_mean)
            mean[number, mask], std[number, mask] = bin_mean[mask], bin_std[mask]
        return mean, std

    def quantiles(self, residual, phase):
        """Return quantiles (n_bins, n_grid, n_levels) of residuals with gaps."""
        code = self.codes(phase)
        overall, count = _quantiles(residual)
        covered = count > 0
        for level in range(len(LEVELS)):
            if not covered.any():
                overall[:, level] = 0.0
            else:
                column = np.arange(len(covered))
                overall[:, level] = np.interp(column, column[covered], overall[covered, level])
        out = np.tile(overall, (len(self.centres_), 1, 1))
        for number in range(len(self.centres_)):
            in_bin, count = _quantiles(residual[code == number])
            enough = count >= MIN_SPECTRA
            out[number, enough] = in_bin[enough]
        return out

    def at_level(self, quantiles, level):
        """Interpolate the quantiles (n_bins, n_grid) at one level."""
        position = np.interp(level, LEVELS, np.arange(len(LEVELS)))
        low = min(int(position), len(LEVELS) - 2)
        share = position - low
        return quantiles[..., low] * (1.0 - share) + quantiles[..., low + 1] * share


def _moments(flux, least):
    """Return mean and standard deviation of columns; NaN if fewer than `least` rows are finite."""
    finite = np.isfinite(flux)
    count = finite.sum(axis=0)
    total = np.where(finite, flux, 0.0).sum(axis=0)
    mean = np.where(count >= least, total / np.maximum(count, 1), np.nan)
    square = np.where(finite, flux - mean, 0.0) ** 2
    return mean, np.sqrt(square.sum(axis=0) / np.maximum(count - 1, 1))


def _filled(values):
    """Fill the gaps of a spectrum by linear interpolation."""
    index, finite = np.arange(len(values)), np.isfinite(values)
    if not finite.any():
        return np.ones(len(values))
    return np.interp(index, index[finite], values[finite])


def _quantiles(values):
    """Return quantiles (n_columns, n_levels) of columns with gaps, and the numbers of values."""
    count = np.isfinite(values).sum(axis=0)
    if not len(values):
        return np.full((values.shape[1], len(LEVELS)), np.nan), count
    ordered = np.sort(values, axis=0)  # NaN last
    last = np.maximum(count - 1, 0)
    # A new value falls into each of the n + 1 intervals between n values with equal probability.
    position = np.clip(LEVELS[:, None] * (count + 1) - 1.0, 0, last)
    low = position.astype(int)
    left = np.take_along_axis(ordered, low, axis=0)
    right = np.take_along_axis(ordered, np.minimum(low + 1, last), axis=0)
    return (left + (position - low) * (right - left)).T, count
