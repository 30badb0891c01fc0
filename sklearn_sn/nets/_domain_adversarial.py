"""The net of the domain-adversarial classifier."""

import math
from collections.abc import Iterator
from typing import Any, Self

import torch
from torch import nn
from torch.nn import functional as F

from sklearn_sn.nets._supervised import SupConNet

_IGNORED = -100  # label that cross_entropy ignores


class DomainAdversarialNet(SupConNet):
    """Net with the supervised loss minus the loss of a discriminator, in alternate steps.

    For every batch, the discriminator first takes steps that lower its cross-entropy on the current
    latents, with its own optimizer. Then the rest of the module takes one step that lowers the
    supervised loss minus ``adversarial_weight`` times this cross-entropy, which is limited to the
    entropy of guessing: a larger value means that the discriminator errs systematically, so that
    the latent reveals the domain.

    The targets of a batch contain ``domain``, -1 where unknown. Validation uses the supervised loss
    alone, because the difference of the losses does not measure progress.

    Parameters
    ----------
    adversarial_weight : pair of float
        Weight in the first and the last epoch; it changes linearly in between.
    discriminator_steps : int
        Steps of the discriminator for each step of the rest of the module.
    guessing : float, optional
        Entropy of guessing the domain; by default that of equal shares of the domains.
    contrastive_weight : float
        Weight of the contrastive loss, as in :class:`SupConNet`.
    """

    def __init__(
        self,
        module: nn.Module | type[nn.Module],
        *,
        adversarial_weight: tuple[float, float] = (1.0, 1.0),
        discriminator_steps: int = 5,
        guessing: float | None = None,
        contrastive_weight: float = 0.0,
        **kwargs: Any,
    ) -> None:
        self.adversarial_weight, self.guessing = adversarial_weight, guessing
        self.discriminator_steps = discriminator_steps
        super().__init__(module, contrastive_weight=contrastive_weight, **kwargs)

    def initialize_optimizer(self, *args: Any, **kwargs: Any) -> Self:
        """Create the optimizers of the discriminator and of the rest of the module."""
        super().initialize_optimizer(*args, **kwargs)
        parameters = self.module_.discriminator.parameters()
        self.discriminator_optimizer_ = torch.optim.Adam(parameters, lr=self.lr)
        return self

    def forget_moments(self) -> None:
        super().forget_moments()
        self.discriminator_optimizer_.state.clear()

    def partial_fit(self, *args: Any, **kwargs: Any) -> Self:
        """Continue training from the current weights."""
        # Learning rate and number of epochs may differ from those of an earlier fit.
        self.first_epoch_ = len(getattr(self, "history_", ()))
        if hasattr(self, "discriminator_optimizer_"):
            for group in self.discriminator_optimizer_.param_groups:
                group["lr"] = self.lr
        return super().partial_fit(*args, **kwargs)

    def get_all_learnable_params(self) -> Iterator[tuple[str, nn.Parameter]]:
        for name, parameter in super().get_all_learnable_params():
            if not name.startswith("discriminator."):
                yield name, parameter

    def current_weight(self) -> float:
        """Return the adversarial weight of the current epoch."""
        first, last = self.adversarial_weight
        epoch = len(self.history) - 1 - getattr(self, "first_epoch_", 0)
        progress = epoch / max(self.max_epochs - 1, 1)
        return first + (last - first) * min(max(progress, 0.0), 1.0)

    def get_loss(
        self, y_pred: Any, y_true: Any, X: Any = None, training: bool = False
    ) -> torch.Tensor:
        loss = super().get_loss(y_pred, y_true, X, training)
        if y_pred is None or not training or len(y_pred[0]) < 2:  # a single latent has no spread
            return loss
        latent = y_pred[0]
        known = X.present[self.modality] & (X.targets["domain"] >= 0)
        domain = X.targets["domain"].where(known, _IGNORED)
        discriminator = self.module_.discriminator
        optimizer = self.discriminator_optimizer_
        for _ in range(self.discriminator_steps):
            optimizer.zero_grad()
            _mean_cross_entropy(discriminator(latent.detach()), domain).backward()
            optimizer.step()
        optimizer.zero_grad()
        # Disable the gradients of the discriminator, because they would count in gradient clipping.
        discriminator.requires_grad_(False)
        logits = discriminator(latent)
        discriminator.requires_grad_(True)
        guessing = math.log(logits.shape[1]) if self.guessing is None else self.guessing
        hidden = _mean_cross_entropy(logits, domain).clamp(max=guessing)
        return loss - self.current_weight() * hidden


def _mean_cross_entropy(logits, domain):
    """Return the mean cross-entropy over the known domains; 0 if none is known."""
    total = F.cross_entropy(logits, domain, ignore_index=_IGNORED, reduction="sum")
    return total / (domain != _IGNORED).sum().clamp(min=1)
