"""The net of class and redshift of spectra."""

import torch

from sklearn_sn.nets._supervised import SupervisedNet


class RedshiftNet(SupervisedNet):
    """Net with the loss of class and shift, averaged over the objects with a spectrum.

    The targets of a batch are ``targets``, ``shift`` (in bins; NaN where unknown) and optionally
    ``weight``. The tensors contain ``moved``, the shift in bins by augmentation of each spectrum.
    """

    def _losses(self, outputs, X):
        name, shift = self.modality, X.targets["shift"]
        moved = torch.cat([chunk["moved"] for chunk in X.tensors[name]]).to(shift.dtype)
        # Augmentation changed the redshift of the spectrum, so the target changes too.
        shift = shift.index_add(0, X.object_index[name], moved)
        return self.criterion_(outputs, X.targets["targets"], shift)
