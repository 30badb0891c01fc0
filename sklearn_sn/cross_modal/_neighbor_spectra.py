"""Spectra of the objects of a gallery on one grid, asked for by object and phase."""

import numpy as np

_UNKNOWN_PHASE = 1e4  # days; an undated spectrum is nearest only where there is no other
_NEXT = 4e4  # days from one object to the next, in the one sorted list of all spectra
_NOT_COVERED = 1e-6  # weight of what stands in for a part of a spectrum that was not observed


class NeighborSpectra:
    """Spectra sorted by object and phase.

    Parameters
    ----------
    owner : array of int, shape (n_spectra,)
        Rising; each object of the gallery has a spectrum.
    phase : array of shape (n_spectra,)
        Days, rising within an object.
    flux : array of shape (n_spectra, n_grid), float32
        Without gaps.
    covered : array of bool, shape (n_spectra, n_grid)
        What was observed.
    """

    _file_kind = "object"

    def __init__(self, owner, phase, flux, covered):
        self.owner, self.phase, self.flux, self.covered = owner, phase, flux, covered

    @classmethod
    def from_spectra(cls, owner, phase, flux, stand_in):
        """Sort spectra with gaps (NaN, which `stand_in` fills) and phases that may be unknown."""
        when = np.where(np.isfinite(phase), phase, _UNKNOWN_PHASE)
        order = np.lexsort((when, owner))
        covered = np.isfinite(flux[order])
        filled = np.where(covered, flux[order], stand_in[order]).astype(np.float32)
        return cls(owner[order], when[order], filled, covered)

    def nearest(self, owner, phase):
        """Of each object, the spectrum nearest to a phase."""
        phase = np.clip(phase, -_UNKNOWN_PHASE, _UNKNOWN_PHASE)  # nobody else's spectra
        keys = self.owner * _NEXT + self.phase
        after = np.searchsorted(keys, owner * _NEXT + phase)
        before = np.maximum(after - 1, 0)
        after = np.minimum(after, len(keys) - 1)
        gaps = [
            np.where(self.owner[side] == owner, np.abs(self.phase[side] - phase), np.inf)
            for side in (before, after)
        ]
        return np.where(gaps[0] <= gaps[1], before, after)

    def mean(self, place, weights, phase):
        """Weighted means of what several objects (n, k) show at a phase (n,): (n, n_grid)."""
        total = np.zeros((len(place), self.flux.shape[1]))
        weight = np.zeros(total.shape)
        for number in range(place.shape[1]):
            nearest = self.nearest(place[:, number], phase)
            share = np.where(self.covered[nearest], 1.0, _NOT_COVERED)
            share *= weights[:, number, None]
            total += share * self.flux[nearest]
            weight += share
        return total / weight
