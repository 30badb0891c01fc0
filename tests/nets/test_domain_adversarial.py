"""Alternate steps of discriminator and classifier."""

import math

import numpy as np
import pytest
import torch

from sklearn_sn.classification import DomainAdversarialClassifier
from sklearn_sn.encoders import GRU
from sklearn_sn.losses import SupConLoss
from sklearn_sn.nets import DomainAdversarialNet, TableDataset

TINY = {
    "encoder": GRU(d_model=16, latent_dim=12),
    "max_epochs": 2,
    "batch_size": 16,
    "random_state": 0,
}


@pytest.fixture
def trained(supernovae):
    """A trained net, and the batch of all objects."""
    X, y = supernovae
    params = {**TINY, "batch_size": 60, "warm_start": True}
    model = DomainAdversarialClassifier(**params, adversarial_weight=1.0).fit(X, y)
    table = model._read(X, model.encoder_)
    targets = {
        "targets": np.searchsorted(model.classes_, y),
        "domain": np.searchsorted(model.domains_, X["survey"]),
    }
    preprocessor = model.preprocessor_
    dataset = TableDataset(
        {"light_curve": preprocessor}, {"light_curve": preprocessor.prepare(table)}, targets
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
    batch.targets["domain"] = torch.zeros_like(batch.targets["domain"])
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


def test_the_adversarial_weight_enters_linearly(trained):
    net, batch = trained
    net.set_params(discriminator_steps=0, guessing=None)
    net.module_.eval()
    criterion = net.get_loss(net.infer(batch), None, batch, training=False).item()
    latent, _ = net.infer(batch)
    # The discriminator has no running statistics: it normalises by the batch in both modes.
    domain = batch.targets["domain"]
    hidden = torch.nn.functional.cross_entropy(net.module_.discriminator(latent), domain)
    hidden = min(hidden.item(), math.log(2))
    assert hidden > 0.1
    weights = (0.0, 1.0, 2.0, 4.0)
    found = []
    for weight in weights:
        net.adversarial_weight = (weight, weight)
        found.append(net.get_loss(net.infer(batch), None, batch, training=True).item())
    np.testing.assert_allclose(found, [criterion - w * hidden for w in weights], rtol=1e-4)


def test_the_contrastive_weight_enters_linearly(trained):
    net, batch = trained
    net.module_.eval()
    pull = SupConLoss(net.temperature)(net.infer(batch)[0], batch.targets["targets"]).item()
    weights, found = (0.0, 1.0, 2.0, 4.0), []
    for weight in weights:
        net.contrastive_weight = weight
        found.append(net.get_loss(net.infer(batch), None, batch).item())
    np.testing.assert_allclose(found, [found[0] + w * pull for w in weights], rtol=1e-5)


def test_unknown_domains_and_missing_objects_teach_nothing(trained):
    net, batch = trained
    net.set_params(discriminator_steps=0, guessing=None)
    net.module_.eval()
    some = torch.arange(60) % 3 == 0
    domain = batch.targets["domain"].clone()
    batch.targets["domain"] = domain.where(~some, -1)
    unknown = net.get_loss(net.infer(batch), None, batch, training=True)
    batch.targets["domain"] = domain
    batch.present["light_curve"] = ~some
    net.criterion_ = lambda outputs, targets: torch.zeros(60)
    missing = net.get_loss(net.infer(batch), None, batch, training=True)
    batch.present["light_curve"] = torch.ones(60, dtype=torch.bool)
    batch.targets["domain"] = domain.where(~some, -1)
    torch.testing.assert_close(net.get_loss(net.infer(batch), None, batch, training=True), missing)
    assert unknown != missing  # by the criterion
    batch.targets["domain"] = torch.full_like(domain, -1)
    assert net.get_loss(net.infer(batch), None, batch, training=True) == 0.0


def test_the_weight_is_linear_in_the_epoch():
    net = DomainAdversarialNet.__new__(DomainAdversarialNet)
    net.adversarial_weight, net.max_epochs = (1.0, 3.0), 5
    found = []
    for epoch in range(1, 7):
        net.history_ = [None] * epoch
        found.append(net.current_weight())
    assert found == pytest.approx([1.0, 1.5, 2.0, 2.5, 3.0, 3.0])
    net.first_epoch_ = 4  # a second fit starts anew
    net.history_ = [None] * 5
    assert net.current_weight() == 1.0


def test_a_second_fit_sets_the_rate_of_the_discriminator_and_starts_the_weights_anew(supernovae):
    model = DomainAdversarialClassifier(**TINY, warm_start=True, adversarial_weight=(0.0, 1.0))
    net = model.fit(*supernovae).net_
    assert net.current_weight() == 1.0
    assert net.discriminator_optimizer_.param_groups[0]["lr"] == 1e-3
    model.set_params(lr=1e-5, max_epochs=1).fit(*supernovae)
    assert model.net_ is net and net.first_epoch_ == 2
    assert net.discriminator_optimizer_.param_groups[0]["lr"] == 1e-5
    assert net.current_weight() == 0.0
