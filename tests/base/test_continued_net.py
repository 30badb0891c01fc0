"""The net of a second fit."""

import pytest

from sklearn_sn.base._continued_net import continued_net
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.nets import Schedule, TableDataset
from tests.base.tiny import classifier


def test_parameters_of_the_second_fit_are_used():
    X, y = make_supernovae(20, modalities=["light_curve"], random_state=0)
    model = classifier(warm_start=True, lr=0.01, lr_schedule="cosine").fit(X, y)
    model.set_params(lr=0.001, max_epochs=7, batch_size=5)
    prepared = model.preprocessor_.prepare(model._read(X, model.encoder_))
    dataset = TableDataset({"light_curve": model.preprocessor_}, {"light_curve": prepared})
    net = continued_net(model, dataset, 3)
    assert net is model.net_ and (net.max_epochs, net.batch_size, net.seed) == (7, 5, 3)
    for group in net.optimizer_.param_groups:
        assert group["lr"] == pytest.approx(0.001)
    (schedule,) = (call for _, call in net.callbacks_ if isinstance(call, Schedule))
    assert (schedule.kind, schedule.total_steps) == ("cosine", 28)
    model._partial = object()
    continued_net(model, dataset, 3)
    assert (schedule.kind, net.max_epochs, schedule.factor(5)) == (None, 1, 1.0)
