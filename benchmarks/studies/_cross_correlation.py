"""Classes and redshifts by cross-correlation with rest-frame templates, as in SNID."""

import numpy as np
from _spectra import validate_table
from scipy import fft

from sklearn_sn.data import continuum, resample, wavelength_grid

STEP = np.log(9000.0 / 3500.0) / 1024  # 277 km/s
OBSERVED = wavelength_grid(3500.0, 9000.0, 1024)
AT_REST = wavelength_grid(3500.0 * np.exp(-500 * STEP), 9000.0, 1524)
Z_MAX = 1.0
BEST = 10


def apodised(spectra, grid, redshift=None):
    """Return continuum-divided spectra minus 1, tapered at the ends, and their coverage mask."""
    shifts = None if redshift is None else 1.0 + redshift
    flux, _, covered = resample(spectra, grid, shifts=shifts)
    flat = np.clip(flux / continuum(flux, covered, n_knots=5) - 1.0, -3.0, 3.0)
    covered &= np.isfinite(flat)
    rank = np.cumsum(covered, axis=1)
    total = rank[:, -1:]
    edge = np.minimum(rank, total - rank + 1) / np.maximum(0.05 * total, 1.0)
    taper = np.sin(0.5 * np.pi * np.minimum(edge, 1.0))
    return np.where(covered, flat * taper, 0.0).astype(np.float32), covered.astype(np.float32)


class CrossCorrelation:
    """Classify by a vote of the ten best templates, weighted by (correlation × overlap)².

    Parameters
    ----------
    n_templates : int
        Maximum number of training spectra per class that are used as templates.
    """

    def __init__(self, n_templates=300):
        self.n_templates = n_templates

    def fit(self, singles, y):
        redshift = singles["redshift"].to_numpy()
        known = np.isfinite(redshift) & (redshift > -0.01) & (redshift < Z_MAX)
        rng = np.random.default_rng(0)
        rows = [rng.permutation(np.flatnonzero(known & (y == name))) for name in np.unique(y)]
        rows = np.concatenate([part[: self.n_templates] for part in rows])
        self.classes_, self.codes_ = np.unique(y[rows], return_inverse=True)
        flat, covered = apodised(
            validate_table(singles.iloc[rows]).spectrum, AT_REST, redshift[rows]
        )
        self.size_ = fft.next_fast_len(len(OBSERVED) + len(AT_REST), real=True)
        self.transforms_ = [fft.rfft(a, self.size_) for a in (flat, flat**2, covered)]
        # Lags in ln(1 + z): the rest-frame grid starts 500 bins before the observed one.
        self.lags_ = np.arange(0, int(np.log1p(Z_MAX) / STEP) + 1)
        return self

    def correlations(self, flat, covered):
        """Return the correlations of one spectrum, shape (n_templates, n_lags)."""
        template, template_square, template_covered = self.transforms_
        parts = (flat, flat**2, covered)
        seen, seen_square, seen_covered = (fft.rfft(a, self.size_) for a in parts)
        lag_index = (self.lags_ - 500) % self.size_

        def correlate(one, many):
            return fft.irfft(one * np.conj(many), self.size_)[:, lag_index]

        overlap = correlate(seen_covered, template_covered) * STEP
        norm = correlate(seen_square, template_covered)
        norm = norm * correlate(seen_covered, template_square)
        return correlate(seen, template) / np.sqrt(np.maximum(norm, 1e-3)) * overlap

    def predict_proba_and_redshift(self, singles):
        """Return class probabilities and redshifts."""
        proba = np.zeros((len(singles), len(self.classes_)))
        redshift = np.zeros(len(singles))
        spectra = zip(*apodised(validate_table(singles).spectrum, OBSERVED), strict=True)
        for row, (flat, covered) in enumerate(spectra):
            correlation = self.correlations(flat, covered)
            lag = correlation.argmax(axis=1)
            height = correlation[np.arange(len(correlation)), lag]
            best = np.argsort(-height)[:BEST]
            votes = np.bincount(self.codes_[best], np.maximum(height[best], 0) ** 2 + 1e-9)
            proba[row, : len(votes)] = votes / votes.sum()
            peak = best[0]
            redshift[row] = np.expm1((lag[peak] + _vertex(correlation[peak], lag[peak])) * STEP)
        return proba, redshift


def _vertex(values, index):
    """Return the sub-bin offset of the maximum, by a parabola through three bins."""
    if not 0 < index < len(values) - 1:
        return 0.0
    left, top, right = values[index - 1 : index + 2]
    return 0.5 * (left - right) / min(left - 2 * top + right, -1e-12)
