"""Preprocess spectra for networks that learn shifts on a logarithmic grid."""

import numpy as np

from sklearn_sn.preprocessors._spectrum import PreparedSpectra, SpectrumPreprocessor
from sklearn_sn.preprocessors._spectrum_augmentation import augmented, shifted


class ShiftedSpectrumPreprocessor(SpectrumPreprocessor):
    """A :class:`SpectrumPreprocessor` whose batches report the shift that augmentation applied.

    Parameters are those of :class:`SpectrumPreprocessor`.
    """

    def gather(
        self, prepared: PreparedSpectra, rows: np.ndarray, rng: np.random.Generator | None = None
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """As :meth:`SpectrumPreprocessor.gather`, with the array ``moved`` (N,) in bins."""
        arrays, object_index = super().gather(prepared, rows, rng)
        arrays["moved"] = np.zeros(len(object_index), dtype=np.float32)
        most = int(self.max_shift * self.n_bins)
        if rng is not None and self.augmentation and most and len(object_index):
            bins = rng.integers(-most, most + 1, len(object_index))
            flux, covered, bins = shifted(arrays["flux"], ~arrays["pad_mask"], bins)
            arrays["flux"], arrays["pad_mask"] = flux * covered[:, None], ~covered
            arrays["moved"] = bins.astype(np.float32)
        return arrays, object_index

    def _augmented(self, flux, covered, rng):
        # `gather` applies the shift itself, because it reports it.
        warped = [i for i, name in enumerate(self.channels) if name == "flux"]
        return augmented(flux, covered, rng, max_crop=self.max_crop, warped=warped)
