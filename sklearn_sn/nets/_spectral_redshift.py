"""The net of class and redshift of spectra."""

import torch

from sklearn_sn.nets._batch import Batch
from sklearn_sn.nets._supervised import SupervisedNet


class RedshiftNet(SupervisedNet):
    """Net with the loss of class and shift, averaged over the objects with a spectrum.

    The targets of a batch are ``targets``, ``shift`` (in bins; NaN where unknown) and optionally
    ``weight``. The tensors contain ``moved``, the shift in bins by augmentation of each spectrum.
    """

    def _losses(self, outputs, X):
        return self.criterion_(outputs, X.targets["targets"], self.all_targets(X)["shift"])

    def augmented_targets(self, x: Batch) -> dict[str, torch.Tensor]:
        """Return the shift of every object in the spectrum that augmentation has moved."""
        name, shift = self.modality, x.targets["shift"]
        if name not in x.tensors:
            return {"shift": shift}
        moved = torch.cat([chunk["moved"] for chunk in x.tensors[name]]).to(shift.dtype)
        # Augmentation changed the redshift of the spectrum, so the target changes too.
        return {"shift": shift.index_add(0, x.object_index[name], moved)}
