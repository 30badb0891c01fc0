"""The loss of hidden points."""

import math

import pytest
import torch

from sklearn_sn.losses import MaskedEventLoss


@pytest.fixture
def given():
    torch.manual_seed(0)
    outputs = torch.randn(5, 2 + 3, dtype=torch.float64)
    targets = {
        "flux": torch.randn(5, dtype=torch.float64),
        "band": torch.tensor([0, 2, -1, 1, 1]),
        "step": torch.rand(5, dtype=torch.float64),
        "has_step": torch.tensor([True, True, False, True, False]),
    }
    return outputs, targets


def by_loop(outputs, targets, weights):
    flux, band, step = [], [], []
    for i, output in enumerate(outputs.tolist()):
        flux.append((output[0] - targets["flux"][i].item()) ** 2)
        if targets["has_step"][i]:
            step.append((output[1] - targets["step"][i].item()) ** 2)
        if targets["band"][i] >= 0:
            total = sum(math.exp(logit) for logit in output[2:])
            band.append(-math.log(math.exp(output[2 + targets["band"][i]]) / total))
    means = [sum(part) / len(part) for part in (flux, band, step)]
    return sum(weight * mean for weight, mean in zip(weights, means, strict=True))


@pytest.mark.parametrize("weights", [(5.0, 3.0, 5.0), (1.0, 0.0, 0.0), (0.0, 2.0, 0.5)])
def test_it_is_the_weighted_sum_of_three_means(given, weights):
    outputs, targets = given
    loss = MaskedEventLoss(weights)(outputs, **targets)
    assert loss.item() == pytest.approx(by_loop(outputs, targets, weights))


def test_the_weights_of_the_paper_are_the_default(given):
    outputs, targets = given
    assert MaskedEventLoss()(outputs, **targets) == MaskedEventLoss((5, 3, 5))(outputs, **targets)


def test_the_step_after_the_last_point_does_not_count(given):
    outputs, targets = given
    expected = MaskedEventLoss()(outputs, **targets)
    targets["step"][~targets["has_step"]] = 1e6
    assert MaskedEventLoss()(outputs, **targets) == expected


def test_without_hidden_points_it_is_zero_with_a_gradient():
    outputs = torch.zeros(0, 5, requires_grad=True)
    empty = torch.zeros(0)
    loss = MaskedEventLoss()(
        outputs, flux=empty, band=empty.long(), step=empty, has_step=empty.bool()
    )
    loss.backward()
    assert loss == 0
