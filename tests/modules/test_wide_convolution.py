"""Wide kernels: products of Fourier transforms are sums."""

import pytest
import torch
from torch.nn import functional as F

from sklearn_sn.modules._wide_convolution import FOURIER_KERNEL, WideConv


@pytest.mark.parametrize("kernel", [1, 3, 127, 255])
@pytest.mark.parametrize("n_bins", [1, 2, 100, 129])
def test_both_ways_are_the_convolution(kernel, n_bins):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        conv = WideConv(3, 5, kernel).double()
        x = torch.randn(4, 3, 1, n_bins, dtype=torch.float64)
    expected = F.conv1d(x[:, :, 0], conv.weight[:, :, 0], padding=kernel // 2)
    torch.testing.assert_close(conv.summed(x)[:, :, 0], expected)
    torch.testing.assert_close(conv.multiplied(x)[:, :, 0], expected)
    torch.testing.assert_close(conv(x)[:, :, 0], expected)


def test_gradients_are_those_of_the_sum():
    conv = WideConv(2, 3, FOURIER_KERNEL)
    x = torch.randn(2, 2, 1, 64)
    (by_sum,) = torch.autograd.grad(conv.summed(x).square().sum(), conv.weight)
    (by_product,) = torch.autograd.grad(conv.multiplied(x).square().sum(), conv.weight)
    torch.testing.assert_close(by_product, by_sum, rtol=1e-4, atol=1e-4)


def test_gradients_are_those_of_finite_differences():
    conv = WideConv(2, 3, 9).double()
    x = torch.randn(2, 2, 1, 12, dtype=torch.float64, requires_grad=True)
    for way in (conv.summed, conv.multiplied):
        assert torch.autograd.gradcheck(way, x)


def test_bfloat16_sums():
    conv = WideConv(2, 3, FOURIER_KERNEL)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert conv(torch.randn(2, 2, 1, 64)).dtype == torch.bfloat16


def test_direct_sums_always():
    conv = WideConv(3, 32, 1021)
    assert conv.in_fourier_space(torch.zeros(16, 3, 1, 4096))
    conv.direct = True
    assert not conv.in_fourier_space(torch.zeros(16, 3, 1, 4096))


def test_the_way_depends_on_channels_and_not_on_the_batch():
    wide = WideConv(64, 128, 61)
    assert all(wide.in_fourier_space(torch.zeros(n, 64, 1, 256)) for n in (1, 64))
    assert not WideConv(3, 32, 61).in_fourier_space(torch.zeros(16, 3, 1, 4096))
    assert WideConv(3, 32, 1021).in_fourier_space(torch.zeros(16, 3, 1, 4096))


def test_the_length_is_no_longer_than_needed():
    conv = WideConv(1, 1, 251)
    assert conv.length(1024) == 1280  # not 2048, the next power of two
