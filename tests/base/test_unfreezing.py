"""Gradual unfreezing of a pretrained encoder."""

import copy
import itertools

import pytest
import torch
from sklearn.frozen import FrozenEstimator
from skorch.callbacks import Callback

from sklearn_sn import LightCurveClassifier
from sklearn_sn.embedding import MaskedEventEmbedder
from sklearn_sn.encoders import GRU, DeepSets, EventTransformer, Informer, LightCurveTransformer
from sklearn_sn.persistence import load_model, save_model

SMALL = {"d_model": 8, "n_heads": 2, "n_layers": 2}
TRAINING = {"batch_size": 16, "random_state": 0}


@pytest.fixture(scope="module")
def pretrained(supernovae):
    encoder = EventTransformer(**SMALL, d_feedforward=16)
    model = MaskedEventEmbedder(encoder=encoder, max_epochs=1, **TRAINING)
    return FrozenEstimator(model.fit(supernovae[0]))


class Weights(Callback):
    """The weights of the encoder after every epoch, by group from the top."""

    def __init__(self):
        self.epochs = []

    def on_epoch_end(self, net, **kwargs):
        encoder = net.module_.encoder
        groups = encoder.layers_from_top()
        self.epochs.append([[m.state_dict() for m in copy.deepcopy(group)] for group in groups])
        self.rates = [group["lr"] for group in net.optimizer_.param_groups]


def changed(one, other):
    return any(
        not torch.equal(a[name], b[name]) for a, b in zip(one, other, strict=True) for name in a
    )


def test_layers_train_from_the_top_down(supernovae, pretrained):
    X, y = supernovae
    weights = Weights()
    model = LightCurveClassifier(
        pretrained=pretrained,
        unfreezing="gradual",
        max_epochs=8,
        lr=1e-2,
        lr_schedule=None,
        layer_lr_decay=0.5,
        callbacks=[weights],
        **TRAINING,
    ).fit(X, y)
    start = pretrained.estimator.net_.module_.encoder.layers_from_top()
    epochs = [[[m.state_dict() for m in group] for group in start], *weights.epochs]
    moves = [
        [changed(a, b) for a, b in zip(before, after, strict=True)]
        for before, after in itertools.pairwise(epochs)
    ]
    assert moves == [[epoch >= first for first in (1, 2, 3, 4)] for epoch in range(8)]
    # The head has the last group; the layers have smaller rates the lower they are.
    assert weights.rates[-1] == 1e-2
    rates = weights.rates[:-1]
    assert rates == sorted(rates, reverse=True)
    assert set(rates) == {5e-3, 2.5e-3, 1.25e-3, 6.25e-4}
    assert model.net_.module_.frozen == []
    assert all(weight.requires_grad for weight in model.net_.module_.parameters())


def test_frozen_layers_have_no_dropout(supernovae, pretrained):
    """The first epoch trains the head on the encodings of prediction."""
    seen = []

    class Modes(Callback):
        def on_batch_end(self, net, training=False, **kwargs):
            seen.append([m.training for m in net.module_.encoder.modules()])

    X, y = supernovae
    model = LightCurveClassifier(
        pretrained=pretrained, unfreezing="gradual", max_epochs=2, callbacks=[Modes()], **TRAINING
    ).fit(X, y)
    half = len(seen) // 2
    assert not any(any(modes) for modes in seen[:half])
    assert all(all(modes) for modes in seen[half:])
    assert model.n_iter_ == 2


def test_a_saved_model_predicts_the_same(supernovae, pretrained, tmp_path):
    X, y = supernovae
    model = LightCurveClassifier(
        pretrained=pretrained, unfreezing="gradual", max_epochs=2, **TRAINING
    ).fit(X, y)
    save_model(model, tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    assert (loaded.predict_proba(X) == model.predict_proba(X)).all()


@pytest.mark.parametrize(
    "encoder",
    [
        EventTransformer(**SMALL),
        Informer(**SMALL),
        LightCurveTransformer(**SMALL),
        GRU(d_model=8, n_layers=2),
    ],
    ids=lambda e: type(e).__name__,
)
def test_the_groups_of_layers_hold_every_weight_once(supernovae, encoder):
    X, y = supernovae
    module = LightCurveClassifier(encoder=encoder, max_epochs=1, **TRAINING).fit(X, y)
    module = module.net_.module_.encoder
    grouped = [
        id(weight)
        for group in module.layers_from_top()
        for part in group
        for weight in part.parameters()
    ]
    assert sorted(grouped) == sorted(id(weight) for weight in module.parameters())


def test_what_cannot_be_unfrozen_is_rejected(supernovae, pretrained):
    X, y = supernovae
    gradual = {"unfreezing": "gradual", "max_epochs": 1, **TRAINING}
    with pytest.raises(ValueError, match="unfreezing='gradual' needs a pretrained encoder"):
        LightCurveClassifier(**gradual).fit(X, y)
    with pytest.raises(ValueError, match="trainable='head'"):
        LightCurveClassifier(pretrained=pretrained, trainable="head", **gradual).fit(X, y)
    other = LightCurveClassifier(encoder=DeepSets(d_model=8), max_epochs=1, **TRAINING).fit(X, y)
    with pytest.raises(ValueError, match="layers_from_top"):
        LightCurveClassifier(pretrained=FrozenEstimator(other), **gradual).fit(X, y)
