"""The net of the domain-adversarial classifier."""

import math

import torch
from torch.nn import functional as F

from sklearn_sn.nets._supervised import SupervisedNet


class DomainAdversarialNet(SupervisedNet):
    """The criterion, less the loss of a discriminator of domains, in alternate steps.

    For every batch the discriminator first takes some steps of its own down its cross-entropy, with
    the latent as it is, and an optimizer of its own. Then the rest of the module takes one down the
    criterion minus ``adversarial_weight`` times that cross-entropy. It counts up to the entropy of
    guessing: a discriminator that is worse knows the domain too.

    A batch brings ``domain`` among its extras, -1 where unknown. Validation sees the criterion
    alone: the difference of both is no measure of progress.

    Parameters
    ----------
    adversarial_weight : pair of float
        At the first and at the last epoch; linear between them.
    discriminator_steps : int
    guessing : float, optional
        Entropy of guessing the domain; by default that of domains of equal shares.
    """

    def __init__(
        self,
        module,
        *,
        adversarial_weight=(1.0, 1.0),
        discriminator_steps=5,
        guessing=None,
        **kwargs,
    ):
        self.adversarial_weight, self.guessing = adversarial_weight, guessing
        self.discriminator_steps = discriminator_steps
        super().__init__(module, **kwargs)

    def initialize_optimizer(self, *args, **kwargs):
        super().initialize_optimizer(*args, **kwargs)
        parameters = self.module_.discriminator.parameters()
        self.discriminator_optimizer_ = torch.optim.Adam(parameters, lr=self.lr)
        return self

    def partial_fit(self, *args, **kwargs):
        # The rate and the epochs may be others than in an earlier fit.
        self.first_epoch_ = len(getattr(self, "history_", ()))
        if hasattr(self, "discriminator_optimizer_"):
            for group in self.discriminator_optimizer_.param_groups:
                group["lr"] = self.lr
        return super().partial_fit(*args, **kwargs)

    def get_all_learnable_params(self):
        for name, parameter in super().get_all_learnable_params():
            if not name.startswith("discriminator."):
                yield name, parameter

    def weight_now(self):
        """The weight in the epoch that runs."""
        first, last = self.adversarial_weight
        epoch = len(self.history) - 1 - getattr(self, "first_epoch_", 0)
        done = epoch / max(self.max_epochs - 1, 1)
        return first + (last - first) * min(max(done, 0.0), 1.0)

    def get_loss(self, y_pred, y_true, X=None, training=False):
        loss = super().get_loss(y_pred, y_true, X, training)
        if y_pred is None or not training:
            return loss
        known = X.present[self.modality] & (X.extras["domain"] >= 0)
        if known.sum() < 2:  # no spread to normalise by
            return loss
        latent, domain = y_pred[0][known], X.extras["domain"][known]
        discriminator = self.module_.discriminator
        optimizer = self.discriminator_optimizer_
        for _ in range(self.discriminator_steps):
            optimizer.zero_grad()
            F.cross_entropy(discriminator(latent.detach()), domain).backward()
            optimizer.step()
        optimizer.zero_grad()
        # Its gradients here are nobody's: they must not count when gradients are clipped.
        discriminator.requires_grad_(False)
        logits = discriminator(latent)
        discriminator.requires_grad_(True)
        guessing = math.log(logits.shape[1]) if self.guessing is None else self.guessing
        hidden = F.cross_entropy(logits, domain).clamp(max=guessing)
        return loss - self.weight_now() * hidden
