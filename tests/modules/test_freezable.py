"""Frozen parts keep their weights and statistics, on every kind of device."""

import pytest
import torch
from torch import nn

from sklearn_sn.encoders._gru import GRUModule
from sklearn_sn.modules import FreezableModule, SupervisedModule


class Parts(FreezableModule):
    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5))
        self.second = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Dropout(0.5))

    def forward(self, x):
        return self.second(self.first(x))


@pytest.mark.parametrize("training", [True, False])
def test_frozen_parts_stay_in_evaluation(training):
    module = Parts().train(training)
    assert module.freeze([module.first]) is module
    assert module.training is training and module.second[1].training is training
    assert not any(part.training for part in module.first.modules())
    module.train()
    assert module.second[2].training and not any(p.training for p in module.first.modules())
    assert module.frozen == [module.first]


def test_frozen_parts_keep_weights_and_statistics():
    module = Parts()
    module.freeze([module.first]).train()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    optimizer = torch.optim.SGD([p for p in module.parameters() if p.requires_grad], lr=0.1)
    for _ in range(3):
        module(torch.randn(8, 3)).square().sum().backward()
        optimizer.step()
    changed = {
        name for name, value in module.state_dict().items() if not torch.equal(value, before[name])
    }
    assert changed and all(name.startswith("second") for name in changed)
    assert all(p.grad is None for p in module.first.parameters())


@pytest.fixture
def recurrent():
    encoder = GRUModule(n_values=2, d_model=6, n_layers=2, output_dim=4, dropout=0.5)
    return SupervisedModule(encoder, 4, 3, dropout=0.5)


def points(n=5, length=6):
    generator = torch.Generator().manual_seed(0)
    return {
        "values": torch.randn(n, length, 2, generator=generator),
        "time": torch.arange(float(length)).expand(n, length),
        "log_wavelength": torch.zeros(n, length),
        "pad_mask": torch.zeros(n, length, dtype=torch.bool),
    }


def test_a_frozen_recurrent_layer_stays_in_training_mode(recurrent):
    """cuDNN has no gradients through a recurrent layer in evaluation."""
    recurrent.freeze([recurrent.encoder]).train()
    recurrent_layers = [m for m in recurrent.modules() if isinstance(m, nn.RNNBase)]
    assert len(recurrent_layers) == 2
    assert all(layer.training for layer in recurrent_layers)
    others = [m for m in recurrent.encoder.modules() if not isinstance(m, nn.RNNBase)]
    assert any(isinstance(part, nn.Dropout) for part in others)
    assert not any(part.training for part in others)
    assert recurrent.dropout.training and recurrent.head.training
    recurrent.eval()
    assert not any(part.training for part in recurrent.modules())


def test_a_frozen_encoder_encodes_as_in_evaluation(recurrent):
    expected = recurrent.eval().encoder(**points())
    recurrent.freeze([recurrent.encoder]).train()
    torch.testing.assert_close(recurrent.encoder(**points()), expected)


@pytest.mark.parametrize("frozen", ["nothing", "first layer", "all but the first layer", "encoder"])
def test_no_recurrent_layer_is_in_evaluation_where_gradients_pass(recurrent, frozen):
    encoder = recurrent.encoder
    parts = {
        "nothing": [],
        "first layer": [encoder.layers[0]],
        "all but the first layer": [encoder.layers[1], encoder.dropout, encoder.dense],
        "encoder": [encoder],
    }[frozen]
    recurrent.freeze(parts).train()
    seen = []

    def check(layer, args, output):
        receives = output[0].requires_grad
        seen.append(receives)
        assert layer.training or not receives

    for layer in encoder.layers:
        layer.register_forward_hook(check)
    _, outputs = recurrent([points()], torch.arange(5), 5)
    outputs.square().sum().backward()
    assert len(seen) == 2
    assert (
        seen
        == {
            "nothing": [True, True],
            "first layer": [False, True],
            "all but the first layer": [True, True],
            "encoder": [False, False],
        }[frozen]
    )
    trained = {name for name, p in recurrent.named_parameters() if p.grad is not None}
    assert trained == {name for name, p in recurrent.named_parameters() if p.requires_grad}


def test_some_modules_of_a_frozen_part_are_trained():
    module = Parts()
    assert module.train_only(module.first, [module.first[0]]) is module
    trained = {name for name, weight in module.named_parameters() if weight.requires_grad}
    names = {name for name, _ in module.second.named_parameters(prefix="second")}
    assert trained == {"first.0.weight", "first.0.bias", *names}
    module.train()
    assert not module.first[1].training and not module.first[2].training
    assert module.first[0].training and module.second[1].training
    module.train_only(module.first, [module.first])
    assert module.frozen == [] and module.first[2].training
    assert all(weight.requires_grad for weight in module.parameters())
