"""The loss of hidden windows."""

import pytest
import torch

from sklearn_sn.losses import MaskedSpectrumLoss


def test_it_is_the_mean_over_counted_entries_of_all_channels():
    torch.manual_seed(0)
    outputs, target = torch.randn(2, 4, 3, 5, 6).double()
    counted = torch.rand(4, 5, 6) < 0.4
    squares = [
        (outputs[i, c, j, k] - target[i, c, j, k]).item() ** 2
        for i, j, k in counted.nonzero().tolist()
        for c in range(3)
    ]
    loss = MaskedSpectrumLoss()(outputs, target=target, counted=counted)
    assert loss.item() == pytest.approx(sum(squares) / len(squares))


def test_other_entries_have_no_gradient():
    outputs = torch.zeros(1, 1, 2, 3, requires_grad=True)
    counted = torch.tensor([[[True, False, True], [False, False, False]]])
    target = torch.tensor([[[[1.0, torch.inf, 2.0], [torch.nan, 1.0, 1.0]]]])
    target = torch.nan_to_num(target, posinf=9.0)
    MaskedSpectrumLoss()(outputs, target=target, counted=counted).backward()
    assert (outputs.grad != 0).tolist() == counted[:, None].tolist()


def test_without_hidden_windows_it_is_zero_with_a_gradient():
    outputs = torch.ones(1, 1, 2, 3, requires_grad=True)
    counted = torch.zeros(1, 2, 3, dtype=torch.bool)
    loss = MaskedSpectrumLoss()(outputs, target=torch.zeros(1, 1, 2, 3), counted=counted)
    loss.backward()
    assert loss == 0
