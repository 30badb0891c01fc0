"""Towers: small networks of groups of metadata columns."""

from collections.abc import Mapping
from itertools import chain
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from sklearn_sn.encoders._encoder import DataSettings
from sklearn_sn.encoders._metadata_mlp import MetadataEncoder
from sklearn_sn.encoders._parameter_object import UnitInterval
from sklearn_sn.modules import ConfigurableModule
from sklearn_sn.preprocessors import GroupedMetadataPreprocessor, Preprocessor

# Fields of ZTF alert packets, with `age` and `nnondet`; None stands for all columns.
ALERT_TOWERS = {
    "psf": ("chinr", "sharpnr", "classtar"),
    "magnitude": ("magpsf", "sigmapsf", "diffmaglim"),
    "light_curve": ("age", "ndethist", "ncovhist", "nnondet"),
    "spatial": ("sky", "nmtchps", "scorr"),
    "nearest_source_1": ("sgscore1", "distpsnr1"),
    "nearest_source_2": ("sgscore2", "distpsnr2"),
    "coordinates": ("ra", "dec"),
    "all": None,
}


class GroupedLinear(nn.Module):
    """One linear layer for each group: (n_groups, B, n_in) to (n_groups, B, n_out).

    `fan_in` holds the number of inputs of each group that are not padding.
    """

    def __init__(self, fan_in, n_in, n_out):
        super().__init__()
        bound = torch.tensor(fan_in, dtype=torch.float32).rsqrt()[:, None, None]
        self.weight = nn.Parameter(bound * (2.0 * torch.rand(len(fan_in), n_in, n_out) - 1.0))
        self.bias = nn.Parameter(bound * (2.0 * torch.rand(len(fan_in), 1, n_out) - 1.0))

    def forward(self, x):
        return torch.baddbmm(self.bias, x, self.weight)


class MetadataTowersModule(ConfigurableModule):
    """Concatenate the outputs of towers, each of which reads some of the values.

    A tower has two linear layers with GELU, a linear skip connection, and optionally a gate, a
    sigmoid of its input that multiplies its output. All towers are computed at once. `towers` holds
    the positions in the values that each tower reads, by name.

    Shapes: values (B, n_values); result (B, output_dim), which is d_model for each tower or, with
    `latent_dim`, a linear map of them.
    """

    def __init__(self, *, towers, d_model=16, latent_dim=None, gate=True, dropout=0.0):
        super().__init__()
        fan_in = [len(positions) for positions in towers.values()]
        n_in, width = max(fan_in), d_model * len(towers)
        self.d_model, self.gate = d_model, gate
        # Towers of fewer values are padded; `used` makes the padding 0.
        padded = [[*values, *[0] * (n_in - len(values))] for values in towers.values()]
        self.register_buffer("positions", torch.tensor(padded))
        used = torch.arange(n_in) < torch.tensor(fan_in)[:, None]
        self.register_buffer("used", used[:, None].float())
        # First layer, skip connection and gate side by side.
        self.first = GroupedLinear(fan_in, n_in, (3 if gate else 2) * d_model)
        self.second = GroupedLinear([d_model] * len(fan_in), d_model, d_model)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Identity() if latent_dim is None else nn.Linear(width, latent_dim)
        self.output_dim = latent_dim or width

    def forward(self, values):
        x = values.T[self.positions].transpose(1, 2) * self.used  # (n_towers, B, n_in)
        hidden, skip, *gate = self.first(x).split(self.d_model, dim=2)
        y = F.gelu(self.second(self.dropout(F.gelu(hidden))) + skip)  # (n_towers, B, d_model)
        if self.gate:
            y = y * torch.sigmoid(gate[0])
        return self.head(y.transpose(0, 1).flatten(1))

    def first_block(self):
        """Return the layers nearest to the data."""
        return [self.first]


class MetadataTowers(MetadataEncoder, name="towers"):
    """One small network, a tower, for each group of metadata columns, as in AstroMiNN [1]_.

    The outputs of the towers are concatenated with equal weights. A missing value is a flag in the
    input of its towers. Columns that no estimator provides are left out, and so are towers without
    columns.

    Parameters
    ----------
    towers : dict of str to sequence of str or None, default=None
        Columns of each tower; None instead of a sequence stands for all columns. By default
        :data:`ALERT_TOWERS`: groups of the fields of a ZTF alert, and one tower of all columns.
    angles : sequence of str, default=("ra", "dec")
        Columns of angles in degrees, which are encoded by sines and cosines.
    n_frequencies : int, default=4
        Frequencies of the sines and cosines of each angle: 1, 2, 4, … in a turn.
    d_model : int, default=16
        Width of each tower.
    gate : bool, default=True
        Whether a sigmoid of the input multiplies the output of a tower.
    latent_dim : int or None, default=None
        Width of the output, by a linear layer after the towers; None is `d_model` times the number
        of towers, without that layer.
    dropout : float, default=0.1
        Dropout inside the towers.
    hidden_fraction : float, default=0.1
        Probability in training that a value is hidden as if it were missing, from which the network
        learns to do without columns.

    References
    ----------
    .. [1] Junell, A., Sasli, A., Fontinele Nunes, F., Xu, M., Border, B., Rehemtulla, N. et al.
       (2025). "Applying multimodal learning to Classify transient Detections Early (AppleCiDEr) I:
       Data set, methods, and infrastructure".

    Examples
    --------
    >>> from sklearn_sn.encoders import ALERT_TOWERS, MetadataTowers
    >>> encoder = MetadataTowers(towers={**ALERT_TOWERS, "host": ("redshift",)})
    >>> encoder.default_columns[-3:]
    ('ra', 'dec', 'redshift')
    """

    towers: Any = None
    angles: tuple = ("ra", "dec")
    n_frequencies: int = 4
    d_model: int = 16
    gate: bool = True
    latent_dim: int | None = None
    dropout: UnitInterval = 0.1
    hidden_fraction: UnitInterval = 0.1

    _parameter_constraints = {"towers": [dict, None]}

    def check(self) -> None:
        super().check()
        for name, columns in self._towers().items():
            is_list = not isinstance(columns, str | Mapping) and hasattr(columns, "__iter__")
            if columns is not None and not (is_list and all(isinstance(c, str) for c in columns)):
                raise ValueError(
                    f"The 'towers' parameter of MetadataTowers must hold a sequence of columns, or "
                    f"None for all, for each tower. Got {columns!r} for {name!r} instead."
                )
        if not self._towers():
            raise ValueError("The 'towers' parameter of MetadataTowers must hold a tower.")

    def _towers(self):
        return ALERT_TOWERS if self.towers is None else self.towers

    @property
    def default_columns(self) -> tuple[str, ...]:
        """Columns of all towers, without repetition."""
        return tuple(dict.fromkeys(chain.from_iterable(filter(None, self._towers().values()))))

    def make_preprocessor(self, settings: DataSettings) -> Preprocessor:
        return GroupedMetadataPreprocessor(
            columns=settings.metadata_columns,
            angles=self.angles,
            n_frequencies=self.n_frequencies,
            hidden_fraction=self.hidden_fraction,
        )

    def make_module(self, preprocessor: Any) -> nn.Module:
        positions = {
            name: preprocessor.positions(preprocessor.columns if columns is None else columns)
            for name, columns in self._towers().items()
        }
        positions = {name: values for name, values in positions.items() if values}
        if not positions:
            raise ValueError(
                "The 'towers' parameter of MetadataTowers names none of the metadata columns "
                f"{list(preprocessor.columns)}."
            )
        return MetadataTowersModule(
            towers=positions,
            d_model=self.d_model,
            latent_dim=self.latent_dim,
            gate=self.gate,
            dropout=self.dropout,
        )
