"""Preprocess spectra for networks that also read the mean and the standard deviation."""

from dataclasses import dataclass

import numpy as np

from sklearn_sn.preprocessors._spectrum import PreparedSpectra, SpectrumPreprocessor


@dataclass(frozen=True)
class PreparedPatchSpectra(PreparedSpectra):
    """Prepared spectra with their moments, (n_spectra, 2)."""

    moments: np.ndarray


class PatchSpectrumPreprocessor(SpectrumPreprocessor):
    """:class:`SpectrumPreprocessor` whose batches contain the moments of each spectrum.

    The array ``moments`` (N, 2) holds arsinh((m - level) / spread) and arsinh(s / spread), where m
    and s are the mean and the standard deviation of the flux over the covered bins, and level and
    spread are those of the training data.

    Parameters are those of :class:`SpectrumPreprocessor`.

    Attributes
    ----------
    amplitude : bool
        Whether to compute the moments; otherwise they are 0. The encoder sets it.
    """

    amplitude = True

    def _prepared(self, flux, error, covered, object_index, n_objects):
        usable = covered.sum(axis=1) >= min(3, self.n_bins)
        moments = self._moments(flux[usable], covered[usable])
        base = super()._prepared(flux, error, covered, object_index, n_objects)
        return PreparedPatchSpectra(**vars(base), moments=moments)

    def _moments(self, flux, covered):
        moments = np.zeros((len(flux), 2), dtype=np.float32)
        if not self.amplitude:
            return moments
        count = np.maximum(covered.sum(axis=1), 1)
        filled = np.where(covered, flux, 0.0)
        # Relative to the largest flux, whose square could overflow.
        size = np.abs(filled).max(axis=1, initial=0.0)
        relative = filled / np.where(size > 0, size, 1.0)[:, None]
        mean = relative.sum(axis=1) / count
        variance = (np.where(covered, relative - mean[:, None], 0.0) ** 2).sum(axis=1) / count
        with np.errstate(over="ignore"):
            moments[:, 0] = np.clip(
                np.arcsinh((mean * size - self.level_) / self.spread_), -8.0, 8.0
            )
            moments[:, 1] = np.clip(np.arcsinh(np.sqrt(variance) * size / self.spread_), 0.0, 8.0)
        return moments

    def _arrays(self, prepared, chosen, rng):
        arrays = super()._arrays(prepared, chosen, rng)
        return arrays | {"moments": prepared.moments[chosen]}
