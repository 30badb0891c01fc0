"""The net of the domain-adversarial classifier."""

import math

import torch
from torch.nn import functional as F

from sklearn_sn.nets._supervised import SupervisedNet


class DomainAdversarialNet(SupervisedNet):
    """The criterion, plus the loss of a discriminator whose gradient the encoder gets reversed.

    One step does what two alternating ones do: the discriminator descends its cross-entropy, the
    encoder ascends it, ``adversarial_weight`` times. A batch brings ``domain`` among its extras, -1
    where unknown. Validation sees the criterion alone: the sum of both is no measure of progress.

    Parameters
    ----------
    adversarial_weight : pair of float
        At the first and at the last epoch; linear between them.
    """

    def __init__(self, module, *, adversarial_weight=(1.0, 1.0), **kwargs):
        self.adversarial_weight = adversarial_weight
        super().__init__(module, **kwargs)

    def weight_now(self):
        """The weight in the epoch that runs."""
        first, last = self.adversarial_weight
        done = (len(self.history) - 1) / max(self.max_epochs - 1, 1)
        return first + (last - first) * min(max(done, 0.0), 1.0)

    def get_loss(self, y_pred, y_true, X=None, training=False):
        loss = super().get_loss(y_pred, y_true, X, training)
        if y_pred is None or not training:
            return loss
        domain = X.extras["domain"]
        known = X.present[self.modality] & (domain >= 0)
        # Out-of-range labels are ignored by cross_entropy itself.
        domain = domain.where(known, -100)
        n_known = known.sum().clamp(min=1)

        def entropy(weight):
            logits = self.module_.guess_domain(y_pred[0], weight)
            return F.cross_entropy(logits, domain, reduction="sum") / n_known

        with torch.no_grad():
            guessing = entropy(0.0) < math.log(max(self.module_.n_domains, 2))
        return loss + entropy(self.weight_now() if guessing else 0.0)
