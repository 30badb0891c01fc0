"""Types and redshifts by cross-correlation with spectra at rest, as SNID does it."""

import numpy as np
from _spectra import checked
from scipy import fft

from sklearn_sn.data import continuum, resample, wavelength_grid

STEP = np.log(9000.0 / 3500.0) / 1024  # 277 km/s
OBSERVED = wavelength_grid(3500.0, 9000.0, 1024)
AT_REST = wavelength_grid(3500.0 * np.exp(-500 * STEP), 9000.0, 1524)
Z_MAX = 1.0
BEST = 10


def apodised(spectra, grid, redshift=None):
    """Spectra over a smooth continuum, less it, tapered at the ends; and where they are covered."""
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
    """The ten templates that fit best vote, by correlation times overlap, squared.

    Parameters
    ----------
    n_templates : int
        Spectra of the training part that are templates, of each class at most.
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
        flat, covered = apodised(checked(singles.iloc[rows]).spectrum, AT_REST, redshift[rows])
        self.size_ = fft.next_fast_len(len(OBSERVED) + len(AT_REST), real=True)
        self.transforms_ = [fft.rfft(a, self.size_) for a in (flat, flat**2, covered)]
        # Lags of ln(1 + z): the rest grid begins 500 bins before the observed one.
        self.lags_ = np.arange(0, int(np.log1p(Z_MAX) / STEP) + 1)
        return self

    def correlations(self, flat, covered):
        """Of one spectrum, with every template at every lag: (n_templates, n_lags)."""
        template, square, there = self.transforms_
        seen, seen_square, here = (fft.rfft(a, self.size_) for a in (flat, flat**2, covered))
        places = (self.lags_ - 500) % self.size_

        def against(one, many):
            return fft.irfft(one * np.conj(many), self.size_)[:, places]

        overlap = against(here, there) * STEP
        norm = against(seen_square, there) * against(here, square)
        return against(seen, template) / np.sqrt(np.maximum(norm, 1e-3)) * overlap

    def answers(self, singles):
        """Probabilities of the classes, and redshifts."""
        proba = np.zeros((len(singles), len(self.classes_)))
        redshift = np.zeros(len(singles))
        spectra = zip(*apodised(checked(singles).spectrum, OBSERVED), strict=True)
        for row, (flat, covered) in enumerate(spectra):
            found = self.correlations(flat, covered)
            lag = found.argmax(axis=1)
            height = found[np.arange(len(found)), lag]
            best = np.argsort(-height)[:BEST]
            votes = np.bincount(self.codes_[best], np.maximum(height[best], 0) ** 2 + 1e-9)
            proba[row, : len(votes)] = votes / votes.sum()
            peak = best[0]
            redshift[row] = np.expm1((lag[peak] + _vertex(found[peak], lag[peak])) * STEP)
        return proba, redshift


def _vertex(values, place):
    """Where between the bins the parabola through the highest and its neighbours has its top."""
    if not 0 < place < len(values) - 1:
        return 0.0
    left, top, right = values[place - 1 : place + 2]
    return 0.5 * (left - right) / min(left - 2 * top + right, -1e-12)
