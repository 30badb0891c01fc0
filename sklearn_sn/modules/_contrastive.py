"""The module of encoders that share one embedding space."""

import math
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from sklearn_sn.modules._freezable import FreezableModule


class ContrastiveModule(FreezableModule):
    """Encoders and projections of several modalities to unit vectors in one space.

    Parameters
    ----------
    encoders : dict of str to torch.nn.Module
        Modules that map the tensors of a modality to (n_instances, width).
    widths : dict of str to int
        Width of each encoder's output.
    embedding_dim : int
        Dimension of the shared space.
    temperature : float
        Initial temperature; the logit scale is its inverse.
    learn_temperature : bool
        Whether the temperature is trained.
    n_classes, n_targets : int
        Sizes of the auxiliary heads, which the modalities share; 0 for no head.

    Notes
    -----
    ``forward`` takes ``tensors``, which contains a list of chunks of keyword tensors for each
    modality, and ``object_index``, which contains the object of each instance, such as a spectrum.
    The instances of an object are averaged. It returns the embeddings, (B, embedding_dim) for each
    modality with zeros where an object lacks it, and the outputs of the auxiliary heads.
    """

    def __init__(
        self,
        encoders: dict[str, nn.Module],
        widths: dict[str, int],
        *,
        embedding_dim: int,
        temperature: float,
        learn_temperature: bool,
        n_classes: int = 0,
        n_targets: int = 0,
    ) -> None:
        super().__init__()
        self.embedding_dim = embedding_dim
        self.encoders = nn.ModuleDict(encoders)
        self.projections = nn.ModuleDict(
            {name: nn.Linear(widths[name], embedding_dim) for name in encoders}
        )
        # The logarithm keeps a learned scale positive.
        scale = torch.tensor(math.log(1.0 / temperature))
        if learn_temperature:
            self.log_scale = nn.Parameter(scale)
        else:
            self.register_buffer("log_scale", scale)
        self.class_head = nn.Linear(embedding_dim, n_classes) if n_classes else None
        self.target_head = nn.Linear(embedding_dim, n_targets) if n_targets else None

    def forward(
        self,
        tensors: dict[str, list[dict[str, torch.Tensor]]],
        object_index: dict[str, torch.Tensor],
        n_objects: int,
    ) -> dict[str, Any]:
        embeddings = {
            name: self.embed(name, tensors[name], object_index[name], n_objects) for name in tensors
        }
        # Entries of a unit vector are of order 1 / sqrt(dim). The gain scales them to order 1.
        gain = math.sqrt(self.embedding_dim)
        classes = targets = {}
        if self.class_head is not None:
            classes = {name: self.class_head(gain * z) for name, z in embeddings.items()}
        if self.target_head is not None:
            targets = {name: self.target_head(gain * z) for name, z in embeddings.items()}
        return {
            "embeddings": embeddings,
            "log_scale": self.log_scale,
            "classes": classes,
            "targets": targets,
        }

    def embed(
        self,
        name: str,
        chunks: list[dict[str, torch.Tensor]],
        object_index: torch.Tensor,
        n_objects: int,
    ) -> torch.Tensor:
        """Return unit vectors of the objects for one modality, (n_objects, embedding_dim)."""
        encoded = torch.cat([self.encoders[name](**tensors) for tensors in chunks])
        z = F.normalize(self.projections[name](encoded), dim=-1)
        mean = z.new_zeros(n_objects, z.shape[-1]).index_add(0, object_index, z)
        return F.normalize(mean, dim=-1)
