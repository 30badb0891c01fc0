"""The loss of the contrastive embedder: temperature, auxiliary heads."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from sklearn_sn.losses import AuxiliaryLoss, InfoNCELoss
from sklearn_sn.modules import ContrastiveModule
from sklearn_sn.nets import Batch, ContrastiveNet

NAMES = ("light_curve", "spectrum")
LABELS = torch.tensor([0, 1, -1, 1, 0])
NUMBERS = torch.tensor([[0.5], [float("nan")], [1.0], [-2.0], [0.0]])


def outputs(log_scale=2.0, learned=True):
    generator = torch.Generator().manual_seed(0)

    def draw(width):
        return {name: torch.randn(5, width, generator=generator) for name in NAMES}

    embeddings = {name: F.normalize(z, dim=1) for name, z in draw(4).items()}
    scale = torch.tensor(log_scale, requires_grad=learned)
    return {"embeddings": embeddings, "log_scale": scale, "classes": draw(2), "targets": draw(1)}


def batch():
    """Five objects; the third has no spectrum."""
    present = {"light_curve": torch.ones(5, dtype=torch.bool), "spectrum": LABELS >= 0}
    return Batch(5, {}, {}, present, {"classes": LABELS, "targets": NUMBERS})


def net(**params):
    module = torch.nn.Linear(1, 1)
    return ContrastiveNet(module, criterion=InfoNCELoss, train_split=None, **params).initialize()


@pytest.mark.parametrize("heads", [("classes",), ("targets",), ("classes", "targets")])
def test_the_auxiliary_weight_enters_linearly(heads):
    found = []
    weights = (0.0, 1.0, 2.0, 4.0)
    for weight in weights:
        y_pred = outputs()
        for name in {"classes", "targets"} - set(heads):
            y_pred[name] = {}
        found.append(net(aux_weight=weight).get_loss(y_pred, None, batch()).item())
    contrast = InfoNCELoss()(y_pred["embeddings"], batch().present, y_pred["log_scale"]).item()
    auxiliary = AuxiliaryLoss()(
        y_pred["classes"], y_pred["targets"], batch().present, LABELS, NUMBERS
    ).item()
    assert auxiliary > 0.1
    np.testing.assert_allclose(found, [contrast + w * auxiliary for w in weights], rtol=1e-5)


def test_class_weights_reach_the_auxiliary_loss():
    weight = torch.tensor([1.0, 4.0])
    plain, weighted = (
        net(aux_weight=1.0, class_weight=given).get_loss(outputs(), None, batch()).item()
        for given in (None, weight)
    )
    y_pred = outputs()
    parts = [
        AuxiliaryLoss(given)(y_pred["classes"], y_pred["targets"], batch().present, LABELS, NUMBERS)
        for given in (None, weight)
    ]
    assert weighted - plain == pytest.approx((parts[1] - parts[0]).item(), abs=1e-5)
    assert abs(weighted - plain) > 1e-3


@pytest.mark.parametrize("max_scale", [100.0, 10.0])
def test_a_learned_scale_is_clamped(max_scale):
    y_pred = outputs(log_scale=9.0)
    loss = net(max_scale=max_scale).get_loss(y_pred, None, batch(), training=True)
    bound = math.log(max_scale)
    assert y_pred["log_scale"].item() == pytest.approx(bound)
    expected = net().get_loss(outputs(log_scale=bound, learned=False), None, batch())
    torch.testing.assert_close(loss, expected)
    # The parameter itself has moved, and it can come back.
    loss.backward()
    assert y_pred["log_scale"].grad.isfinite() and y_pred["log_scale"].grad != 0


def test_a_scale_inside_the_bound_or_fixed_is_left_alone():
    inside = outputs(log_scale=2.0)
    net().get_loss(inside, None, batch())
    assert inside["log_scale"].item() == 2.0
    fixed = outputs(log_scale=9.0, learned=False)
    net().get_loss(fixed, None, batch())
    assert fixed["log_scale"].item() == 9.0


def test_the_auxiliary_loss_lives_on_the_device_of_the_net():
    made = net(class_weight=torch.ones(2))
    assert made.auxiliary_loss_.class_weight.device.type == "cpu"
    assert made.auxiliary_loss_.class_weight.tolist() == [1.0, 1.0]


# Queue -----------------------------------------------------------------------


def test_the_queue_serves_training_alone():
    made, ids = net(queue_size=6), np.arange(5)
    plain = net().get_loss(outputs(), ids, batch()).item()
    assert made.get_loss(outputs(), ids, batch(), training=True).item() == plain
    assert made.queue_.object_ids.tolist() == [0, 1, 3, 4]
    # Not in validation, neither as negatives nor filled.
    assert made.get_loss(outputs(), ids + 5, batch()).item() == plain
    assert len(made.queue_) == 4
    second = made.get_loss(outputs(), ids + 5, batch(), training=True).item()
    assert second > plain + 0.01
    assert made.queue_.object_ids.tolist() == [3, 4, 5, 6, 8, 9]
    expected = outputs()["embeddings"]["spectrum"][[3, 4, 0, 1, 3, 4]]
    torch.testing.assert_close(made.queue_.embeddings["spectrum"], expected)


def test_an_object_is_no_negative_of_itself():
    made, ids = net(queue_size=4), np.arange(5)
    alone = net().get_loss(outputs(), ids, batch()).item()
    made.get_loss(outputs(), ids, batch(), training=True)
    again = made.get_loss(outputs(), ids, batch(), training=True).item()
    # Each of four pairs meets the three others twice, instead of itself once more.
    assert again > alone
    z = {name: v[[0, 1, 3, 4]].double().numpy() for name, v in outputs()["embeddings"].items()}
    logits = np.exp(np.exp(2.0) * z["light_curve"] @ z["spectrum"].T)
    expected = 0.0
    for weights in (logits, logits.T):
        own = np.diag(weights)
        expected -= np.log(own / (2 * weights.sum(axis=1) - own)).mean() / 2
    assert again == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("log_scale", [2.0, 2.74])
def test_a_fixed_scale_has_no_gradient(log_scale):
    y_pred = outputs(log_scale, learned=False)
    for z in y_pred["embeddings"].values():
        z.requires_grad_()
    net().get_loss(y_pred, None, batch(), training=True).backward()
    assert y_pred["log_scale"].grad is None and y_pred["log_scale"].item() == np.float32(log_scale)
    assert all(z.grad.norm() > 0 for z in y_pred["embeddings"].values())


def test_outputs_are_zeros_for_a_modality_that_only_other_processes_have():
    module = ContrastiveModule(
        {name: torch.nn.Linear(1, 4) for name in NAMES},
        {name: 4 for name in NAMES},
        embedding_dim=4,
        temperature=0.1,
        learn_temperature=True,
        n_classes=2,
    )
    made = ContrastiveNet(module, criterion=InfoNCELoss, train_split=None).initialize()
    part = batch()
    part.joint = Batch(9, {}, {}, dict.fromkeys(NAMES, torch.ones(9, dtype=torch.bool)), {})
    y_pred = {**outputs(), "targets": {}}
    own = y_pred["embeddings"].pop(NAMES[0])
    y_pred["classes"].pop(NAMES[0])
    found = made.complete_outputs(y_pred, part)
    for key, width in (("embeddings", 4), ("classes", 2)):
        assert list(found[key]) == list(NAMES)
        assert found[key][NAMES[0]].shape == (5, width) and not found[key][NAMES[0]].any()
        assert found[key][NAMES[1]] is y_pred[key][NAMES[1]]
    assert found["targets"] == {} and found["log_scale"] is y_pred["log_scale"]
    assert own.shape == (5, 4)
