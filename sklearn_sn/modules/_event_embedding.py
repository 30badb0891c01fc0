"""Tokens of photometric points, with a learned embedding of time."""

import math

import torch
from torch import nn

from sklearn_sn.modules._attention import sinusoid

PERIODS = (6.0, 3000.0)  # days, from which the learned frequencies start
DAYS = 100.0  # unit of times in the linear terms


class Time2Vec(nn.Module):
    r"""Time embedding of one linear term and sinusoids of learned frequencies [1]_.

    Entry 0 is :math:`\omega_0 t + \varphi_0`, and entry :math:`k` is
    :math:`\sin(\omega_k t + \varphi_k)`. The sinusoids start as pairs of sine and cosine with
    periods between 6 and 3000 days, even in their logarithm. With ``log_times`` they act on
    ln(1 + abs(t) / day), with the sign of t.

    Shapes: time (...) in days, result (..., d_model).

    References
    ----------
    .. [1] Kazemi, S. M. et al. (2019). "Time2Vec: Learning a Vector Representation of Time".
       arXiv:1907.05321.
    """

    def __init__(self, d_model: int, log_times: bool = False) -> None:
        super().__init__()
        self.log_times = log_times
        # ln(1 + t) spans about 7 over 1000 days, and changes by 0.7 in the first day.
        periods = (1.0, 14.0) if log_times else PERIODS
        spaced = torch.linspace(math.log(periods[0]), math.log(periods[1]), d_model // 2)
        frequency = (2.0 * math.pi * torch.exp(-spaced)).repeat_interleave(2)
        self.frequency = nn.Parameter(frequency[: d_model - 1])
        phase = torch.tensor([0.0, 0.5 * math.pi]).repeat(d_model // 2)
        self.phase = nn.Parameter(phase[: d_model - 1])
        self.linear = nn.Parameter(torch.tensor([1.0, 0.0]))

    def forward(self, time: torch.Tensor) -> torch.Tensor:
        time = signed_log(time) if self.log_times else time
        unit = 1.0 if self.log_times else DAYS
        trend = self.linear[0] * time / unit + self.linear[1]
        waves = torch.sin(time[..., None] * self.frequency + self.phase)
        return torch.cat([trend[..., None], waves], dim=-1)


def signed_log(time):
    """Return ln(1 + abs(t)) with the sign of t."""
    return torch.sign(time) * torch.log1p(time.abs())


class EventEmbedding(nn.Module):
    """Tokens of points: a linear map of values, times and band, plus an embedding of time.

    With ``n_bands``, the band enters by a learned vector, the linear map of its one-hot code. With
    ``n_bands=None`` it enters by a small network of ln(effective wavelength), which accepts any
    band.

    Shapes: values (B, L, n_values), time and since_previous (B, L) in days, band (B, L) int64 or
    log_wavelength (B, L); result (B, L, d_model).
    """

    def __init__(
        self, n_values: int, d_model: int, n_bands: int | None = None, log_times: bool = False
    ) -> None:
        super().__init__()
        self.n_bands, self.log_times = n_bands, log_times
        self.project = nn.Linear(n_values + 2, d_model)
        self.time = Time2Vec(d_model, log_times)
        if n_bands is None:
            self.band = nn.Sequential(
                nn.Linear(16, d_model), nn.GELU(), nn.Linear(d_model, d_model)
            )
        else:
            self.band = nn.Embedding(n_bands, d_model)

    def forward(
        self,
        values: torch.Tensor,
        time: torch.Tensor,
        since_previous: torch.Tensor,
        band: torch.Tensor | None = None,
        log_wavelength: torch.Tensor | None = None,
    ) -> torch.Tensor:
        times = torch.stack([time, since_previous], dim=-1)  # (B, L, 2)
        times = signed_log(times) if self.log_times else times / DAYS
        x = self.project(torch.cat([values, times], dim=-1)) + self.time(time)
        if self.n_bands is None:
            # ln λ spans 0.5 in the optical; stretch it, so that neighbouring bands differ.
            return x + self.band(sinusoid(10.0 * log_wavelength, 16, 30.0))
        return x + self.band(band)

    @torch.no_grad()
    def add_bands(self, nearest: torch.Tensor) -> None:
        """Append learned vectors of new bands, each a copy of the vector of band ``nearest[i]``."""
        old = self.band.weight
        self.band = nn.Embedding.from_pretrained(torch.cat([old, old[nearest]]), freeze=False)
        self.n_bands = len(self.band.weight)
