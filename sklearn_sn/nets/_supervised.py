"""The net of estimators that learn labels or numbers from one modality."""

import torch

from sklearn_sn.nets._net import BatchNet


class SupervisedNet(BatchNet):
    """The criterion's loss of every object that has the modality, averaged by weight.

    A batch brings ``targets`` and, where objects have weights, ``weight`` among its extras; maybe
    also ``offset`` (B, n_outputs), known of the outputs beforehand: the network learns the rest.

    Parameters
    ----------
    modality : str
    """

    def __init__(self, module, *, modality, **kwargs):
        self.modality = modality
        super().__init__(module, **kwargs)

    def infer(self, x, **fit_params):
        name = self.modality
        if name not in x.tensors:
            return None
        latent, outputs = self.module_(x.tensors[name], x.owners[name], x.n_objects)
        if "offset" in x.extras:
            outputs = outputs + x.extras["offset"]
        return latent, outputs

    def get_loss(self, y_pred, y_true, X=None, training=False):
        if y_pred is None:
            # Nobody has the modality: a zero with a gradient.
            return 0.0 * sum(p.sum() for p in self.module_.parameters() if p.requires_grad)
        _, outputs = y_pred
        weight = X.present[self.modality].to(outputs.dtype)
        if "weight" in X.extras:
            weight = weight * X.extras["weight"]
        loss = self._losses(outputs, X)
        return (loss * weight).sum() / torch.clamp(weight.sum(), min=1e-6)

    def _losses(self, outputs, X):
        """The criterion of each object (B,); for subclasses."""
        return self.criterion_(outputs, X.extras["targets"])
