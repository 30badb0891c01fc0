"""The schedule of the learning rate."""

from types import SimpleNamespace

import numpy as np
import pytest

from sklearn_sn.nets import Progress, Schedule
from tests.nets.toy import toy_dataset, toy_net


def rates(kind, n_steps, peak=2.0):
    """The learning rate of every step of a training."""
    group = {"lr": peak}
    net = SimpleNamespace(optimizer_=SimpleNamespace(param_groups=[group]))
    schedule = Schedule(kind, n_steps)
    schedule.on_train_begin(net)
    out = []
    for _ in range(n_steps):
        schedule.on_batch_begin(net, training=True)
        out.append(group["lr"])
        schedule.on_batch_begin(net, training=False)
    schedule.on_train_end(net)
    assert group["lr"] == peak
    return np.array(out)


def test_a_linear_rise_then_a_cosine():
    rate = rates("one_cycle", 200)
    np.testing.assert_allclose(np.diff(rate[:20]), 2.0 / 21)
    assert rate.argmax() == 20 and rate[20] == 2.0
    expected = 1.0 + np.cos(np.pi * np.arange(180) / 180)
    np.testing.assert_allclose(rate[20:], expected)


def test_a_cosine_alone_falls():
    rate = rates("cosine", 50)
    assert rate[0] == 2.0 and (np.diff(rate) < 0).all() and rate[-1] < 0.01


@pytest.mark.parametrize("kind", ["one_cycle", "cosine"])
def test_one_step(kind):
    assert 0 < rates(kind, 1)[0] <= 2.0


def test_every_group_keeps_its_ratio():
    groups = [{"lr": 2.0}, {"lr": 0.2}]
    net = SimpleNamespace(optimizer_=SimpleNamespace(param_groups=groups))
    schedule = Schedule("cosine", 10)
    schedule.on_train_begin(net)
    for _ in range(5):
        schedule.on_batch_begin(net, training=True)
        assert groups[1]["lr"] == pytest.approx(0.1 * groups[0]["lr"])
    schedule.on_train_end(net)
    assert [group["lr"] for group in groups] == [2.0, 0.2]


def test_a_net_is_scheduled_step_by_step():
    net = toy_net(lr=0.5, callbacks=[("schedule", Schedule("cosine", 15))])
    net.partial_fit(toy_dataset(48))
    assert dict(net.callbacks_)["schedule"].step_ == 15  # five epochs of three batches
    assert net.optimizer_.param_groups[0]["lr"] == 0.5


def test_one_line_for_each_epoch(capsys):
    net = toy_net(callbacks=[("progress", Progress(2, "Toy"))], max_epochs=2)
    net.partial_fit(toy_dataset())
    lines = capsys.readouterr().out.splitlines()
    loss = net.history[:, "train_loss"]
    for i, line in enumerate(lines):
        assert line.startswith(f"Toy epoch {i + 1}: train_loss {loss[i]:.4f} in ")
    assert len(lines) == 2


def test_a_bar_over_the_epochs(capsys):
    progress = Progress(1, "Toy")
    net = toy_net(callbacks=[("progress", progress)], max_epochs=3)
    net.partial_fit(toy_dataset())
    assert "Toy: 100%" in capsys.readouterr().err
    progress = dict(net.callbacks_)["progress"]
    assert not hasattr(progress, "bar_")  # a bar cannot be pickled
