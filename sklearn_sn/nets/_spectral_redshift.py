"""The net that learns class and redshift of spectra."""

import torch

from sklearn_sn.nets._supervised import SupervisedNet


class RedshiftNet(SupervisedNet):
    """Loss of class and shift, averaged over the objects that have a spectrum.

    A batch holds ``targets``, ``shift`` (in bins; NaN where unknown) and optionally ``weight``
    among its targets, and for every spectrum the number of bins by which augmentation has ``moved``
    it.
    """

    def _losses(self, outputs, X):
        name, shift = self.modality, X.targets["shift"]
        moved = torch.cat([chunk["moved"] for chunk in X.tensors[name]]).to(shift.dtype)
        shift = shift.index_add(0, X.object_index[name], moved)
        return self.criterion_(outputs, X.targets["targets"], shift)
