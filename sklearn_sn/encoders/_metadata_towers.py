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


class MetadataTower(nn.Module):
    """Two linear layers with a skip connection, and an optional gate: (B, n_in) to (B, width)."""

    def __init__(self, n_in, width, gate, dropout):
        super().__init__()
        self.first, self.second = nn.Linear(n_in, width), nn.Linear(width, width)
        self.skip = nn.Linear(n_in, width)
        self.gate = nn.Linear(n_in, width) if gate else None
        self.dropout = nn.Dropout(dropout)

    def forward(self, values):
        y = self.second(self.dropout(F.gelu(self.first(values))))
        y = F.gelu(y + self.skip(values))
        return y if self.gate is None else y * torch.sigmoid(self.gate(values))


class MetadataTowersModule(ConfigurableModule):
    """Concatenate the outputs of towers, each of which reads some of the values.

    `towers` holds the positions in the values that each tower reads, by name.

    Shapes: values (B, n_values); result (B, output_dim), which is d_model for each tower or, with
    `latent_dim`, a linear map of them.
    """

    def __init__(self, *, towers, d_model=16, latent_dim=None, gate=True, dropout=0.0):
        super().__init__()
        self.towers = nn.ModuleList(
            MetadataTower(len(positions), d_model, gate, dropout) for positions in towers.values()
        )
        for i, positions in enumerate(towers.values()):
            self.register_buffer(f"positions_{i}", torch.tensor(positions), persistent=False)
        width = d_model * len(towers)
        self.head = nn.Identity() if latent_dim is None else nn.Linear(width, latent_dim)
        self.output_dim = latent_dim or width

    def forward(self, values):
        parts = [
            tower(values[:, getattr(self, f"positions_{i}")]) for i, tower in enumerate(self.towers)
        ]
        return self.head(torch.cat(parts, dim=1))

    def first_block(self):
        """Return the layers nearest to the data."""
        return [layer for tower in self.towers for layer in (tower.first, tower.skip)]


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
