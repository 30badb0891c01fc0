"""Encoder of light curves: a transformer over photometric points of all bands at once."""

import torch
from torch import nn

from sklearn_sn.modules._attention import POOLINGS, TransformerStack, sinusoid
from sklearn_sn.modules._configurable import ConfigurableModule


class LightCurveTransformer(ConfigurableModule):
    """Encode light curves as Maven does (Zhang et al. 2024), with bands that enter by wavelength.

    A token is the sum of a linear map of the point's values, a sinusoid of its time, and its band:
    a learned vector for each band (``n_bands`` given), or a small network of the logarithm of the
    band's effective wavelength (``n_bands=None``), which knows every band.

    Shapes: values (B, L, n_values), time (B, L) in days, band (B, L) int64, or log_wavelength
    (B, L), pad_mask (B, L); result (B, output_dim).
    """

    def __init__(
        self,
        *,
        n_values,
        d_model=64,
        n_heads=8,
        n_layers=5,
        output_dim=32,
        n_bands=None,
        pooling="mean",
        dropout=0.0,
        norm_first=False,
        n_t=1000.0,
    ):
        super().__init__()
        self.d_model, self.n_t, self.n_bands = d_model, n_t, n_bands
        self.output_dim = output_dim
        self.project = nn.Linear(n_values, d_model)
        if n_bands is None:
            self.band = nn.Sequential(
                nn.Linear(16, d_model), nn.GELU(), nn.Linear(d_model, d_model)
            )
        else:
            self.band = nn.Embedding(n_bands, d_model)
        self.stack = TransformerStack(d_model, n_heads, n_layers, dropout, norm_first)
        self.pool = POOLINGS[pooling](d_model)
        self.head = nn.Linear(d_model, output_dim)

    def forward(self, values, time, pad_mask, band=None, log_wavelength=None):
        x = self.project(values) + sinusoid(time, self.d_model, self.n_t)  # (B, L, d)
        if self.n_bands is None:
            # ln λ spans 0.5 in the optical: stretch it, so that neighbouring bands differ.
            x = x + self.band(sinusoid(10.0 * log_wavelength, 16, 30.0))
        else:
            x = x + self.band(band)
        return self.head(self.pool(self.stack(x, pad_mask), pad_mask))

    def first_block(self):
        """The layers that a survey change touches first."""
        return [self.project, self.band, self.stack.blocks[0]]

    @torch.no_grad()
    def add_bands(self, nearest):
        """Append learned bands, each a copy of the old band ``nearest[i]``."""
        old = self.band.weight
        self.band = nn.Embedding.from_pretrained(torch.cat([old, old[nearest]]), freeze=False)
        self.n_bands = self.sizes["n_bands"] = len(self.band.weight)
