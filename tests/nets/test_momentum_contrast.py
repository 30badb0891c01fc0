"""The net of momentum contrast: the queue and the encoder of keys in training."""

import numpy as np
import pandas as pd
import pytest
import torch
from skorch.callbacks import Callback
from skorch.helper import predefined_split
from torch import nn

from sklearn_sn.data import check_table
from sklearn_sn.losses import MomentumContrastLoss
from sklearn_sn.modules import MomentumContrastModule
from sklearn_sn.nets import MomentumContrastNet, TableDataset
from sklearn_sn.preprocessors import FluxImagePreprocessor, ImageViewsPreprocessor


class Pixels(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(36, 6)

    def forward(self, image):
        return self.layer(image.flatten(1))


@pytest.fixture(scope="module")
def dataset():
    images = np.random.default_rng(0).normal(size=(20, 1, 6, 6))
    table = check_table(pd.DataFrame({"image": list(images)}), modalities=["image"])
    views = ImageViewsPreprocessor(
        FluxImagePreprocessor(),
        extinction=np.zeros(1),
        reddening=0.0,
        rotation="right_angles",
        size_scaling=0.0,
        blur=0.0,
        jitter=0.0,
        noise=0.1,
    )
    prepared = views.fit(table).prepare(table)
    return TableDataset({"image": views}, {"image": prepared})


class Watch(Callback):
    """Record the queue after each batch."""

    def __init__(self):
        self.seen = []

    def on_batch_end(self, net, training=False, batch=None, y_pred=None, **kwargs):
        objects = batch[1].tolist() if training else None
        self.seen.append((objects, net.queue_.objects.tolist(), net.queue_.keys.clone()))


def net_of(train, valid=None, callbacks=(), **params):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        module = MomentumContrastModule(Pixels(), 6, 4)
    return (
        MomentumContrastNet(
            module,
            criterion=MomentumContrastLoss,
            optimizer=torch.optim.Adam,
            lr=1e-2,
            batch_size=5,
            device="cpu",
            verbose=0,
            train_split=None if valid is None else predefined_split(valid),
            callbacks=list(callbacks),
            callbacks__valid_acc=None,
            **{"max_epochs": 2, "queue_size": 8, **params},
        )
        .initialize()
        .partial_fit(train)
    )


def test_the_queue_holds_the_latest_training_objects_alone(dataset):
    watch = Watch()
    train, valid = dataset.subset(np.arange(15)), dataset.subset(np.arange(15, 20))
    net_of(train, valid, [("watch", watch)])
    order, before = [], []
    for objects, queued, keys in watch.seen:
        if objects is not None:
            order += objects
            assert sorted(queued) == sorted(order[-8:])
        else:  # validation adds nothing
            assert queued == before
        torch.testing.assert_close(keys.norm(dim=1), torch.ones(len(keys)))
        assert not keys.requires_grad
        before = queued
    assert len(order) == 30 and any(objects is None for objects, _, _ in watch.seen)


def test_every_fit_starts_with_an_empty_queue_and_leaves_none(dataset):
    watch = Watch()
    net = net_of(dataset, callbacks=[("watch", watch)], queue_size=100, max_epochs=1)
    assert net.queue_ is None and net.key_encoder_ is None
    net.partial_fit(dataset)
    assert [len(queued) for _, queued, _ in watch.seen] == [5, 10, 15, 20] * 2


def test_keys_of_the_same_object_are_left_out(dataset):
    net = net_of(dataset, max_epochs=1)
    batch = dataset.gather(np.arange(3), "cpu")
    vectors = torch.eye(4)[:3]
    y_pred = {"queries": vectors, "keys": vectors}

    class Queue:
        keys, objects = torch.eye(4)[:2], torch.tensor([0, 9])

    net.queue_ = Queue()
    losses = {t: net.get_loss(y_pred, np.array([0, 5, 7]), batch, t) for t in (True, False)}
    loss, queue = MomentumContrastLoss(), Queue.keys
    same = torch.zeros(3, 2, dtype=torch.bool)
    torch.testing.assert_close(losses[False], loss(vectors, vectors, queue))
    same[0, 0] = True
    torch.testing.assert_close(losses[True], loss(vectors, vectors, queue, same))


def test_the_encoder_of_keys_follows_before_each_step(dataset):
    class Weights(Callback):
        trained, keys = [], []

        def on_batch_begin(self, net, **kwargs):
            self.trained.append(net.module_.encoder.layer.weight.detach().clone())

        def on_batch_end(self, net, **kwargs):
            self.keys.append(net.key_encoder_.module.encoder.layer.weight.clone())

    weights = Weights()
    net_of(dataset, callbacks=[("weights", weights)], momentum=0.3, max_epochs=1)
    expected = weights.trained[0]
    for step, (trained, keys) in enumerate(zip(weights.trained, weights.keys, strict=True)):
        momentum = min(0.3, (1 + step) / (10 + step))
        expected = momentum * expected + (1 - momentum) * trained
        torch.testing.assert_close(keys, expected)
    assert not torch.equal(weights.trained[-1], weights.keys[-1])


def test_training_lowers_the_loss(dataset):
    net = net_of(dataset, max_epochs=30, queue_size=0)
    losses = net.history[:, "train_loss"]
    assert np.isfinite(losses).all() and losses[-1] < 0.8 * losses[0]
