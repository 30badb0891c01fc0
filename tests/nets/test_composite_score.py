"""Accuracy, macro-F1 and top-3 accuracy in one number."""

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, f1_score, top_k_accuracy_score
from skorch.helper import predefined_split

from sklearn_sn.nets import CompositeScore
from sklearn_sn.nets._composite_score import composite_score
from tests.nets.toy import toy_batch, toy_dataset, toy_net


@pytest.mark.parametrize("weighted", [False, True])
def test_it_is_the_mean_of_three_scores(weighted):
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(size=(200, 5)), rng.integers(0, 5, 200)
    logits[np.arange(200), labels] += 1.0
    weight = rng.uniform(0.1, 3.0, 200) if weighted else np.ones(200)
    said = logits.argmax(axis=1)
    expected = [
        accuracy_score(labels, said, sample_weight=weight),
        f1_score(labels, said, average="macro", sample_weight=weight),
        top_k_accuracy_score(labels, logits, k=3, sample_weight=weight),
    ]
    assert composite_score(logits, labels, weight) == pytest.approx(np.mean(expected))


def test_classes_that_nobody_has_do_not_count():
    assert composite_score(np.eye(6)[[0, 1]], np.array([0, 1]), np.ones(2)) == 1.0


@pytest.mark.parametrize("weighted", [False, True])
def test_the_score_of_an_epoch_is_that_of_all_validation_objects(weighted):
    weight = np.random.default_rng(0).uniform(0.5, 2.0, 50).astype(np.float32)
    targets = {"weight": weight} if weighted else {}
    valid = toy_dataset(50, **targets)
    net = toy_net(train_split=predefined_split(valid), callbacks=[("score", CompositeScore())])
    net.partial_fit(toy_dataset(40, **({"weight": weight[:40]} if weighted else {})))
    assert len(net.history[:, "valid_score"]) == 5
    batch = valid.gather(np.arange(50), "cpu")
    with torch.no_grad():
        logits = net.infer(batch)[1].numpy()
    labels = valid.targets["targets"]
    expected = composite_score(logits, labels, weight if weighted else np.ones(50))
    assert net.history[-1, "valid_score"] == pytest.approx(expected, abs=1e-6)


def test_objects_without_the_modality_have_no_score():
    callback, net = CompositeScore(), toy_net()
    net.history.new_epoch()
    callback.on_epoch_begin(net)
    present = torch.tensor([True, False, True, True])
    batch = toy_batch(4, present=present)
    logits = torch.eye(4, 2)
    for training in (True, False):
        callback.on_batch_end(net, (batch, None), training, y_pred=(None, logits))
    callback.on_batch_end(net, (batch, None), False, y_pred=None)  # a batch without any
    callback.on_epoch_end(net)
    kept = present.numpy()
    expected = composite_score(
        logits.numpy()[kept], batch.targets["targets"].numpy()[kept], np.ones(3)
    )
    assert net.history[-1, "valid_score"] == pytest.approx(expected)


def test_without_validation_there_is_no_score():
    net = toy_net(callbacks=[("score", CompositeScore())])
    net.partial_fit(toy_dataset())
    assert "valid_score" not in net.history[-1]
