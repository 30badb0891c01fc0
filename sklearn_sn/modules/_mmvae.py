"""A variational autoencoder of several modalities: a mixture of experts over one latent."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from sklearn_sn.modules._coordinates import CoordinateEmbedding
from sklearn_sn.modules._freezable import FreezableModule
from sklearn_sn.modules._transceiver import TransceiverDecoder, TransceiverEncoder

MIN_SCALE = 0.01  # of a likelihood, in standard deviations of the training data
MIN_POSTERIOR_SCALE = 1e-3
LONGEST_WAVELENGTH_PERIOD = 4.0  # in ln λ: 1,000 to 30,000 Å lie within one
SPEED_OF_LIGHT = 299792.458  # km/s


class PointSetExpert(nn.Module):
    """The posterior that one modality gives: mean and scale of a Laplace per latent number.

    Shapes: values (N, L, n_values), log_wavelength, phase (N, L), hidden (N, L), True at what must
    not be read; result two tensors (N, n_tokens, latent_dim).
    """

    def __init__(self, *, n_values, n_tokens, latent_dim, d_model, coordinates, **sizes):
        super().__init__()
        self.project = nn.Linear(n_values, d_model)
        self.coordinates = CoordinateEmbedding(d_model, **coordinates)
        # Half of the queries give the means, the other half the scales.
        self.encoder = TransceiverEncoder(n_queries=2 * n_tokens, d_model=d_model, **sizes)
        self.head_mean = nn.Linear(d_model, latent_dim)
        self.head_scale = nn.Linear(d_model, latent_dim)
        # A posterior as wide as the prior is noise, which a decoder learns to leave unread.
        nn.init.constant_(self.head_scale.bias, -3.0)

    def forward(self, values, log_wavelength, phase, hidden):
        context = self.project(values) + self.coordinates(log_wavelength, phase)  # (N, L, d)
        mean, scale = self.encoder(context, hidden).chunk(2, dim=1)  # (N, n_tokens, d) each
        return self.head_mean(mean), F.softplus(self.head_scale(scale)) + MIN_POSTERIOR_SCALE


class PointSetDecoder(nn.Module):
    """What one modality shows at given places: mean and scale of a Laplace per point.

    Shapes: z (S, N, n_tokens, latent_dim), log_wavelength and phase (N or 1, L); result two
    tensors (S, N, L).
    """

    def __init__(self, *, n_tokens, latent_dim, d_model, coordinates, **sizes):
        super().__init__()
        self.coordinates = CoordinateEmbedding(d_model, **coordinates)
        self.project = nn.Linear(latent_dim, d_model)
        self.place = nn.Parameter(torch.randn(n_tokens, d_model) / math.sqrt(d_model))
        self.decoder = TransceiverDecoder(n_tokens=n_tokens, d_model=d_model, **sizes)
        self.head = nn.Linear(d_model, 2)

    def forward(self, z, log_wavelength, phase):
        tokens = self.project(z) + self.place  # (S, N, n_tokens, d)
        queries = self.coordinates(log_wavelength, phase)  # (N or 1, L, d)
        mean, scale = self.head(self.decoder(queries, tokens)).unbind(-1)  # (S, N, L)
        return mean, F.softplus(scale) + MIN_SCALE


class MMVAEModule(FreezableModule):
    """Multimodal mixture-of-experts VAE with transceivers (Shen & Gagliano 2025).

    Parameters
    ----------
    n_values : dict of str to int
        For each modality, numbers that a point has beside its place.
    latent_tokens, latent_dim : int
        The latent is a table of this shape.
    d_model, n_heads, n_layers, d_feedforward : int
        Of encoders and decoders.
    dropout : float
        Of the encoders; a decoder that drops out blurs what it decodes.
    n_frequencies : int
        Of each coordinate's encoding.
    velocity_resolution : float
        Width of the narrowest lines, km/s.
    phase_resolution : float
        Time of the fastest change, days.
    phase_span : float
        Longest time that occurs, days.

    Notes
    -----
    A modality is a set of points: values at places in the plane of wavelength and phase, with all
    spectra of an object in one set. ``tensors`` holds, for each modality, chunks of keyword
    tensors, and ``owners`` says which object each set belongs to.
    """

    def __init__(
        self,
        n_values,
        *,
        latent_tokens=4,
        latent_dim=4,
        d_model=32,
        n_heads=4,
        n_layers=4,
        d_feedforward=32,
        dropout=0.1,
        n_frequencies=16,
        velocity_resolution=1000.0,
        phase_resolution=2.0,
        phase_span=130.0,
    ):
        super().__init__()
        self.latent_shape = (latent_tokens, latent_dim)
        latent = {"n_tokens": latent_tokens, "latent_dim": latent_dim}
        sizes = {"n_heads": n_heads, "n_layers": n_layers, "d_feedforward": d_feedforward}
        coordinates = {
            "n_frequencies": n_frequencies,
            # A line's width is half a period.
            "wavelength_period": (
                2.0 * velocity_resolution / SPEED_OF_LIGHT,
                LONGEST_WAVELENGTH_PERIOD,
            ),
            "phase_period": (2.0 * phase_resolution, 2.0 * phase_span),
        }
        common = {"d_model": d_model, "coordinates": coordinates, **latent, **sizes}
        self.encoders = nn.ModuleDict(
            {
                name: PointSetExpert(n_values=width, dropout=dropout, **common)
                for name, width in n_values.items()
            }
        )
        self.decoders = nn.ModuleDict({name: PointSetDecoder(**common) for name in n_values})

    def forward(self, tensors, owners, n_objects, n_samples, noise=None):
        """Samples of every expert, and what each modality would look like under them.

        ``noise``, standard Laplace of shape (M, K, B or 1, n_tokens, latent_dim), is drawn where it
        is not given.

        Returns
        -------
        dict
            z (M, K, B, n_tokens, latent_dim); mean and scale (M, B, n_tokens, latent_dim) of the
            experts, 0 and 1 where an object lacks one; present (M, B); decoded, for each modality
            a list over chunks of mean and scale (M, K, N, L).
        """
        parts = [
            self.encode(name, tensors[name], owners[name], n_objects)
            if name in tensors
            else self.prior(n_objects)
            for name in self.encoders
        ]
        mean, scale, present = (torch.stack(part) for part in zip(*parts, strict=True))
        if noise is None:
            # The difference of two exponentials is a Laplace, and never infinite.
            shape = (len(mean), n_samples, *mean.shape[1:])
            parts = mean.new_empty(2, *shape).exponential_()
            noise = parts[0] - parts[1]
        z = mean.unsqueeze(1) + scale.unsqueeze(1) * noise  # (M, K, B, T, D)
        decoded = {}
        for name, chunks in tensors.items():
            sizes = [len(chunk["pad_mask"]) for chunk in chunks]
            decoded[name] = [
                self._decode_samples(name, z, chunk, owner)
                for chunk, owner in zip(chunks, owners[name].split(sizes), strict=True)
            ]
        return {"z": z, "mean": mean, "scale": scale, "present": present, "decoded": decoded}

    def _decode_samples(self, name, z, chunk, owner):
        M, K = z.shape[:2]
        answer = self.decode(
            name, z.flatten(0, 1)[:, owner], chunk["log_wavelength"], chunk["phase"]
        )
        return tuple(part.unflatten(0, (M, K)) for part in answer)  # (M, K, N, L) each

    def prior(self, n_objects):
        """Mean, scale and presence of an expert that no object has."""
        zero = next(self.parameters()).new_zeros(n_objects, *self.latent_shape)
        return zero, torch.ones_like(zero), zero.new_zeros(n_objects, dtype=torch.bool)

    def encode(self, name, chunks, owner, n_objects):
        """Mean and scale (B, n_tokens, latent_dim) of one expert, and who has it (B,)."""
        mean, scale, present = self.prior(n_objects)
        found = [
            self.encoders[name](
                chunk["values"], chunk["log_wavelength"], chunk["phase"], chunk["hidden"]
            )
            for chunk in chunks
        ]
        means, scales = (torch.cat(part) for part in zip(*found, strict=True))
        return (
            mean.index_copy(0, owner, means),
            scale.index_copy(0, owner, scales),
            present.index_fill(0, owner, True),
        )

    def decode(self, name, z, log_wavelength, phase):
        """Mean and scale (S, N, L) of a modality under latents (S, N, n_tokens, latent_dim)."""
        return self.decoders[name](z, log_wavelength, phase)
