"""The module of one encoder with a linear head."""

from typing import Any

import torch
from torch import nn

from sklearn_sn.modules._freezable import FreezableModule


class SupervisedModule(FreezableModule):
    """Encoder of one modality with a linear head on the latent.

    Parameters
    ----------
    encoder : torch.nn.Module
        Module that maps the tensors of the modality to (n_instances, width).
    width : int
        Width of the encoder's output.
    n_outputs : int
        Number of classes or of predicted numbers.
    dropout : float
        Dropout between latent and head.
    normalize : bool
        Whether to apply a layer norm to the encoding.

    Notes
    -----
    ``forward`` takes ``chunks``, a list of keyword tensors, and ``object_index``, the object of
    each instance. It returns the latent, (B, width), and the outputs, (B, n_outputs). The
    instances of an object are averaged. The encoding of an object without an instance is 0.
    """

    def __init__(
        self,
        encoder: Any,
        width: int,
        n_outputs: int,
        *,
        dropout: float = 0.0,
        normalize: bool = True,
    ) -> None:
        super().__init__()
        self.width, self.n_outputs = width, n_outputs
        self.encoder = encoder
        self.norm = nn.LayerNorm(width) if normalize else nn.Identity()
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(width, n_outputs)

    def forward(
        self, chunks: list[dict[str, torch.Tensor]], object_index: torch.Tensor, n_objects: int
    ) -> tuple[torch.Tensor, torch.Tensor]:
        parts = [self.encoder(**tensors) for tensors in chunks]
        encoded = torch.cat(parts) if len(parts) > 1 else parts[0]
        if len(encoded) == n_objects == 1:  # the mean of one instance, without four operations
            return self.outputs_of(encoded)
        ones = torch.ones_like(encoded[:, :1])
        count = encoded.new_zeros(n_objects, 1).index_add(0, object_index, ones)
        total = encoded.new_zeros(n_objects, self.width).index_add(0, object_index, encoded)
        return self.outputs_of(total / count.clamp(min=1))

    def outputs_of(self, encoded: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return latent and outputs of encodings, (..., width)."""
        latent = self.norm(encoded)
        return latent, self.head(self.dropout(latent))

    def after_each_point(
        self, tensors: dict[str, torch.Tensor]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return latent (B, L, width) and outputs (B, L, n_outputs) after every point."""
        return self.outputs_of(self.encoder.after_each_point(**tensors))
