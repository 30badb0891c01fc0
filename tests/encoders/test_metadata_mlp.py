"""The multilayer perceptron of metadata."""

import torch
from torch import nn

from sklearn_sn.encoders import DataSettings, MetadataMLP
from sklearn_sn.encoders._metadata_mlp import MetadataMLPModule


def test_shapes():
    assert MetadataMLPModule(n_values=5, output_dim=7)(torch.randn(4, 5)).shape == (4, 7)


def test_layers():
    module = MetadataMLPModule(n_values=3, d_model=8, n_layers=3, dropout=0.25)
    widths = [layer.weight.shape for layer in module.layers if isinstance(layer, nn.Linear)]
    assert widths == [(8, 3), (8, 8), (8, 8)]
    assert [layer.p for layer in module.layers if isinstance(layer, nn.Dropout)] == [0.25] * 3


def test_columns_come_from_the_estimator():
    encoder = MetadataMLP(d_model=4, n_layers=1, latent_dim=5)
    preprocessor = encoder.make_preprocessor(DataSettings(metadata_columns=("a", "b")))
    assert preprocessor.columns == ("a", "b")
    preprocessor.scales_, preprocessor.categories_ = {"a": (0.0, 1.0)}, {"b": ["x", "y", "z"]}
    module = encoder.make_module(preprocessor)
    assert module.config["n_values"] == 5 and module(torch.randn(2, 5)).shape == (2, 5)
