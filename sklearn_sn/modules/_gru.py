"""Encoder of light curves that reads them point by point."""

import torch
from torch import nn

from sklearn_sn.modules._configurable import ConfigurableModule


class GRUEncoder(ConfigurableModule):
    """Recurrent layers and three dense ones, as in Gupta et al. (2025).

    GRU(100) -> GRU(100) -> dense 100, tanh -> dense 100, ReLU -> latent 100, ReLU. A point is its
    values, the time since the first point, that since the point before, and the logarithm of its
    band's effective wavelength, whatever the survey. What is answered after a point depends
    on no later one, and so not on padding, which comes last.

    Shapes: values (B, L, n_values), time (B, L) in days since the first point, log_wavelength
    (B, L), the logarithm of wavelength / 5000 Å, pad_mask (B, L); result (B, output_dim).

    Examples
    --------
    >>> import torch
    >>> from sklearn_sn.modules import GRUEncoder
    >>> encoder = GRUEncoder(n_values=3, d_model=8, output_dim=4)
    >>> points = {"values": torch.zeros(2, 5, 3), "pad_mask": torch.zeros(2, 5, dtype=torch.bool)}
    >>> points |= {"time": torch.arange(10.0).view(2, 5), "log_wavelength": torch.zeros(2, 5)}
    >>> encoder(**points).shape, encoder.after_each_point(**points).shape
    (torch.Size([2, 4]), torch.Size([2, 5, 4]))
    """

    def __init__(self, *, n_values, d_model=100, n_layers=2, output_dim=100, dropout=0.0):
        super().__init__()
        self.output_dim = output_dim
        self.layers = nn.ModuleList(
            nn.GRU(n_values + 3 if i == 0 else d_model, d_model, batch_first=True)
            for i in range(n_layers)
        )
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Sequential(
            nn.Linear(d_model, d_model),
            nn.Tanh(),
            nn.Linear(d_model, d_model),
            nn.ReLU(),
            nn.Linear(d_model, output_dim),
            nn.ReLU(),
        )
        # Keras' draws, with which the paper worked: torch's own learn at half the speed.
        for name, weight in self.named_parameters():
            if weight.ndim == 1:
                nn.init.zeros_(weight)
            else:
                parts = weight.split(d_model) if "layers" in name else [weight]
                draw = nn.init.orthogonal_ if "weight_hh" in name else nn.init.xavier_uniform_
                for part in parts:
                    draw(part.data)

    def forward(self, values, time, pad_mask, log_wavelength):
        states = self._states(values, time, log_wavelength)  # (B, L, d)
        last = (~pad_mask).sum(dim=1).clamp(min=1) - 1  # (B,)
        return self.dense(states[torch.arange(len(last), device=last.device), last])

    def after_each_point(self, values, time, pad_mask, log_wavelength):
        """The result after every point, in one pass: (B, L, output_dim)."""
        return self.dense(self._states(values, time, log_wavelength))

    def _states(self, values, time, log_wavelength):
        since = torch.log1p(torch.diff(time, dim=1, prepend=time[:, :1]).clamp(min=0.0))
        # ln λ spans 0.5 in the optical: stretch it, so that neighbouring bands differ.
        seen = (values, time[..., None] / 100.0, since[..., None], 3.0 * log_wavelength[..., None])
        x = torch.cat(seen, dim=-1)  # (B, L, n_values + 3)
        for layer in self.layers:
            x = self.dropout(layer(x)[0])
        return x

    def first_block(self):
        """The layer that a survey change touches first."""
        return [self.layers[0]]
