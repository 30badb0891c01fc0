"""The loss of the mixture of experts: weights, missing modalities, one expert."""

import pytest
import torch

from sklearn_sn.losses import ClassificationLoss, ExpertLoss
from sklearn_sn.nets import AstroMiNNNet, Batch

LABELS = torch.tensor([0, 1, 1, 0])


def net(**params):
    module = torch.nn.Linear(1, 1)
    return AstroMiNNNet(
        module, criterion=ClassificationLoss, train_split=None, **params
    ).initialize()


def outputs(n_experts=3):
    generator = torch.Generator().manual_seed(0)
    routing = torch.randn(4, n_experts, generator=generator).softmax(1)
    logits = torch.randn(4, 2, generator=generator, requires_grad=True)
    return {"outputs": logits, "routing": routing, "shares": routing}


def batch(image=(1, 1, 0, 0), metadata=(0, 1, 1, 0), **targets):
    present = {"image": torch.tensor(image) > 0, "metadata": torch.tensor(metadata) > 0}
    return Batch(4, {}, {}, present, {"targets": LABELS, **targets})


def test_is_the_weighted_mean_plus_the_loss_of_the_router():
    y_pred, weight = outputs(), torch.tensor([1.0, 2.0, 0.5, 9.0])
    found = net(balance_weight=0.2, specialization_weight=0.4).get_loss(
        y_pred, None, batch(weight=weight)
    )
    used = torch.tensor([1.0, 2.0, 0.5, 0.0])  # the last object has nothing
    losses = ClassificationLoss()(y_pred["outputs"], LABELS)
    expected = (losses * used).sum() / 3.5
    expected = expected + ExpertLoss(0.2, 0.4)(y_pred["routing"], y_pred["shares"], LABELS, used)
    torch.testing.assert_close(found, expected)


def test_a_single_expert_has_no_loss_of_a_router():
    y_pred = outputs(n_experts=1)
    found = net(balance_weight=5.0, specialization_weight=5.0).get_loss(y_pred, None, batch())
    losses = ClassificationLoss()(y_pred["outputs"], LABELS)
    torch.testing.assert_close(found, losses[:3].mean())


def test_a_batch_with_nothing_gives_zero_and_a_gradient():
    y_pred = outputs()
    loss = net(balance_weight=1.0).get_loss(y_pred, None, batch((0, 0, 0, 0), (0, 0, 0, 0)))
    loss.backward()
    assert loss.item() == pytest.approx(0.0, abs=1e-6)
    assert not y_pred["outputs"].grad.any()
