"""The module of encoders that share one embedding space."""

import math
from numbers import Integral
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from sklearn_sn.modules._freezable import FreezableModule


class SequenceProjection(nn.Sequential):
    """Network with one hidden layer from an encoding to a latent sequence, stored flat.

    Parameters
    ----------
    width : int
        Width of the encoding.
    shape : tuple of two int
        Number of tokens and their dimension.
    """

    def __init__(self, width: int, shape: tuple[int, int]) -> None:
        self.shape = tuple(shape)
        n_out = math.prod(self.shape)
        super().__init__(nn.Linear(width, n_out), nn.GELU(), nn.Linear(n_out, n_out))


class ContrastiveModule(FreezableModule):
    """Encoders and projections of several modalities to one space.

    Parameters
    ----------
    encoders : dict of str to torch.nn.Module
        Modules that map the tensors of a modality to (n_instances, width).
    widths : dict of str to int
        Width of each encoder's output.
    embedding_dim : int or tuple of two int
        Dimension of the shared space, in which embeddings are unit vectors; or number and dimension
        of the tokens of latent sequences, which are not normalised.
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
    modality, flat, with zeros where an object lacks it, and the outputs of the auxiliary heads.
    """

    def __init__(
        self,
        encoders: dict[str, nn.Module],
        widths: dict[str, int],
        *,
        embedding_dim: int | tuple[int, int],
        temperature: float,
        learn_temperature: bool,
        n_classes: int = 0,
        n_targets: int = 0,
    ) -> None:
        super().__init__()
        self.is_normalized = isinstance(embedding_dim, Integral)
        projection = nn.Linear if self.is_normalized else SequenceProjection
        self.encoders = nn.ModuleDict(encoders)
        self.projections = nn.ModuleDict(
            {name: projection(widths[name], embedding_dim) for name in encoders}
        )
        embedding_dim = embedding_dim if self.is_normalized else math.prod(embedding_dim)
        self.embedding_dim = embedding_dim
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
        gain = math.sqrt(self.embedding_dim) if self.is_normalized else 1.0
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
        """Return the embeddings of the objects in one modality, (n_objects, embedding_dim)."""
        encoded = torch.cat([self.encoders[name](**tensors) for tensors in chunks])
        z = self.projections[name](encoded)
        if self.is_normalized:
            z = F.normalize(z, dim=-1)
        total = z.new_zeros(n_objects, z.shape[-1]).index_add(0, object_index, z)
        if self.is_normalized:  # the direction of the mean is that of the sum
            return F.normalize(total, dim=-1)
        count = z.new_zeros(n_objects, 1).index_add(0, object_index, torch.ones_like(z[:, :1]))
        return total / count.clamp(min=1)
