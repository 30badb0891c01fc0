"""Modules whose inputs are the arrays of one modality, and whose outputs are final results."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F


class ExportedNetwork(nn.Module):
    """Base of networks of one instance per row, such as a light curve or a spectrum.

    Parameters
    ----------
    encoder : torch.nn.Module
        Encoder of the modality.
    names : sequence of str
        Names of its keyword tensors, in the order of the inputs.
    constants : dict of str to tensor
        Keyword tensors that are equal in all batches.
    """

    outputs: tuple[str, ...] = ()

    def __init__(
        self, encoder: nn.Module, names: Sequence[str], constants: dict[str, torch.Tensor]
    ) -> None:
        super().__init__()
        self.encoder, self.names, self.constants = encoder, tuple(names), constants

    def encoded(self, arrays: Sequence[torch.Tensor]) -> torch.Tensor:
        """Return the output of the encoder, (B, width)."""
        return self.encoder(**dict(zip(self.names, arrays, strict=True)), **self.constants)


class EmbeddingNetwork(ExportedNetwork):
    """Encoder and projection to unit vectors or sequences, as in a contrastive embedder."""

    outputs = ("embedding",)

    def __init__(self, projection: nn.Module, normalize: bool, **parts: Any) -> None:
        super().__init__(**parts)
        self.projection, self.normalize = projection, normalize

    def forward(self, *arrays):
        embedding = self.projection(self.encoded(arrays))
        return F.normalize(embedding, dim=-1) if self.normalize else embedding


class HeadNetwork(ExportedNetwork):
    """Encoder, norm and head of a supervised estimator."""

    def __init__(self, norm: nn.Module, head: nn.Module, **parts: Any) -> None:
        super().__init__(**parts)
        self.norm, self.head = norm, head

    def forward(self, *arrays):
        latent = self.norm(self.encoded(arrays))
        return latent, *self.results(self.head(latent))

    def results(self, scores: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Return what follows from the outputs of the head, (B, n_outputs)."""
        raise NotImplementedError


class ClassifierNetwork(HeadNetwork):
    """Network whose head gives logits.

    Parameters
    ----------
    offsets : tensor of shape (n_classes,)
        Numbers to add to the logits, for the class prior.
    """

    outputs = ("latent", "probabilities")

    def __init__(self, offsets: torch.Tensor, **parts: Any) -> None:
        super().__init__(**parts)
        self.register_buffer("offsets", offsets)

    def results(self, scores):
        return (torch.softmax(scores + self.offsets, dim=-1),)


class RegressorNetwork(HeadNetwork):
    """Network whose head gives a scaled number and, with `limits`, its logarithmic variance.

    Parameters
    ----------
    mean, scale : float
        Mean and standard deviation of the training targets.
    limits : pair of float or None
        Range of the logarithmic variance; None if there is none.
    """

    def __init__(
        self, mean: float, scale: float, limits: tuple[float, float] | None, **parts: Any
    ) -> None:
        super().__init__(**parts)
        self.mean, self.scale, self.limits = mean, scale, limits
        self.outputs = ("latent", "mean") if limits is None else ("latent", "mean", "std")

    def results(self, scores):
        mean = scores[:, 0] * self.scale + self.mean
        if self.limits is None:
            return (mean,)
        return mean, torch.exp(0.5 * scores[:, 1].clamp(*self.limits)) * self.scale
