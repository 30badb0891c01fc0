"""The moving average of weights."""

import copy
from types import SimpleNamespace

import torch

from sklearn_sn.nets import WeightAverage
from tests.nets.toy import toy_dataset, toy_net


def net_of(value):
    module = torch.nn.BatchNorm1d(1)
    with torch.no_grad():
        module.weight.fill_(value)
    return SimpleNamespace(module_=module)


def step(net, callback, value):
    callback.on_batch_begin(net, training=True)
    with torch.no_grad():
        net.module_.weight.fill_(value)
    callback.on_batch_end(net, training=True)


def test_it_is_the_recursion_and_training_goes_on_where_it_was():
    net, callback = net_of(0.0), WeightAverage(0.5)
    callback.on_train_begin(net)
    average = 0.0
    for t, value in enumerate([1.0, 3.0, 2.0, 5.0, 4.0, 6.0, 1.0, 2.0, 9.0, 9.0]):
        decay = min(0.5, (1 + t) / (10 + t))
        average = decay * average + (1 - decay) * value
        step(net, callback, value)
    assert net.module_.weight.item() == 9.0
    callback.on_batch_begin(net, training=False)
    torch.testing.assert_close(net.module_.weight, torch.nn.Parameter(torch.tensor([average])))
    callback.on_epoch_end(net)
    best = copy.deepcopy(net.module_.state_dict())
    callback.on_batch_begin(net, training=True)
    assert net.module_.weight.item() == 9.0
    callback.on_batch_end(net, training=True)
    callback.on_train_end(net)
    assert net.module_.weight.item() != best["weight"].item() != 9.0
    assert callback.average_ is None and callback.trained_ is None


def test_integers_are_left_alone():
    net, callback = net_of(0.0), WeightAverage(0.9)
    callback.on_train_begin(net)
    callback.on_batch_begin(net, training=True)
    net.module_(torch.randn(4, 1))
    callback.on_batch_end(net, training=True)
    callback.on_train_end(net)
    assert net.module_.num_batches_tracked == 1


def test_a_net_ends_with_the_average():
    """Of a constant learning rate; training itself never sees the average."""
    plain = toy_net()
    averaged = toy_net(callbacks=[("average", WeightAverage(0.9))])
    for net in (plain, averaged):
        net.partial_fit(toy_dataset())
    losses = [net.history[:, "train_loss"] for net in (plain, averaged)]
    assert losses[0] == losses[1]
    one, other = (net.module_.head.weight for net in (plain, averaged))
    assert 1e-4 < (one - other).abs().max() < 0.2
    assert dict(averaged.callbacks_)["average"].average_ is None
