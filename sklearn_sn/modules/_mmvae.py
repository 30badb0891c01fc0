"""The multimodal variational autoencoder: a mixture of experts over one latent."""

from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from sklearn_sn.modules._configurable import ConfigurableModule
from sklearn_sn.modules._coordinates import CoordinateEmbedding
from sklearn_sn.modules._freezable import FreezableModule
from sklearn_sn.modules._scaled_normal import scaled_normal
from sklearn_sn.modules._transceiver import TransceiverDecoderModule, TransceiverEncoder

# Lower limits of the scales of likelihoods, in standard deviations of the training data, and of
# posteriors. A scale of 0 would make the bound infinite.
MIN_SCALE = 0.01
MIN_POSTERIOR_SCALE = 1e-3


class PointSetExpert(ConfigurableModule):
    """Expert that reads a modality as a set of points: a transceiver with two heads.

    Shapes: values (N, L, n_values), log_wavelength, phase (N, L), hidden (N, L), True at points
    that must not be read; result mean and scale of the Laplace posterior, (N, n_tokens, latent_dim)
    each.
    """

    reads_points = True

    def __init__(
        self,
        *,
        n_values: int,
        n_tokens: int,
        latent_dim: int,
        d_model: int,
        coordinates: dict[str, Any],
        **sizes: Any,
    ) -> None:
        super().__init__()
        self.project = nn.Linear(n_values, d_model)
        self.coordinates = CoordinateEmbedding(d_model, **coordinates)
        # Half of the queries give the means, the other half the scales.
        self.encoder = TransceiverEncoder(n_queries=2 * n_tokens, d_model=d_model, **sizes)
        self.head_mean = nn.Linear(d_model, latent_dim)
        self.head_scale = nn.Linear(d_model, latent_dim)
        # Start with a narrow posterior: a decoder learns to ignore one as wide as the prior.
        nn.init.constant_(self.head_scale.bias, -3.0)

    def forward(
        self,
        values: torch.Tensor,
        log_wavelength: torch.Tensor,
        phase: torch.Tensor,
        hidden: torch.Tensor,
        **_: Any,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        context = self.project(values) + self.coordinates(log_wavelength, phase)  # (N, L, d)
        mean, scale = self.encoder(context, hidden).chunk(2, dim=1)  # (N, n_tokens, d) each
        return self.head_mean(mean), F.softplus(self.head_scale(scale)) + MIN_POSTERIOR_SCALE


class EncoderExpert(ConfigurableModule):
    """Expert of any encoder of one modality, with two linear heads on its output.

    Parameters
    ----------
    encoder : torch.nn.Module
        Module that maps the tensors of the modality to (n_instances, width).
    width : int
        Width of the encoder's output.
    n_tokens, latent_dim : int
        Shape of the latent.
    """

    reads_points = False

    def __init__(self, encoder: nn.Module, *, width: int, n_tokens: int, latent_dim: int) -> None:
        super().__init__()
        self.shape = (n_tokens, latent_dim)
        self.encoder = encoder
        self.norm = nn.LayerNorm(width)
        self.head_mean = nn.Linear(width, n_tokens * latent_dim)
        self.head_scale = nn.Linear(width, n_tokens * latent_dim)
        nn.init.constant_(self.head_scale.bias, -3.0)

    def forward(self, **tensors: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        encoded = self.norm(self.encoder(**tensors))  # (N, width)
        scale = F.softplus(self.head_scale(encoded)) + MIN_POSTERIOR_SCALE
        return self.head_mean(encoded).unflatten(1, self.shape), scale.unflatten(1, self.shape)


class PointSetDecoder(ConfigurableModule):
    """Decode a modality at coordinates to the mean and scale of a Laplace for every point.

    Shapes: z (S, N, n_tokens, latent_dim), log_wavelength and phase (N or 1, L); result
    mean and scale, (S, N, L) each.
    """

    def __init__(
        self,
        *,
        n_tokens: int,
        latent_dim: int,
        d_model: int,
        coordinates: dict[str, Any],
        **sizes: Any,
    ) -> None:
        super().__init__()
        self.coordinates = CoordinateEmbedding(d_model, **coordinates)
        self.project = nn.Linear(latent_dim, d_model)
        # A learned vector of each token, because attention does not depend on the order of tokens.
        self.place = scaled_normal(n_tokens, d_model)
        self.decoder = TransceiverDecoderModule(n_tokens=n_tokens, d_model=d_model, **sizes)
        self.head = nn.Linear(d_model, 2)

    def forward(
        self, z: torch.Tensor, log_wavelength: torch.Tensor, phase: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        tokens = self.project(z) + self.place  # (S, N, n_tokens, d)
        queries = self.coordinates(log_wavelength, phase)  # (N or 1, L, d)
        mean, scale = self.head(self.decoder(queries, tokens)).unbind(-1)  # (S, N, L)
        return mean, F.softplus(scale) + MIN_SCALE


class MMVAEModule(FreezableModule):
    """Multimodal mixture-of-experts VAE (Shen & Gagliano 2025).

    Parameters
    ----------
    encoders : dict of str to PointSetExpert or EncoderExpert
        One expert for each modality.
    decoders : dict of str to PointSetDecoder
        One decoder for each modality.
    latent_tokens, latent_dim : int
        Shape of the latent.

    Notes
    -----
    A decoder represents a modality as a set of points: values at coordinates in the plane of
    wavelength and phase, with all spectra of an object in one set. ``tensors`` contains chunks of
    keyword tensors for each modality, and ``object_index`` the object of each set. The tensors of
    an expert that does not read points have the key :meth:`input_name`.
    """

    def __init__(
        self,
        encoders: dict[str, PointSetExpert | EncoderExpert],
        decoders: dict[str, PointSetDecoder],
        *,
        latent_tokens: int = 4,
        latent_dim: int = 4,
    ) -> None:
        super().__init__()
        self.latent_shape = (latent_tokens, latent_dim)
        self.encoders = nn.ModuleDict(encoders)
        self.decoders = nn.ModuleDict(decoders)

    def input_name(self, name: str) -> str:
        """Return the key of the tensors that the expert of a modality reads."""
        return name if self.encoders[name].reads_points else f"{name} encoder"

    def forward(
        self,
        tensors: dict[str, list[dict[str, torch.Tensor]]],
        object_index: dict[str, torch.Tensor],
        n_objects: int,
        n_samples: int,
        noise: torch.Tensor | None = None,
        targets: dict[str, list[dict[str, torch.Tensor]]] | None = None,
    ) -> dict[str, Any]:
        """Draw samples of every expert, and decode each modality from all samples.

        ``noise`` is standard Laplace noise of shape (M, K, B or 1, n_tokens, latent_dim). It is
        drawn if it is None. ``targets`` are the points to decode, by modality, in chunks of the
        same objects as ``tensors``, which is the default.

        Returns
        -------
        dict
            z (M, K, B, n_tokens, latent_dim); mean and scale (M, B, n_tokens, latent_dim) of the
            experts, 0 and 1 where an object lacks an expert; present (M, B); decoded, by modality
            a list over chunks of mean and scale (M, K, N, L); targets.
        """
        parts = []
        for name in self.encoders:
            key = self.input_name(name)
            if key in tensors:
                parts.append(self.encode(name, tensors[key], object_index[key], n_objects))
            else:
                parts.append(self.prior(n_objects))
        mean, scale, present = (torch.stack(part) for part in zip(*parts, strict=True))
        if noise is None:
            # The difference of two exponential variables is a Laplace variable, and always finite.
            shape = (len(mean), n_samples, *mean.shape[1:])
            parts = mean.new_empty(2, *shape).exponential_()
            noise = parts[0] - parts[1]
        z = mean.unsqueeze(1) + scale.unsqueeze(1) * noise  # (M, K, B, T, D)
        decoded = {}
        for name in self.decoders:
            if name not in tensors:
                continue
            chunks = tensors[name] if targets is None else targets[name]
            sizes = [len(chunk["pad_mask"]) for chunk in chunks]
            indices = object_index[name].split(sizes)
            decoded[name] = [
                self._decode_samples(name, z, chunk, index)
                for chunk, index in zip(chunks, indices, strict=True)
            ]
        return {
            "z": z,
            "mean": mean,
            "scale": scale,
            "present": present,
            "decoded": decoded,
            "targets": targets,
        }

    def _decode_samples(self, name, z, chunk, object_index):
        M, K = z.shape[:2]
        parts = self.decode(
            name, z.flatten(0, 1)[:, object_index], chunk["log_wavelength"], chunk["phase"]
        )
        return tuple(part.unflatten(0, (M, K)) for part in parts)  # (M, K, N, L) each

    def prior(self, n_objects: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return mean, scale and presence of an expert without objects: those of the prior."""
        zero = next(self.parameters()).new_zeros(n_objects, *self.latent_shape)
        return zero, torch.ones_like(zero), zero.new_zeros(n_objects, dtype=torch.bool)

    def encode(
        self,
        name: str,
        chunks: list[dict[str, torch.Tensor]],
        object_index: torch.Tensor,
        n_objects: int,
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return mean and scale (B, n_tokens, latent_dim) of one expert, and presence (B,).

        If an expert reads one instance at a time, such as a spectrum, the instances of an object
        are averaged.
        """
        mean, scale, present = self.prior(n_objects)
        outputs = [self.encoders[name](**chunk) for chunk in chunks]
        means, scales = (torch.cat(part) for part in zip(*outputs, strict=True))
        present = present.index_fill(0, object_index, True)
        if self.encoders[name].reads_points:  # there is one set for each object
            return (
                mean.index_copy(0, object_index, means),
                scale.index_copy(0, object_index, scales),
                present,
            )
        ones = means.new_ones(len(means), 1, 1)
        count = means.new_zeros(n_objects, 1, 1).index_add(0, object_index, ones).clamp(min=1)
        mean = mean.index_add(0, object_index, means) / count
        total = torch.zeros_like(scale).index_add(0, object_index, scales) / count
        return mean, torch.where(present[:, None, None], total, scale), present

    def decode(
        self, name: str, z: torch.Tensor, log_wavelength: torch.Tensor, phase: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return mean and scale (S, N, L) of a modality for latents (S, N, n_tokens, D)."""
        return self.decoders[name](z, log_wavelength, phase)
