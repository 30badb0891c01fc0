"""Encoder of metadata: a multilayer perceptron."""

from itertools import pairwise

from torch import nn

from sklearn_sn.modules._configurable import ConfigurableModule


class MetadataMLP(ConfigurableModule):
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
        """The layers nearest to the data."""
        return [self.layers[0]]
