"""Alternate steps of discriminator and classifier."""

import math

import numpy as np
import pytest
import torch

from sklearn_sn.classification import DomainAdversarialClassifier
from sklearn_sn.nets import TableDataset
from tests.classification.test_gru import TINY


@pytest.fixture
def trained(supernovae):
    """A trained net, and the batch of all objects."""
    X, y = supernovae
    params = {**TINY, "batch_size": 60, "warm_start": True}
    model = DomainAdversarialClassifier(**params, adversarial_weight=1.0).fit(X, y)
    table = model._checked(X)
    extras = {
        "targets": np.searchsorted(model.classes_, y),
        "domain": np.searchsorted(model.domains_, X["survey"]),
    }
    dataset = TableDataset(
        {"light_curve": model.input_}, {"light_curve": model.input_.prepare(table)}, extras
    )
    return model.net_, dataset.gather(np.arange(60), "cpu")


def parts(net):
    state = {name: p.detach().clone() for name, p in net.module_.named_parameters()}
    inside = {name: p for name, p in state.items() if name.startswith("discriminator.")}
    return inside, {name: p for name, p in state.items() if name not in inside}


def differ(one, other):
    return any(not torch.equal(one[name], other[name]) for name in one)


def test_the_discriminator_learns_alone(trained):
    net, batch = trained
    before = parts(net)
    loss = net.get_loss(net.infer(batch), None, batch, training=True)
    after = parts(net)
    assert differ(before[0], after[0]) and not differ(before[1], after[1])
    loss.backward()
    assert all(p.grad is None for p in net.module_.discriminator.parameters())
    net.optimizer_.step()
    last = parts(net)
    assert not differ(after[0], last[0]) and differ(after[1], last[1])


def test_validation_sees_the_criterion_alone(trained):
    net, batch = trained
    before = parts(net)
    plain = super(type(net), net).get_loss(net.infer(batch), None, batch)
    assert net.get_loss(net.infer(batch), None, batch, training=False) == plain
    assert not differ(before[0], parts(net)[0])


def test_what_is_gained_ends_at_guessing(trained):
    net, batch = trained
    batch.extras["domain"] = torch.zeros_like(batch.extras["domain"])
    with torch.no_grad():  # sure, and always wrong
        final = net.module_.discriminator[-1]
        final.weight.zero_()
        final.bias.copy_(torch.tensor([-50.0, 50.0]))
    net.set_params(discriminator_steps=0, guessing=None)
    criterion = net.get_loss(net.infer(batch), None, batch, training=False)
    loss = net.get_loss(net.infer(batch), None, batch, training=True)
    assert loss.item() == pytest.approx(criterion.item() - math.log(2), rel=1e-5)


def test_guessing_is_easier_where_one_domain_is_rare(trained):
    net, batch = trained
    net.set_params(discriminator_steps=0, guessing=0.1)
    criterion = net.get_loss(net.infer(batch), None, batch, training=False)
    loss = net.get_loss(net.infer(batch), None, batch, training=True)
    assert loss.item() >= criterion.item() - 0.1 - 1e-5
