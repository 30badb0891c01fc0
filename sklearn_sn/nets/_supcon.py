"""The net of the supervised contrastive classifier."""

from sklearn_sn.losses import SupConLoss
from sklearn_sn.nets._supervised import SupervisedNet


class SupConNet(SupervisedNet):
    """The criterion, plus the contrastive loss of the latents of a batch.

    Parameters
    ----------
    contrastive_weight : float
        Weight of the contrastive loss.
    temperature : float
    """

    def __init__(self, module, *, contrastive_weight=1.0, temperature=0.5, **kwargs):
        self.contrastive_weight, self.temperature = contrastive_weight, temperature
        super().__init__(module, **kwargs)

    def get_loss(self, y_pred, y_true, X=None, training=False):
        loss = super().get_loss(y_pred, y_true, X, training)
        if y_pred is None:
            return loss
        here = X.present[self.modality]
        contrastive = SupConLoss(self.temperature)(y_pred[0][here], X.extras["targets"][here])
        return loss + self.contrastive_weight * contrastive
