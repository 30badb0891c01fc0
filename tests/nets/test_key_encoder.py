"""The encoder of keys."""

import pytest
import torch
from torch import nn

from sklearn_sn.nets import KeyEncoder


def test_weights_follow_by_the_momentum_of_each_step():
    module = nn.Linear(1, 1, bias=False)
    module.weight.data.fill_(0.0)
    keys = KeyEncoder(module, momentum=0.4)
    expected, trained = 0.0, 0.0
    for step in range(12):
        trained += 1.0
        module.weight.data.fill_(trained)
        momentum = min(0.4, (1 + step) / (10 + step))
        expected = momentum * expected + (1.0 - momentum) * trained
        keys.follow(module)
        assert float(keys.module.weight) == pytest.approx(expected, rel=1e-5)
    assert momentum == 0.4


def test_keys_have_no_gradient_and_no_dropout():
    module = nn.Sequential(nn.Linear(3, 3), nn.Dropout(0.5)).train()
    keys = KeyEncoder(module, 0.9)
    x = torch.ones(2, 3, requires_grad=True)
    out = keys(x)
    assert not out.requires_grad
    torch.testing.assert_close(out, module[0](x).detach())
    assert module.training and all(p.requires_grad for p in module.parameters())
    assert not any(p.requires_grad for p in keys.module.parameters())


def test_statistics_of_batch_norms_follow_too():
    module = nn.BatchNorm1d(2)
    keys = KeyEncoder(module, 0.0)
    module.running_mean += 1.0
    module.num_batches_tracked += 3
    keys.follow(module)
    assert keys.module.running_mean.tolist() == [1.0, 1.0]
    assert int(keys.module.num_batches_tracked) == 3
