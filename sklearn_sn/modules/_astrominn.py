"""The module of several encoders whose outputs a mixture of experts classifies."""

from typing import Any

import torch
from torch import nn

from sklearn_sn.modules._freezable import FreezableModule


class AstroMiNNModule(FreezableModule):
    """Encoders of several modalities, a router, and experts that classify their outputs.

    Parameters
    ----------
    encoders : dict of str to torch.nn.Module
        Modules that map the tensors of a modality to (n_instances, width).
    widths : dict of str to int
        Width of each encoder's output.
    normalized : sequence of str
        Modalities whose encodings pass a layer norm.
    n_outputs : int
        Number of classes.
    n_experts : int
        Number of experts. A single expert has no router.
    top_k : int
        Number of experts that contribute to an object.
    expert_width : int
        Width of the hidden layer of each expert.
    modality_dropout : float
        Probability in training that a modality of an object is hidden. One always stays.
    dropout : float
        Dropout inside the experts.

    Notes
    -----
    ``forward`` takes ``tensors``, which contains a list of chunks of keyword tensors for each
    modality, and ``object_index``, which contains the object of each instance. The instances of an
    object are averaged, and a learned vector replaces the encoding of a missing modality. The
    result is a dict: the concatenated encodings ``latent`` (B, width), ``outputs``
    (B, n_outputs), the probabilities of the router ``routing`` (B, n_experts), and the shares of
    the experts in the outputs, ``shares`` (B, n_experts), of which `top_k` are not 0.
    """

    def __init__(
        self,
        encoders: dict[str, nn.Module],
        widths: dict[str, int],
        *,
        normalized: tuple[str, ...],
        n_outputs: int,
        n_experts: int = 4,
        top_k: int = 2,
        expert_width: int = 128,
        modality_dropout: float = 0.0,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.encoders = nn.ModuleDict(encoders)
        self.norms = nn.ModuleDict(
            {
                name: nn.LayerNorm(widths[name]) if name in normalized else nn.Identity()
                for name in encoders
            }
        )
        self.missing = nn.ParameterDict({n: torch.zeros(widths[n]) for n in encoders})
        self.width, self.n_outputs = sum(widths.values()), n_outputs
        self.top_k, self.modality_dropout = min(top_k, n_experts), modality_dropout
        self.experts = nn.ModuleList(
            nn.Sequential(
                nn.Linear(self.width, expert_width),
                nn.GELU(),
                nn.Dropout(dropout),
                nn.Linear(expert_width, n_outputs),
            )
            for _ in range(n_experts)
        )
        self.router = nn.Linear(self.width, n_experts) if n_experts > 1 else None

    def forward(
        self,
        tensors: dict[str, list[dict[str, torch.Tensor]]],
        object_index: dict[str, torch.Tensor],
        n_objects: int,
    ) -> dict[str, Any]:
        encoded, counts = {}, {}
        for name in tensors:
            encoded[name], counts[name] = self._encode(
                name, tensors[name], object_index[name], n_objects
            )
        hidden = self._hidden(counts) if self.training and self.modality_dropout else {}
        parts = []
        for name in self.encoders:
            missing = self.missing[name].expand(n_objects, -1)
            if name in encoded:
                present = counts[name] > 0
                if name in hidden:
                    present = present & ~hidden[name]
                missing = torch.where(present, encoded[name], missing)
            parts.append(missing)
        latent = torch.cat(parts, dim=1)
        routing, shares = self._route(latent)
        outputs = torch.stack([expert(latent) for expert in self.experts], dim=2)  # (B, C, K)
        mixed = (outputs * shares[:, None]).sum(dim=2)
        return {"latent": latent, "outputs": mixed, "routing": routing, "shares": shares}

    def _encode(self, name, chunks, object_index, n_objects):
        """Return the mean encoding of each object, (B, width), and its instances, (B, 1)."""
        encoded = torch.cat([self.encoders[name](**tensors) for tensors in chunks])
        count = encoded.new_zeros(n_objects, 1)
        count = count.index_add(0, object_index, torch.ones_like(encoded[:, :1]))
        total = encoded.new_zeros(n_objects, encoded.shape[1]).index_add(0, object_index, encoded)
        return self.norms[name](total / count.clamp(min=1)), count

    def _hidden(self, counts):
        """Draw the modalities to hide of objects with several, at most one of an object."""
        several = sum((count > 0).int() for count in counts.values()) > 1  # (B, 1)
        draw = torch.rand_like(next(iter(counts.values())))
        p = self.modality_dropout
        return {
            name: several & (draw >= i * p) & (draw < (i + 1) * p) for i, name in enumerate(counts)
        }

    def _route(self, latent):
        """Return the probabilities of the router, and the shares of the chosen experts."""
        if self.router is None:
            ones = torch.ones_like(latent[:, :1])
            return ones, ones
        routing = self.router(latent).softmax(dim=1)
        top, chosen = routing.topk(self.top_k, dim=1)
        shares = torch.zeros_like(routing).scatter(1, chosen, top / top.sum(dim=1, keepdim=True))
        return routing, shares
