"""Modules that can be built again."""

import copy
import pickle

import pytest
import torch
from torch import nn

from sklearn_sn.modules import ConfigurableModule


class Small(ConfigurableModule):
    def __init__(self, n_in, n_out=2, *, bias=True):
        super().__init__()
        self.linear = nn.Linear(n_in, n_out, bias=bias)


class Smaller(Small):
    def __init__(self, n_in, **params):
        super().__init__(n_in, 1, **params)


def test_arguments_are_kept_as_they_were_given():
    assert Small(3).config == {"n_in": 3}
    assert Small(3, 4, bias=False).config == {"n_in": 3, "n_out": 4, "bias": False}
    assert Small(n_out=4, n_in=3).config == {"n_out": 4, "n_in": 3}
    assert Smaller(3, bias=False).config == {"n_in": 3, "bias": False}


@pytest.mark.parametrize("module", [Small(3, 4), Smaller(n_in=3, bias=False)])
def test_a_module_is_built_again_from_its_configuration(module):
    again = type(module)(**module.config)
    again.load_state_dict(module.state_dict())
    x = torch.randn(5, 3)
    torch.testing.assert_close(again.linear(x), module.linear(x))


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_have_a_configuration_of_their_own(copied):
    module = Small(3)
    again = copied(module)
    assert again.config == module.config
    again.config["n_in"] = 9
    assert module.config == {"n_in": 3}


def test_the_configuration_is_no_weight():
    assert set(Small(3).state_dict()) == {"linear.weight", "linear.bias"}


def test_unknown_arguments_are_rejected_as_ever():
    with pytest.raises(TypeError, match="n_inn"):
        Small(n_inn=3)
