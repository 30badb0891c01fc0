"""The net that learns class and redshift of spectra, and what feeds it."""

import numpy as np
import torch

from sklearn_sn.nets._spectrum_augmentation import augmented, shifted
from sklearn_sn.nets._spectrum_grid_input import SpectrumGridInput
from sklearn_sn.nets._supervised import SupervisedNet


class RedshiftSpectrumInput(SpectrumGridInput):
    """Spectra on a logarithmic grid, which tell by how many bins training has moved them.

    Parameters are those of :class:`SpectrumGridInput`.
    """

    def gather(self, prepared, rows, rng=None):
        """As :meth:`SpectrumInput.gather`, and the array ``moved`` (N,), in bins."""
        arrays, owners = super().gather(prepared, rows, rng)
        arrays["moved"] = np.zeros(len(owners), dtype=np.float32)
        most = int(self.max_shift * self.n_bins)
        if rng is not None and self.augmentation and most and len(owners):
            bins = rng.integers(-most, most + 1, len(owners))
            flux, covered, bins = shifted(arrays["flux"], ~arrays["pad_mask"], bins)
            arrays["flux"], arrays["pad_mask"] = flux * covered[:, None], ~covered
            arrays["moved"] = bins.astype(np.float32)
        return arrays, owners

    def _augmented(self, flux, covered, rng):
        # The move is made in `gather`, which says how far.
        warped = [i for i, name in enumerate(self.channels) if name == "flux"]
        return augmented(flux, covered, rng, max_crop=self.max_crop, warped=warped)


class RedshiftNet(SupervisedNet):
    """The criterion's loss of class and shift, of every object that has a spectrum.

    A batch brings ``targets``, ``shift`` (in bins; NaN where unknown) and maybe ``weight`` among
    its extras, and with its spectra by how many bins they have ``moved``.
    """

    def _losses(self, outputs, X):
        name, shift = self.modality, X.extras["shift"]
        moved = torch.cat([chunk["moved"] for chunk in X.tensors[name]]).to(shift.dtype)
        shift = shift.index_add(0, X.owners[name], moved)
        return self.criterion_(outputs, X.extras["targets"], shift)
