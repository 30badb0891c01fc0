"""Networks that give final results."""

import torch
from torch import nn

from sklearn_sn.onnx._graph import ClassifierNetwork, EmbeddingNetwork, RegressorNetwork


class Sum(nn.Module):
    """Encoder that needs its arrays by name."""

    def forward(self, values, other, constant):
        return values + 10 * other + constant


PARTS = {"encoder": Sum(), "names": ("values", "other"), "constants": {"constant": 0.5}}
VALUES, OTHER = torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 4.0]])
ENCODED = torch.tensor([[31.5, 42.5]])


def test_embeddings_are_unit_vectors():
    (z,) = EmbeddingNetwork(nn.Identity(), True, **PARTS)(VALUES, OTHER)
    torch.testing.assert_close(z, ENCODED[0] / ENCODED.norm())


def test_latent_sequences_keep_their_length():
    (z,) = EmbeddingNetwork(nn.Identity(), False, **PARTS)(VALUES, OTHER)
    torch.testing.assert_close(z, ENCODED[0])


def test_classifiers_apply_the_prior():
    offsets = torch.tensor([0.0, -10.0])
    network = ClassifierNetwork(offsets, norm=nn.Identity(), head=nn.Identity(), **PARTS)
    latent, proba = network(VALUES, OTHER)
    torch.testing.assert_close(latent, ENCODED)
    torch.testing.assert_close(proba, torch.softmax(torch.tensor([[31.5, 32.5]]), -1))
    assert network.outputs == ("latent", "probabilities")


def test_regressors_return_the_units_of_the_target():
    parts = {"norm": nn.Identity(), "head": nn.Identity(), **PARTS}
    _, mean = RegressorNetwork(2.0, 0.1, None, **parts)(VALUES, OTHER)
    torch.testing.assert_close(mean, torch.tensor([5.15]))
    network = RegressorNetwork(2.0, 0.1, (-10.0, 4.0), **parts)
    _, mean, std = network(VALUES, OTHER)
    torch.testing.assert_close(std, torch.tensor([0.1]) * torch.exp(torch.tensor(2.0)))
    assert network.outputs == ("latent", "mean", "std")
