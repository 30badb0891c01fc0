"""The module of masked pretraining."""

import pytest
import torch

from sklearn_sn.encoders._event_transformer import EventTransformerModule
from sklearn_sn.modules import MaskedEventModule
from tests.encoders.event_points import events


@pytest.fixture(autouse=True)
def seeded():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


@pytest.fixture
def module():
    encoder = EventTransformerModule(n_values=3, d_model=8, n_heads=2, n_layers=1, d_feedforward=8)
    return MaskedEventModule(encoder, n_bands=3).eval()


def chunk(n=2, length=6):
    points = events(n, length)
    hidden = torch.zeros(n, length, dtype=torch.bool)
    hidden[0, 2:4] = hidden[1, 5] = True
    run = torch.zeros(n, length, dtype=torch.int64)
    run[0, 2], run[0, 3], run[1, 5] = 1, 2, 1
    points["values"][hidden] = 0.0
    targets = {
        "target_flux": torch.arange(12.0).view(2, 6),
        "target_band": torch.arange(12).view(2, 6) % 3,
        "target_step": torch.arange(12.0).view(2, 6) + 0.5,
        "has_step": torch.arange(12).view(2, 6) != 11,
    }
    return {**points, "hidden": hidden, "run": run, **targets}


def test_one_prediction_for_every_hidden_point(module):
    one, other = chunk(), chunk()
    outputs = module([one, other])
    assert outputs.shape == (6, 5)
    torch.testing.assert_close(outputs[:3], module([one]))
    targets = module.targets([one, other])
    assert targets["flux"].tolist() == [2, 3, 11] * 2
    assert targets["band"].tolist() == [2, 0, 2] * 2
    assert targets["step"].tolist() == [2.5, 3.5, 11.5] * 2
    assert targets["has_step"].tolist() == [True, True, False] * 2


def test_targets_are_not_inputs(module):
    given = chunk()
    expected = module([given])
    for name in ("target_flux", "target_band", "target_step"):
        given[name] = given[name] + 1
    given["has_step"] = ~given["has_step"]
    torch.testing.assert_close(module([given]), expected)


def test_hidden_points_in_a_row_are_told_apart(module):
    given = chunk()
    for value in given.values():
        value[0, 3] = value[0, 2]  # the same token, but for its place in the row
    given["run"][0, 3] = 2
    outputs = module([given])
    assert (outputs[0] - outputs[1]).abs().max() > 1e-4
    given["run"][0, 3] = 1000  # a very long gap
    assert torch.isfinite(module([given])).all()


def test_the_output_of_the_encoder_is_trained(module):
    module([chunk()]).square().sum().backward()
    assert module.encoder.norm.weight.grad.abs().sum() > 0
    assert module.encoder.summary.weight.grad.abs().sum() > 0
