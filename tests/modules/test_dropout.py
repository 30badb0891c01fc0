"""Dropout with quick masks."""

import pytest
import torch

from sklearn_sn.modules import Dropout


@pytest.mark.parametrize("p", [0.1, 0.5, 0.999999])
def test_share_and_scale_are_those_of_dropout(p):
    torch.manual_seed(0)
    x = torch.ones(3, 500, 67, requires_grad=True)  # the number is no multiple of four
    out = Dropout(p)(x)
    kept = out != 0
    assert kept.float().mean().item() == pytest.approx(1.0 - p, abs=5e-3)
    torch.testing.assert_close(out[kept], torch.full_like(out[kept], 1.0 / (1.0 - p)))
    out.sum().backward()
    torch.testing.assert_close(x.grad, out.detach())


def test_masks_differ_from_call_to_call_and_repeat_with_a_seed():
    dropout, x = Dropout(0.3), torch.ones(40, 50)
    torch.manual_seed(0)
    first, second = dropout(x), dropout(x)
    torch.manual_seed(0)
    assert torch.equal(dropout(x), first) and not torch.equal(second, first)
    # Neighbouring numbers share a draw of 64 bits, and are independent nevertheless.
    both = (first[:, 1:] == 0) & (first[:, :-1] == 0)
    assert both.float().mean().item() == pytest.approx(0.09, abs=0.03)


def test_nothing_happens_in_evaluation_or_at_the_limits():
    x = torch.randn(4, 5)
    assert torch.equal(Dropout(0.3).eval()(x), x)
    assert torch.equal(Dropout(0.0)(x), x)
    assert torch.equal(Dropout(1.0)(x), torch.zeros_like(x))
    assert Dropout(0.3)(x[:0]).shape == (0, 5)


def test_masks_are_on_the_device_of_their_numbers():
    x = torch.ones(10)
    with torch.device("meta"):  # the default device, as of torch.set_default_device
        assert Dropout(0.5)(x).device == x.device
