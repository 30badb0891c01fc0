"""Preprocess spectra for networks that learn shifts on a logarithmic grid."""

import numpy as np

from sklearn_sn.preprocessors._spectrum import PreparedSpectra, SpectrumPreprocessor
from sklearn_sn.preprocessors._spectrum_augmentation import augmented, shifted


class ShiftedSpectrumPreprocessor(SpectrumPreprocessor):
    """:class:`SpectrumPreprocessor` whose batches contain the shift by augmentation.

    Parameters are those of :class:`SpectrumPreprocessor`.
    """

    def gather(
        self, prepared: PreparedSpectra, rows: np.ndarray, rng: np.random.Generator | None = None
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Return arrays as :meth:`SpectrumPreprocessor.gather`, and the shift ``moved`` in bins."""
        arrays, object_index = super().gather(prepared, rows, rng)
        arrays["moved"] = np.zeros(len(object_index), dtype=np.float32)
        max_bins = int(self.max_shift * self.n_bins)
        if rng is not None and self.augmentation and max_bins and len(object_index):
            bins = rng.integers(-max_bins, max_bins + 1, len(object_index))
            flux, covered, bins = shifted(arrays["flux"], ~arrays["pad_mask"], bins)
            arrays["flux"], arrays["pad_mask"] = flux * covered[:, None], ~covered
            arrays["moved"] = bins.astype(np.float32)
        return arrays, object_index

    def _augmented(self, flux, covered, rng):
        # `gather` applies the shift, because it has to return it.
        warped = [i for i, name in enumerate(self.channels) if name == "flux"]
        return augmented(flux, covered, rng, max_crop=self.max_crop, warped=warped)
