"""Training for a number of steps."""

import numpy as np
import pytest
from sklearn.base import clone
from skorch.callbacks import Callback

from sklearn_sn import ContrastiveEmbedder, load_model, save_model
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.nets import MaxSteps, Schedule
from tests.nets.toy import toy_dataset, toy_net


class Rates(Callback):
    """Remember the learning rate of every step."""

    def __init__(self):
        self.rates = []

    def on_batch_end(self, net, training=False, **kwargs):
        if training:
            self.rates.append(net.optimizer_.param_groups[0]["lr"])


def steps(n_steps, max_epochs=5, fits=1, n=40):
    """Train with 16 objects in a batch; return the net and the learning rates."""
    rates = Rates()
    callbacks = [("schedule", Schedule("cosine", 10**6)), MaxSteps(n_steps), rates]
    net = toy_net(callbacks=callbacks, max_epochs=max_epochs)
    for _ in range(fits):
        net.partial_fit(toy_dataset(n))
    return net, np.array(rates.rates)


@pytest.mark.parametrize(
    ("n_steps", "sizes"), [(1, [1]), (3, [3]), (4, [3, 1]), (6, [3, 3]), (20, [3] * 6 + [2])]
)
def test_exactly_so_many_steps(n_steps, sizes):
    net, rates = steps(n_steps)
    assert len(rates) == n_steps
    assert [len(row["batches"]) for row in net.history] == sizes
    assert net.stop_reason_ is None and np.isfinite(net.history[-1]["train_loss"])


def test_the_schedule_spans_the_steps():
    _, rates = steps(7)
    expected = 0.01 * 0.5 * (1.0 + np.cos(np.pi * np.arange(7) / 7))
    np.testing.assert_allclose(rates, expected)


def test_a_second_fit_has_as_many_steps():
    net, rates = steps(4, fits=2)
    assert len(rates) == 8 and [len(row["batches"]) for row in net.history] == [3, 1, 3, 1]


def test_whole_epochs_equal_those_without():
    net, _ = steps(6, max_epochs=99)
    plain = toy_net(callbacks=[("schedule", Schedule("cosine", 6))], max_epochs=2)
    plain.partial_fit(toy_dataset(40))
    assert net.history[:, "train_loss"] == plain.history[:, "train_loss"]


@pytest.mark.parametrize("n_steps", [0, 2.5, "many"])
def test_bad_numbers(n_steps):
    with pytest.raises(ValueError, match=r"'n_steps' parameter of MaxSteps .* Got"):
        steps(n_steps)


def test_it_clones():
    assert clone(MaxSteps(5)).n_steps == 5


def test_it_is_saved_with_its_estimator(tmp_path):
    X, _ = make_supernovae(30, random_state=0)
    model = ContrastiveEmbedder(
        light_curve="deep_sets", batch_size=16, callbacks=[MaxSteps(3)], random_state=0
    ).fit(X)
    save_model(model, tmp_path / "model")
    assert [callback.n_steps for callback in load_model(tmp_path / "model").callbacks] == [3]
