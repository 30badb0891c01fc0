"""The transformer encoder of light curves."""

from typing import Any, Literal

import torch
from torch import nn

from sklearn_sn.encoders._checks import check_heads
from sklearn_sn.encoders._light_curve_encoder import WindowedLightCurveEncoder
from sklearn_sn.encoders._parameter_object import PositiveFloat, UnitInterval
from sklearn_sn.modules import POOLINGS, ConfigurableModule, TransformerStack, sinusoid


class LightCurveTransformerModule(ConfigurableModule):
    """Encode light curves by the transformer of Maven (Zhang et al. 2024).

    A token is the sum of a linear map of the values of a point, a sinusoid of its time and an
    encoding of its band. With ``n_bands``, the encoding is a learned vector for each band. With
    ``n_bands=None`` it is a small network of ln(effective wavelength), which accepts any band.

    Shapes: values (B, L, n_values), time (B, L) in days, band (B, L) int64 or log_wavelength
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
        max_period=1000.0,
    ):
        super().__init__()
        self.d_model, self.max_period, self.n_bands = d_model, max_period, n_bands
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

    def forward(self, pad_mask, **points):
        return self.point_states(self.point_tokens(pad_mask, **points), pad_mask)[1]

    def point_tokens(self, pad_mask, values, time, band=None, log_wavelength=None):
        """Return the token of every point, (B, L, d_model)."""
        x = self.project(values) + sinusoid(time, self.d_model, self.max_period)  # (B, L, d)
        if self.n_bands is None:
            # ln λ spans 0.5 in the optical; stretch it, so that neighbouring bands differ.
            return x + self.band(sinusoid(10.0 * log_wavelength, 16, 30.0))
        return x + self.band(band)

    def point_states(self, tokens, pad_mask):
        """Return the states of the points (B, L, d_model) and the result (B, output_dim)."""
        states = self.stack(tokens, pad_mask)
        return states, self.head(self.pool(states, pad_mask))

    def first_block(self):
        """Return the layers that a change of survey affects first."""
        return [self.project, self.band, self.stack.blocks[0]]

    def layers_from_top(self):
        """Return groups of layers, the one nearest to the output first."""
        top = [self.head, self.pool]
        return [top, *self.stack.from_top(), [self.project, self.band]]

    @torch.no_grad()
    def add_bands(self, nearest):
        """Append learned vectors of new bands, each a copy of the vector of band ``nearest[i]``."""
        old = self.band.weight
        self.band = nn.Embedding.from_pretrained(torch.cat([old, old[nearest]]), freeze=False)
        self.n_bands = self.config["n_bands"] = len(self.band.weight)


class LightCurveTransformer(WindowedLightCurveEncoder, name="transformer"):
    """Transformer over the photometric points of all bands at once [1]_.

    Parameters
    ----------
    d_model, n_heads, n_layers : int, default=64, 4, 3
        Width, number of attention heads and number of blocks; Maven has 64, 8 and 5.
    latent_dim : int, default=32
        Width of the output.
    pooling : {"attention", "mean", "query", "max"}, default="attention"
        Pooling of the tokens of a light curve to one vector; "query" is attention of one learned
        query without projections.
    band_encoding : {"wavelength", "embedding"}, default="wavelength"
        Encoding of the band. "wavelength" encodes its effective wavelength and accepts any band.
        "embedding" learns a vector for each band and drops points in bands that were not in fit.
    max_period : float, default=1000.0
        Angular frequencies of the sinusoid of time decrease from 1 per day to about 1 per
        `max_period` days; the hyperparameter n_t of the paper.
    errors : bool, default=True
        Whether the error of each point is an input of the network.
    dropout : float, default=0.1
        Dropout of attention outputs and feed-forward layers.
    %(light_curve_window)s
    %(light_curve_scaling)s

    References
    ----------
    .. [1] Zhang, G., Helfer, T., Gagliano, A. T., Mishra-Sharma, S. & Villar, V. A. (2024). "Maven:
       A Multimodal Foundation Model for Supernova Science". Machine Learning: Science and
       Technology 5, 045069.

    Examples
    --------
    >>> from sklearn_sn.encoders import LightCurveTransformer
    >>> LightCurveTransformer(d_model=32)
    LightCurveTransformer(d_model=32)
    """

    d_model: int = 64
    n_heads: int = 4
    n_layers: int = 3
    latent_dim: int = 32
    pooling: Literal["attention", "mean", "query", "max"] = "attention"
    band_encoding: Literal["wavelength", "embedding"] = "wavelength"
    max_period: PositiveFloat = 1000.0
    errors: bool = True
    dropout: UnitInterval = 0.1

    gives_point_states = True
    exports_to_onnx = True

    def check(self) -> None:
        super().check()
        check_heads(self)

    def make_module(self, preprocessor: Any) -> nn.Module:
        by_wavelength = self.band_encoding == "wavelength"
        return LightCurveTransformerModule(
            n_values=preprocessor.n_values,
            n_bands=None if by_wavelength else len(preprocessor.bands_),
            d_model=self.d_model,
            n_heads=self.n_heads,
            n_layers=self.n_layers,
            output_dim=self.latent_dim,
            pooling=self.pooling,
            dropout=self.dropout,
            max_period=self.max_period,
        )
