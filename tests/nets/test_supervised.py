"""Nets that learn labels or numbers: weights, missing objects, known offsets."""

import pytest
import torch

from sklearn_sn.losses import (
    ClassificationLoss,
    ClassShiftLoss,
    FocalLoss,
    GaussianLoss,
    SquaredErrorLoss,
    SupConLoss,
)
from sklearn_sn.nets import Batch, RedshiftNet, SupConNet, SupervisedNet
from tests.nets.toy import repeated, toy_batch, toy_module, toy_net

CRITERIA = {
    "classes": (SupervisedNet, 2, {"criterion": ClassificationLoss}),
    "weighted classes": (
        SupervisedNet,
        2,
        {"criterion": ClassificationLoss, "criterion__class_weight": torch.tensor([1.0, 3.0])},
    ),
    "focal": (SupervisedNet, 2, {"criterion": FocalLoss, "criterion__gamma": 2.0}),
    "squared error": (SupervisedNet, 1, {"criterion": SquaredErrorLoss}),
    "gaussian": (SupervisedNet, 2, {"criterion": GaussianLoss}),
    "contrastive weight of 0": (
        SupConNet,
        2,
        {"criterion": ClassificationLoss, "contrastive_weight": 0.0},
    ),
}


def loss_and_gradient(net, batch, training=True):
    net.module_.zero_grad()
    loss = net.get_loss(net.infer(batch), None, batch, training=training)
    loss.backward()
    return loss.detach(), [p.grad.clone() for p in net.module_.parameters() if p.grad is not None]


@pytest.mark.parametrize("kind", list(CRITERIA))
@pytest.mark.parametrize("times", [(1, 5, 1, 1, 1, 1), (2, 3, 1, 7, 1, 4)])
def test_a_weight_is_a_number_of_copies(kind, times):
    net_class, n_outputs, params = CRITERIA[kind]
    net = toy_net(net_class, toy_module(n_outputs), **params)
    batch = toy_batch()
    plain = net.get_loss(net.infer(batch), None, batch)
    for scale in (1.0, 0.25):  # only ratios count
        batch.targets["weight"] = scale * torch.tensor(times, dtype=torch.float32)
        loss, gradient = loss_and_gradient(net, batch)
        expected, other = loss_and_gradient(net, repeated(batch, times))
        torch.testing.assert_close(loss, expected)
        for one, two in zip(gradient, other, strict=True):
            torch.testing.assert_close(one, two, atol=1e-5, rtol=1e-4)
        assert (loss - plain).abs() > 1e-3  # the weights matter


def test_weights_of_fractions_are_ratios():
    net, batch = toy_net(), toy_batch(2)
    each = net.criterion_(net.infer(batch)[1], batch.targets["targets"])
    for weight in ((1.0, 5.0), (0.3, 0.7), (1.5, 0.0)):
        batch.targets["weight"] = torch.tensor(weight)
        loss = net.get_loss(net.infer(batch), None, batch)
        expected = (each * torch.tensor(weight)).sum() / sum(weight)
        torch.testing.assert_close(loss, expected)


def test_a_weight_of_redshift_spectra_is_a_number_of_copies():
    net = toy_net(RedshiftNet, toy_module(2 * 9), criterion=ClassShiftLoss, criterion__n_classes=2)
    shift = torch.tensor([1.0, 4.0, float("nan"), 7.0, 2.0, 3.0])
    batch = toy_batch(shift=shift)
    moved = torch.tensor([0.0, 1.0, 0.0, -1.0, 2.0, 0.0])

    def loss(batch, moved):
        outputs = net.infer(batch)
        batch.tensors["metadata"][0]["moved"] = moved
        found = net.get_loss(outputs, None, batch)
        del batch.tensors["metadata"][0]["moved"]
        return found

    times = torch.tensor([1, 5, 2, 1, 3, 1])
    batch.targets["weight"] = times.float()
    torch.testing.assert_close(
        loss(batch, moved), loss(repeated(batch, times), moved.repeat_interleave(times))
    )


def test_objects_without_the_modality_do_not_count():
    net = toy_net()
    present = [True, False, True, True, False, True]
    batch = toy_batch(present=present)
    batch.targets["weight"] = torch.tensor([1.0, 9.0, 2.0, 1.0, 9.0, 3.0])
    loss, _ = loss_and_gradient(net, batch)
    _, outputs = net.infer(batch)
    each = net.criterion_(outputs, batch.targets["targets"])[torch.tensor(present)]
    weight = torch.tensor([1.0, 2.0, 1.0, 3.0])
    torch.testing.assert_close(loss, (each * weight).sum() / weight.sum())


def test_a_batch_without_the_modality_has_a_gradient_of_zero():
    net, batch = toy_net(), toy_batch()
    batch.tensors.clear()
    assert net.infer(batch) is None
    loss, gradient = loss_and_gradient(net, batch)
    assert loss == 0.0 and gradient and not any(part.any() for part in gradient)


def test_an_offset_is_added_to_the_outputs():
    net, batch = toy_net(), toy_batch()
    _, before = net.infer(batch)
    batch.targets["offset"] = torch.arange(12.0).view(6, 2)
    latent, after = net.infer(batch)
    torch.testing.assert_close(after, before + batch.targets["offset"])
    assert latent.shape == (6, 6)


def test_the_contrastive_weight_enters_linearly():
    net, batch = toy_net(SupConNet, temperature=0.3), toy_batch()
    found = []
    for weight in (0.0, 1.0, 2.0, 4.0):
        net.contrastive_weight = weight
        found.append(net.get_loss(net.infer(batch), None, batch).item())
    criterion = super(SupConNet, net).get_loss(net.infer(batch), None, batch).item()
    pull = SupConLoss(0.3)(net.infer(batch)[0], batch.targets["targets"]).item()
    assert pull > 0.1
    assert found == pytest.approx([criterion + w * pull for w in (0.0, 1.0, 2.0, 4.0)], rel=1e-5)


def test_contrast_leaves_out_objects_without_the_modality():
    net = toy_net(SupConNet)
    present = torch.tensor([True, True, True, False, True, True])
    batch = toy_batch(present=present)
    loss = net.get_loss(net.infer(batch), None, batch)
    latent = net.infer(batch)[0][present]
    expected = SupConLoss(0.5)(latent, batch.targets["targets"][present])
    criterion = super(SupConNet, net).get_loss(net.infer(batch), None, batch)
    torch.testing.assert_close(loss, criterion + expected)


def test_only_losses_over_pairs_need_batches_of_noisy_length():
    noisy = {
        net: toy_net(net).get_iterator([], training=True).noisy
        for net in (SupervisedNet, RedshiftNet, SupConNet)
    }
    assert noisy == {SupervisedNet: False, RedshiftNet: False, SupConNet: True}


def test_outputs_are_zeros_if_only_other_processes_have_the_modality():
    made, batch = toy_net(), toy_batch(3)
    y_pred = made.infer(batch)
    batch.joint = toy_batch(6)
    latent, outputs = made.complete_outputs(None, batch)
    assert latent.shape == (3, 6) and outputs.shape == (3, 2) and not outputs.any()
    assert made.complete_outputs(y_pred, batch) is y_pred
    batch.joint = Batch(6, {}, {}, {}, {})
    assert made.complete_outputs(None, batch) is None
