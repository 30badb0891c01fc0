"""Encoders of metadata: their base and a multilayer perceptron."""

from itertools import pairwise
from typing import Any

from torch import nn

from sklearn_sn.encoders._encoder import DataSettings, Encoder
from sklearn_sn.encoders._parameter_object import UnitInterval
from sklearn_sn.modules import ConfigurableModule
from sklearn_sn.preprocessors import MetadataPreprocessor, Preprocessor


class MetadataEncoder(Encoder, modality="metadata"):
    """Base of encoders of metadata, the plain columns that the estimator selects.

    The module receives the keyword tensor ``values`` (B, n_values) and returns (B, latent_dim).

    Attributes
    ----------
    default_columns : tuple of str
        Columns that the encoder is made for; empty if it reads any columns.
    """

    default_columns = ()

    def make_preprocessor(self, settings: DataSettings) -> Preprocessor:
        return MetadataPreprocessor(columns=settings.metadata_columns)


class MetadataMLPModule(ConfigurableModule):
    """Encode standardised numbers, one-hot categories and their missing flags.

    Shapes: values (B, n_values); result (B, output_dim).
    """

    def __init__(self, *, n_values, d_model=64, n_layers=2, output_dim=32, dropout=0.0):
        super().__init__()
        self.output_dim = output_dim
        widths = [n_values, *[d_model] * n_layers]
        layers = []
        for n_in, n_out in pairwise(widths):
            layers += [nn.Linear(n_in, n_out), nn.GELU(), nn.Dropout(dropout)]
        self.layers = nn.Sequential(*layers)
        self.head = nn.Linear(widths[-1], output_dim)

    def forward(self, values):
        return self.head(self.layers(values))

    def first_block(self):
        """Return the layers nearest to the data."""
        return [self.layers[0]]


class MetadataMLP(MetadataEncoder, name="mlp"):
    """Multilayer perceptron for metadata.

    Parameters
    ----------
    d_model, n_layers : int, default=64, 2
        Width and number of the hidden layers.
    latent_dim : int, default=32
        Width of the output.
    dropout : float, default=0.1
        Dropout after each hidden layer.

    Examples
    --------
    >>> from sklearn_sn.encoders import MetadataMLP
    >>> MetadataMLP(d_model=16)
    MetadataMLP(d_model=16)
    """

    d_model: int = 64
    n_layers: int = 2
    latent_dim: int = 32
    dropout: UnitInterval = 0.1

    exports_to_onnx = True

    def make_module(self, preprocessor: Any) -> nn.Module:
        return MetadataMLPModule(
            n_values=preprocessor.n_values,
            d_model=self.d_model,
            n_layers=self.n_layers,
            output_dim=self.latent_dim,
            dropout=self.dropout,
        )
