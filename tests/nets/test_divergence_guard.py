"""What is left of a training that diverges."""

import math

import pytest
import torch
from skorch.callbacks import Callback
from skorch.helper import predefined_split

from sklearn_sn.nets import DivergenceGuard, SupervisedNet, all_finite
from tests.nets.toy import toy_dataset, toy_module, toy_net


class Diverging(SupervisedNet):
    """A net whose loss is not a number from one epoch on."""

    def __init__(self, *args, broken_from=4, **kwargs):
        self.broken_from = broken_from
        super().__init__(*args, **kwargs)

    def get_loss(self, y_pred, y_true, X=None, training=False):
        loss = super().get_loss(y_pred, y_true, X, training)
        return loss * math.nan if len(self.history) >= self.broken_from else loss


class Recorder(Callback):
    """Keep the weights at the end of each epoch."""

    def on_train_begin(self, net, **kwargs):
        self.weights_ = [copy_of(net)]

    def on_epoch_end(self, net, **kwargs):
        self.weights_.append(copy_of(net))


def copy_of(net):
    return {name: value.clone() for name, value in net.module_.state_dict().items()}


def same(one, other):
    return all(torch.equal(one[name], other[name]) for name in one)


def guarded(net_class=Diverging, **params):
    guard, recorder = DivergenceGuard(), Recorder()
    callbacks = [("recorder", recorder), ("divergence_guard", guard)]
    return toy_net(net_class, callbacks=callbacks, max_epochs=8, **params), guard, recorder


def test_a_loss_that_is_not_a_number_ends_training_and_the_best_weights_return():
    net, guard, recorder = guarded()
    net.partial_fit(toy_dataset())
    assert net.stop_reason_ == "diverged"
    assert len(net.history) == 4
    losses = net.history[:, "train_loss"][:3]
    best = losses.index(min(losses)) + 1
    assert best > 1  # not the start
    assert same(copy_of(net), recorder.weights_[best])
    assert same(copy_of(net), guard.best_weights_)
    assert all_finite(net.module_)


def test_the_validation_loss_decides_what_is_best():
    net, guard, recorder = guarded(train_split=predefined_split(toy_dataset(12)), lr=0.5)
    net.partial_fit(toy_dataset())
    losses = net.history[:, "valid_loss"][:3]
    assert guard.best_loss_ == min(losses)
    assert same(copy_of(net), recorder.weights_[losses.index(min(losses)) + 1])


def test_if_no_epoch_ended_well_the_first_weights_return():
    net, guard, recorder = guarded(broken_from=1)
    net.partial_fit(toy_dataset())
    assert net.stop_reason_ == "diverged"
    assert same(copy_of(net), recorder.weights_[0]) and same(copy_of(net), guard.first_weights_)


def test_a_weight_that_is_infinite_counts_as_divergence():
    class Breaking(Callback):
        def on_epoch_end(self, net, **kwargs):
            if len(net.history) == 3:
                with torch.no_grad():
                    net.module_.head.bias[0] = math.inf

    guard = DivergenceGuard()
    callbacks = [("breaking", Breaking()), ("divergence_guard", guard)]
    net = toy_net(callbacks=callbacks, max_epochs=8)
    net.partial_fit(toy_dataset())
    assert net.stop_reason_ == "diverged" and all_finite(net.module_)


def test_a_training_that_ends_well_is_left_alone():
    net, guard, recorder = guarded(SupervisedNet)
    net.partial_fit(toy_dataset())
    assert net.stop_reason_ is None and len(net.history) == 8
    assert same(copy_of(net), recorder.weights_[-1])
    guard.release()
    assert guard.first_weights_ is None and guard.best_weights_ is None


def test_finite_modules():
    module = toy_module()
    assert all_finite(module)
    assert all_finite(torch.nn.Identity())
    with torch.no_grad():
        next(module.parameters()).flatten()[0] = math.nan
    assert not all_finite(module)
    norm = torch.nn.BatchNorm1d(2)
    norm.running_var[0] = math.inf  # statistics count too
    assert not all_finite(norm)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_loss_of_any_kind_that_is_not_finite(value):
    net, _, _ = guarded(SupervisedNet)
    net.history.new_epoch()
    net.history.record("train_loss", value)
    guard = DivergenceGuard()
    guard.on_train_begin(net)
    with pytest.raises(KeyboardInterrupt):
        guard.on_epoch_end(net)
    assert net.stop_reason_ == "diverged"
