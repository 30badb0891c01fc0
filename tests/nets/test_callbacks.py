"""The schedule of the learning rate."""

from types import SimpleNamespace

import numpy as np
import pytest

from sklearn_sn.nets import Schedule


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
