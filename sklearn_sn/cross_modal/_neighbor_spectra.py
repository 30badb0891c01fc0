"""Spectra of the gallery's objects on one grid, accessed by object and phase."""

import numpy as np

_UNKNOWN_PHASE = 1e4  # days; an undated spectrum is nearest only if there is no other
_NEXT = 4e4  # days between consecutive objects in the sorted list of all spectra
_NOT_COVERED = 1e-6  # weight of filled values in unobserved parts of a spectrum


class NeighborSpectra:
    """Spectra sorted by object and phase.

    Parameters
    ----------
    object_index : array of int, shape (n_spectra,)
        Object of each spectrum, increasing. Every object of the gallery has a spectrum.
    phase : array of shape (n_spectra,)
        Days from peak, increasing within an object.
    flux : array of shape (n_spectra, n_grid), float32
        Fluxes without gaps.
    covered : array of bool, shape (n_spectra, n_grid)
        True where the flux was observed.
    """

    _file_kind = "object"

    def __init__(self, object_index, phase, flux, covered):
        self.object_index, self.phase, self.flux, self.covered = object_index, phase, flux, covered

    @classmethod
    def from_spectra(cls, object_index, phase, flux, fill):
        """Sort spectra and fill their gaps.

        Parameters
        ----------
        object_index : array of int, shape (n_spectra,)
            Object of each spectrum.
        phase : array of shape (n_spectra,)
            Days from peak; NaN if unknown.
        flux : array of shape (n_spectra, n_grid)
            Fluxes; NaN in gaps.
        fill : array of shape (n_spectra, n_grid)
            Fluxes for the gaps.

        Returns
        -------
        NeighborSpectra
            The sorted spectra.
        """
        phase = np.where(np.isfinite(phase), phase, _UNKNOWN_PHASE)
        order = np.lexsort((phase, object_index))
        covered = np.isfinite(flux[order])
        filled = np.where(covered, flux[order], fill[order]).astype(np.float32)
        return cls(object_index[order], phase[order], filled, covered)

    def nearest(self, object_index, phase):
        """Return the spectrum of each object that is nearest to a phase.

        Parameters
        ----------
        object_index : array of int, shape (n,)
            Objects of the gallery.
        phase : array of shape (n,)
            Days from peak.

        Returns
        -------
        array of int, shape (n,)
            Indices of spectra.
        """
        phase = np.clip(phase, -_UNKNOWN_PHASE, _UNKNOWN_PHASE)  # stay within the object's keys
        # One sorted key for object and phase: a binary search finds the neighbours in phase.
        keys = self.object_index * _NEXT + self.phase
        after = np.searchsorted(keys, object_index * _NEXT + phase)
        before = np.maximum(after - 1, 0)
        after = np.minimum(after, len(keys) - 1)
        gaps = [
            np.where(
                self.object_index[side] == object_index, np.abs(self.phase[side] - phase), np.inf
            )
            for side in (before, after)
        ]
        return np.where(gaps[0] <= gaps[1], before, after)

    def mean(self, indices, weights, phase):
        """Return weighted means of the spectra of several objects at a phase.

        Parameters
        ----------
        indices : array of int, shape (n, k)
            Objects of the gallery.
        weights : array of shape (n, k)
            Weights of the objects.
        phase : array of shape (n,)
            Days from peak.

        Returns
        -------
        array of shape (n, n_grid)
            Mean fluxes. Filled values count only where no spectrum was observed.
        """
        total = np.zeros((len(indices), self.flux.shape[1]))
        weight = np.zeros(total.shape)
        for number in range(indices.shape[1]):
            nearest = self.nearest(indices[:, number], phase)
            share = np.where(self.covered[nearest], 1.0, _NOT_COVERED)
            share *= weights[:, number, None]
            total += share * self.flux[nearest]
            weight += share
        return total / weight
