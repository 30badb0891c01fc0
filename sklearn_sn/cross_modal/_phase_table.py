"""Tables of spectra by bins of phase: means, spreads and quantiles."""

import numpy as np

LEVELS = np.linspace(0.005, 0.995, 100)
MIN_SPECTRA = 20  # a bin with fewer takes the quantiles of all phases
MIN_FOR_MEAN = 3


class PhaseTable:
    """Bins of phase, between whose centres one goes in straight lines.

    Parameters
    ----------
    bins : int or array of inner edges, days
        A number makes bins of equal numbers of spectra.

    Attributes
    ----------
    edges_ : array of shape (n_bins - 1,)
    centres_ : array of shape (n_bins,)
        Median phases.
    """

    _file_kind = "object"

    def __init__(self, bins):
        self.bins = bins

    def fit(self, phase):
        """Learn from the phases of spectra."""
        edges = self.bins
        if np.ndim(edges) == 0:
            edges = np.quantile(phase, np.arange(1, edges) / edges)
        self.edges_ = np.unique(np.asarray(edges, dtype=np.float64))
        code = self.codes(phase)
        found = np.unique(code)
        self.centres_ = np.array([np.median(phase[code == number]) for number in found])
        # A bin without a spectrum is none.
        self.edges_ = self.edges_[found[1:] - 1]
        return self

    def codes(self, phase):
        """Bin of every phase."""
        return np.searchsorted(self.edges_, phase, side="right")

    def between(self, table, phase):
        """Rows of a table (n_bins, ...) at some phases, constant beyond the outer centres."""
        place = np.interp(phase, self.centres_, np.arange(len(self.centres_)))
        low = np.clip(place.astype(int), 0, max(0, len(self.centres_) - 2))
        high = np.minimum(low + 1, len(self.centres_) - 1)
        share = (place - low)[:, None]
        return table[low] * (1.0 - share) + table[high] * share

    def moments(self, flux, phase):
        """Mean and standard deviation (n_bins, n_grid) of spectra with gaps; no gaps in them."""
        dated = np.isfinite(phase)
        flux, code = flux[dated], self.codes(phase[dated])
        overall = _moments(flux, 1)
        overall = [_filled(values) for values in overall]
        mean = np.tile(overall[0], (len(self.centres_), 1))
        std = np.tile(overall[1], (len(self.centres_), 1))
        for number in range(len(self.centres_)):
            own_mean, own_std = _moments(flux[code == number], MIN_FOR_MEAN)
            known = np.isfinite(own_mean)
            mean[number, known], std[number, known] = own_mean[known], own_std[known]
        return mean, std

    def quantiles(self, residual, phase):
        """Quantiles (n_bins, n_grid, n_levels) of residuals with gaps."""
        code = self.codes(phase)
        overall, count = _quantiles(residual)
        known = count > 0
        for level in range(len(LEVELS)):
            if not known.any():
                overall[:, level] = 0.0
            else:
                place = np.arange(len(known))
                overall[:, level] = np.interp(place, place[known], overall[known, level])
        out = np.tile(overall, (len(self.centres_), 1, 1))
        for number in range(len(self.centres_)):
            own, count = _quantiles(residual[code == number])
            enough = count >= MIN_SPECTRA
            out[number, enough] = own[enough]
        return out

    def at_level(self, quantiles, level):
        """The quantile (n_bins, n_grid) at one level."""
        place = np.interp(level, LEVELS, np.arange(len(LEVELS)))
        low = min(int(place), len(LEVELS) - 2)
        share = place - low
        return quantiles[..., low] * (1.0 - share) + quantiles[..., low + 1] * share


def _moments(flux, least):
    """Mean and standard deviation of columns; NaN where fewer than `least` rows are known."""
    known = np.isfinite(flux)
    count = known.sum(axis=0)
    total = np.where(known, flux, 0.0).sum(axis=0)
    mean = np.where(count >= least, total / np.maximum(count, 1), np.nan)
    square = np.where(known, flux - mean, 0.0) ** 2
    return mean, np.sqrt(square.sum(axis=0) / np.maximum(count - 1, 1))


def _filled(values):
    """Gaps of a spectrum closed by straight lines."""
    place, known = np.arange(len(values)), np.isfinite(values)
    return np.interp(place, place[known], values[known]) if known.any() else np.ones(len(values))


def _quantiles(values):
    """Quantiles (n_columns, n_levels) of columns with gaps, as of n + 1 parts; counts."""
    count = np.isfinite(values).sum(axis=0)
    if not len(values):
        return np.full((values.shape[1], len(LEVELS)), np.nan), count
    ordered = np.sort(values, axis=0)  # NaN comes last
    last = np.maximum(count - 1, 0)
    # A new spectrum falls into each of the n + 1 gaps between n with equal probability.
    place = np.clip(LEVELS[:, None] * (count + 1) - 1.0, 0, last)
    low = place.astype(int)
    left = np.take_along_axis(ordered, low, axis=0)
    right = np.take_along_axis(ordered, np.minimum(low + 1, last), axis=0)
    return (left + (place - low) * (right - left)).T, count
