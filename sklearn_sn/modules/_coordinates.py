"""Encodings of the coordinates of a measurement, wavelength and phase."""

import math

import torch
from torch import nn
from torch.nn import functional as F


class MultiFrequencyEncoding(nn.Module):
    r"""Compute sines and cosines of a coordinate with periods between two lengths.

    Entry :math:`k` of each is :math:`\sin(2\pi x / p_k)` and :math:`\cos(2\pi x / p_k)`, with
    :math:`p_k` from `longest` down to `shortest` in geometric steps. Structure much narrower than
    `shortest` is not resolved. (Angular frequencies up to 1 of a standardised coordinate would have
    no period below :math:`2\pi` standard deviations, and would not resolve lines of a spectrum.)

    Shapes: coordinate (...), NaN where unknown; result (..., 2 n_frequencies + 2), which
    consists of the sines, the cosines, the coordinate in units of `longest`, and 1. All are 0 where
    the coordinate is unknown.

    Parameters
    ----------
    shortest, longest : float
        Shortest and longest period in units of the coordinate.
    n_frequencies : int
        Number of periods.
    """

    def __init__(self, shortest: float, longest: float, n_frequencies: int) -> None:
        super().__init__()
        self.longest = longest
        self.width = 2 * n_frequencies + 2
        ratio = math.log(longest / shortest) / max(1, n_frequencies - 1)
        steps = torch.arange(n_frequencies, dtype=torch.float32)
        self.register_buffer("frequencies", 2.0 * math.pi / longest * torch.exp(ratio * steps))

    def forward(self, coordinate: torch.Tensor) -> torch.Tensor:
        known = ~coordinate.isnan()
        x = coordinate.nan_to_num(nan=0.0)
        angles = x.unsqueeze(-1) * self.frequencies  # (..., n_frequencies)
        # The indicator distinguishes an unknown coordinate from a coordinate of 0.
        plain = torch.stack([x / self.longest, torch.ones_like(x)], dim=-1)
        return torch.cat([angles.sin(), angles.cos(), plain], dim=-1) * known.unsqueeze(-1)


class CoordinateEmbedding(nn.Module):
    """Embed coordinates in the plane of wavelength and phase.

    Light curves and spectra share these coordinates: a photometric point is at the wavelength
    of its band, a pixel at its own.

    Shapes: log_wavelength (...), ln(λ / 5000 Å); phase (...) in days, NaN where unknown; result
    (..., d_model).

    Parameters
    ----------
    d_model : int
        Width of the result.
    n_frequencies : int
        Number of periods of each coordinate.
    wavelength_period, phase_period : pair of float
        Shortest and longest period in ln λ and in days.
    """

    def __init__(
        self,
        d_model: int,
        n_frequencies: int,
        wavelength_period: tuple[float, float],
        phase_period: tuple[float, float],
    ) -> None:
        super().__init__()
        self.wavelength = MultiFrequencyEncoding(*wavelength_period, n_frequencies)
        self.phase = MultiFrequencyEncoding(*phase_period, n_frequencies)
        self.mix_wavelength = nn.Linear(self.wavelength.width, 2 * d_model)
        self.mix_phase = nn.Linear(self.phase.width, 2 * d_model)
        self.out = nn.Linear(2 * d_model, d_model)

    def forward(self, log_wavelength: torch.Tensor, phase: torch.Tensor) -> torch.Tensor:
        mixed = self.mix_wavelength(self.wavelength(log_wavelength))
        return self.out(F.gelu(mixed + self.mix_phase(self.phase(phase))))
