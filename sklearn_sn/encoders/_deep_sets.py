"""The DeepSets encoder of light curves."""

from typing import Any

import torch
from torch import nn

from sklearn_sn.encoders._light_curve_encoder import WindowedLightCurveEncoder
from sklearn_sn.encoders._parameter_object import UnitInterval
from sklearn_sn.modules import ConfigurableModule, MeanPooling, sinusoid


class DeepSetsModule(ConfigurableModule):
    """Encode each point by one network, average, and encode the mean (Zaheer et al. 2017).

    Shapes: values (B, L, n_values), time (B, L) in days, log_wavelength (B, L), pad_mask (B, L);
    result (B, output_dim).
    """

    def __init__(self, *, n_values, d_model=64, n_layers=2, output_dim=32, dropout=0.0):
        super().__init__()
        self.output_dim = output_dim
        layers = [nn.Linear(n_values + 32 + 16, d_model)]
        for _ in range(n_layers - 1):
            layers += [nn.GELU(), nn.Dropout(dropout), nn.Linear(d_model, d_model)]
        self.point, self.pool = nn.Sequential(*layers), MeanPooling(d_model)
        self.head = nn.Sequential(nn.LayerNorm(d_model), nn.GELU(), nn.Linear(d_model, output_dim))

    def forward(self, values, time, pad_mask, log_wavelength):
        # ln λ spans 0.5 in the optical; stretch it, so that neighbouring bands differ.
        band = sinusoid(10.0 * log_wavelength, 16, 30.0)
        x = torch.cat([values, sinusoid(time, 32, 1000.0), band], dim=-1)
        return self.head(self.pool(self.point(x), pad_mask))

    def first_block(self):
        """Return the layers nearest to the data."""
        return [self.point[0]]


class DeepSets(WindowedLightCurveEncoder, name="deep_sets"):
    """Mean of encoded photometric points: a fast baseline without attention [1]_.

    Parameters
    ----------
    d_model, n_layers : int, default=64, 2
        Width and number of layers of the network that encodes a point.
    latent_dim : int, default=32
        Width of the output.
    dropout : float, default=0.1
        Dropout between the layers.
    %(light_curve_window)s
    %(light_curve_scaling)s

    References
    ----------
    .. [1] Zaheer, M. et al. (2017). "Deep Sets". Advances in Neural Information Processing
       Systems 30.

    Examples
    --------
    >>> from sklearn_sn.encoders import DeepSets
    >>> DeepSets(d_model=32)
    DeepSets(d_model=32)
    """

    d_model: int = 64
    n_layers: int = 2
    latent_dim: int = 32
    dropout: UnitInterval = 0.1

    exports_to_onnx = True

    def make_module(self, preprocessor: Any) -> nn.Module:
        return DeepSetsModule(
            n_values=preprocessor.n_values,
            d_model=self.d_model,
            n_layers=self.n_layers,
            output_dim=self.latent_dim,
            dropout=self.dropout,
        )
