"""The net of masked pretraining of spectra."""

from typing import Any

import torch

from sklearn_sn.nets._batch import Batch
from sklearn_sn.nets._net import BatchNet


class MaskedSpectrumNet(BatchNet):
    """Net with the criterion of the hidden windows of the spectra of a batch."""

    has_output_per_object = False

    def infer(self, x: Batch, **fit_params: Any) -> torch.Tensor:
        return self.module_(x.tensors["spectrum"])

    def augmented_targets(self, x: Batch) -> dict[str, torch.Tensor]:
        """Return the targets of what is hidden."""
        return self.module_.targets(x.tensors["spectrum"])

    def get_loss(
        self, y_pred: Any, y_true: Any, X: Any = None, training: bool = False
    ) -> torch.Tensor:
        return self.criterion_(y_pred, **self.all_targets(X))
