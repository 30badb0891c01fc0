"""The recurrent encoder of light curves."""

from typing import Any

import torch
from torch import nn

from sklearn_sn.encoders._encoder import DataSettings
from sklearn_sn.encoders._light_curve_encoder import LightCurveEncoder
from sklearn_sn.encoders._parameter_object import TwoOrMore, UnitInterval
from sklearn_sn.modules import ConfigurableModule
from sklearn_sn.preprocessors import LightCurveSequencePreprocessor, Preprocessor


class GRUModule(ConfigurableModule):
    """Recurrent layers and three dense layers.

    GRU(100) -> GRU(100) -> dense 100, tanh -> dense 100, ReLU -> latent 100, ReLU. The input of a
    point consists of its values, its time, the increase of time since the previous point and the
    logarithm of the effective wavelength of its band. The result after a point does not depend on
    later points, nor on padding, which comes last.

    Shapes: values (B, L, n_values), time (B, L) in days since the first detection, 0 before it,
    log_wavelength (B, L), the logarithm of wavelength / 5000 Å, pad_mask (B, L); result (B,
    output_dim).
    """

    def __init__(self, *, n_values, d_model=100, n_layers=2, output_dim=100, dropout=0.0):
        super().__init__()
        self.output_dim, self.n_layers = output_dim, n_layers
        self.d_model = d_model = int(d_model)  # torch rejects numpy integers here
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
        # Initialise as in Keras, which the paper used: the default of torch trains more slowly.
        for name, weight in self.named_parameters():
            if weight.ndim == 1:
                nn.init.zeros_(weight)
            else:
                parts = weight.split(d_model) if "layers" in name else [weight]
                draw = nn.init.orthogonal_ if "weight_hh" in name else nn.init.xavier_uniform_
                for part in parts:
                    draw(part.data)

    def forward(self, values, time, pad_mask, log_wavelength):
        states = self._states(self.inputs(values, time, log_wavelength))  # (B, L, d)
        last = (~pad_mask).sum(dim=1).clamp(min=1) - 1  # (B,)
        return self.dense(states[torch.arange(len(last), device=last.device), last])

    def after_each_point(self, values, time, pad_mask, log_wavelength):
        """Return the result after every point, in one pass: (B, L, output_dim)."""
        return self.dense(self._states(self.inputs(values, time, log_wavelength)))

    def advance(self, inputs, n_new, states):
        """Read further points of light curves from recurrent states.

        Shapes: inputs (B, L, n_values + 3), n_new (B,), the number of points of each light curve,
        which come first, and states (n_layers, B, d). Return the result after the last point (B,
        output_dim), and the states there.
        """
        rows, last = torch.arange(len(n_new), device=n_new.device), n_new.clamp(min=1) - 1
        x, after = inputs, []
        for layer, state in zip(self.layers, states, strict=True):
            x = layer(x, state[None].contiguous())[0]
            after.append(torch.where(n_new[:, None] > 0, x[rows, last], state))
        return self.dense(after[-1]), torch.stack(after)

    def inputs(self, values, time, log_wavelength):
        """Return the inputs of the first layer, (B, L, n_values + 3); that of a point is causal."""
        since_previous = torch.log1p(torch.diff(time, dim=1, prepend=time[:, :1]).clamp(min=0.0))
        # ln λ spans 0.5 in the optical; stretch it, so that neighbouring bands differ.
        inputs = (
            values,
            time[..., None] / 100.0,
            since_previous[..., None],
            3.0 * log_wavelength[..., None],
        )
        return torch.cat(inputs, dim=-1)

    def _states(self, x):
        # With gradients, the layers are called one by one: hooks and freezing are theirs.
        if not torch.is_grad_enabled() and not self.dropout.training and x.device.type == "cpu":
            return self._states_at_once(x)
        for layer in self.layers:
            x = self.dropout(layer(x)[0])
        return x

    def _states_at_once(self, x):
        """Return the states of the last layer without dropout, by one call for all layers."""
        weights = [weight for layer in self.layers for weight in layer.all_weights[0]]
        start = x.new_zeros(self.n_layers, len(x), self.d_model)
        # Flags and numbers: biases, layers, dropout, training, both directions, batch first.
        return torch.gru(x, start, weights, True, self.n_layers, 0.0, False, False, True)[0]

    def first_block(self):
        """Return the layer that a change of survey affects first."""
        return [self.layers[0]]

    def layers_from_top(self):
        """Return groups of layers, the one nearest to the output first."""
        return [[self.dense], *([layer] for layer in reversed(self.layers))]


class GRU(LightCurveEncoder, name="gru"):
    """Recurrent network that reads a light curve point by point, in the order of time [1]_.

    Fluxes are relative to the brightest detection so far, and times count from the first detection
    so far. The result after a point is therefore that of the light curve truncated after this
    point.

    Parameters
    ----------
    d_model, n_layers : int, default=100, 2
        Width of the recurrent and dense layers; number of recurrent layers.
    latent_dim : int, default=100
        Width of the output.
    dropout : float, default=0.0
        Dropout after each recurrent layer.
    amplitude : bool, default=True
        Whether the flux in units of a typical error is an additional input. The other input, the
        flux relative to the brightest detection so far, does not reveal the distance.
    max_points : int, default=400
        Longer light curves are thinned to this number of points, evenly in rank.
    days_before : float or None, default=30.0
        Points more than this number of days before the first significant detection are dropped,
        such as years of forced photometry before an event. None keeps them.
    noise_augmentation : bool, default=True
        Add Gaussian noise of the reported errors to training batches, newly drawn in each epoch.
    augmentation : bool, default=True
        Thin and truncate light curves in training, drop bands, cut gaps, and add noise points
        before and long after the event, newly drawn in each epoch.

    References
    ----------
    .. [1] "Simulation-Pretrained Foundation Models for Domain-General Astronomical Time Series
       Tasks with Minimal Labeled Data" (2025). Workshop paper (anonymous copy).

    Examples
    --------
    >>> from sklearn_sn.encoders import GRU
    >>> GRU(latent_dim=16)
    GRU(latent_dim=16)
    """

    d_model: int = 100
    n_layers: int = 2
    latent_dim: int = 100
    dropout: UnitInterval = 0.0
    max_points: TwoOrMore = 400

    normalize_latent = False
    is_causal = True
    exports_to_onnx = True

    def make_preprocessor(self, settings: DataSettings) -> Preprocessor:
        return LightCurveSequencePreprocessor(
            amplitude=self.amplitude,
            max_points=self.max_points,
            days_before=self.days_before,
            noise=self.noise_augmentation,
            augmentation=self.augmentation,
        )

    def make_module(self, preprocessor: Any) -> nn.Module:
        return GRUModule(
            n_values=preprocessor.n_values,
            d_model=self.d_model,
            n_layers=self.n_layers,
            output_dim=self.latent_dim,
            dropout=self.dropout,
        )
