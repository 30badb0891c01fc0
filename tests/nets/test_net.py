"""How every net trains: why it stops, what it draws, when it waits for the device."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from skorch.callbacks import Callback, EarlyStopping
from skorch.helper import predefined_split

from sklearn_sn.nets import BatchLoader, SupervisedNet
from tests.nets.toy import toy_dataset, toy_net

MODULE = "sklearn_sn.nets._net.torch"


class Interrupting(Callback):
    """A user who has seen enough."""

    def on_epoch_end(self, net, **kwargs):
        if len(net.history) == 2:
            raise KeyboardInterrupt


class Interrupted(SupervisedNet):
    """Ctrl-C in the middle of an epoch."""

    def get_loss(self, *args, **kwargs):
        if len(self.history) == 3:
            raise KeyboardInterrupt
        return super().get_loss(*args, **kwargs)


class OwnStopping(EarlyStopping):
    """Early stopping of the user's own."""


def test_a_training_that_reaches_its_end_has_no_reason():
    net = toy_net()
    net.partial_fit(toy_dataset())
    assert net.stop_reason_ is None and len(net.history) == 5


def test_a_callback_of_the_user_interrupts():
    net = toy_net(callbacks=[("own", Interrupting())])
    net.partial_fit(toy_dataset())
    assert net.stop_reason_ == "interrupted" and len(net.history) == 2


def test_an_interrupt_in_the_middle_of_an_epoch():
    net = toy_net(Interrupted)
    net.partial_fit(toy_dataset())
    assert net.stop_reason_ == "interrupted" and len(net.history) == 3


@pytest.mark.parametrize("kind", [EarlyStopping, OwnStopping])
def test_early_stopping_is_told_from_an_interrupt(kind):
    stopping = kind(patience=2, threshold=10.0, threshold_mode="abs", sink=lambda text: None)
    net = toy_net(
        train_split=predefined_split(toy_dataset(12)), callbacks=[("stop", stopping)], max_epochs=50
    )
    net.partial_fit(toy_dataset())
    assert net.stop_reason_ == "early_stopping" and len(net.history) < 50


def test_the_reason_is_that_of_the_last_training():
    net = toy_net(callbacks=[("own", Interrupting())])
    net.partial_fit(toy_dataset())
    assert net.stop_reason_ == "interrupted"
    net.partial_fit(toy_dataset())  # the history goes on, and so past the second epoch
    assert net.stop_reason_ is None and len(net.history) == 7


def test_the_seed_fixes_the_batches_and_epochs_count_on():
    net = toy_net(seed=3)
    dataset = toy_dataset()
    loader = net.get_iterator(dataset, training=True)
    assert isinstance(loader, BatchLoader)
    assert (loader.seed, loader.epoch, loader.batch_size, loader.training) == (3, 0, 16, True)
    net.partial_fit(dataset)
    assert net.get_iterator(dataset, training=True).epoch == 5
    assert not net.get_iterator(dataset).training


@pytest.mark.parametrize("device", ["cpu", torch.device("cpu")])
def test_a_device_may_be_a_name_or_a_torch_device(device):
    net = toy_net(device=device)
    net.partial_fit(toy_dataset())
    assert len(net.history) == 5
    assert net.get_iterator(toy_dataset()).device == torch.device("cpu")


# Devices other than the CPU -------------------------------------------------


def elsewhere(monkeypatch):
    """Let nets take the way of other devices, on the CPU."""
    fake = SimpleNamespace(device=lambda device: SimpleNamespace(type="cuda"), stack=torch.stack)
    monkeypatch.setattr(MODULE, fake)


def test_losses_of_another_device_are_the_same(monkeypatch):
    valid = predefined_split(toy_dataset(20))
    nets = [toy_net(train_split=valid) for _ in range(2)]
    nets[0].partial_fit(toy_dataset())
    elsewhere(monkeypatch)
    nets[1].partial_fit(toy_dataset())
    for name in ("train_loss", "valid_loss"):
        np.testing.assert_allclose(nets[0].history[:, name], nets[1].history[:, name], rtol=1e-6)
    batches = [net.history[:, "batches"] for net in nets]
    for one, other in zip(*batches, strict=True):
        for row, twin in zip(one, other, strict=True):
            assert row.keys() == twin.keys()
            assert row == pytest.approx(twin)
    counts = [net.history[:, ("train_batch_count", "valid_batch_count")] for net in nets]
    assert counts[0] == counts[1]


def test_another_device_is_waited_for_once_an_epoch(monkeypatch):
    net = toy_net()
    net.notify("on_train_begin", X=None, y=None)
    net.history.new_epoch()
    read = []
    for name in ("item", "tolist", "__float__", "__bool__"):
        whole = getattr(torch.Tensor, name)

        def counting(self, *args, whole=whole, name=name):
            read.append(name)
            return whole(self, *args)

        monkeypatch.setattr(torch.Tensor, name, counting)
    losses = torch.arange(1.0, 7.0)
    steps = iter([{"loss": loss, "y_pred": None} for loss in losses])
    told, notify = [], net.notify

    def recorded(method, **kwargs):
        told.append(method)
        notify(method, **kwargs)

    monkeypatch.setattr(net, "notify", recorded)
    elsewhere(monkeypatch)
    batches = [(toy_dataset(4), np.arange(4))] * 6
    read.clear()
    net.run_single_epoch(batches, True, "train", lambda batch: next(steps))
    assert read == ["tolist"]
    assert [row["train_loss"] for row in net.history[-1]["batches"]] == [1, 2, 3, 4, 5, 6]
    assert net.history[-1, "train_batch_count"] == 6
    assert told == ["on_batch_begin", "on_batch_end"] * 6


def test_without_validation_another_device_runs_no_epoch(monkeypatch):
    net = toy_net()
    elsewhere(monkeypatch)
    net.history.new_epoch()
    net.run_single_epoch(None, False, "valid", None)
    assert "valid_loss" not in net.history[-1]


def test_a_deferred_optimizer_trains_as_one_made_at_once():
    nets = [toy_net(defer_optimizer=defer).initialize() for defer in (False, True)]
    nets[1].module_.load_state_dict(nets[0].module_.state_dict())
    nets[1].forget_moments()  # without an optimizer, there is nothing to forget
    weights = []
    for net in nets:
        net.set_params(lr=0.02)
        net.partial_fit(toy_dataset())
        assert [group["lr"] for group in net.optimizer_.param_groups] == [0.02]
        weights.append(torch.cat([p.detach().ravel() for p in net.module_.parameters()]))
    torch.testing.assert_close(weights[0], weights[1], rtol=0, atol=0)
