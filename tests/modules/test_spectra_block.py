"""Blocks of SpectraNet-1D."""

import pytest
import torch
from torch import nn

from sklearn_sn.modules import BatchNorm, SpectraBlock, dense
from sklearn_sn.modules._spectra_block import ChannelGate, TriPool


@pytest.fixture(autouse=True)
def seeded():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def test_pools():
    x = torch.arange(6.0).view(1, 1, 1, 6)
    expected = [[3.0, 5.0], [1.5, 4.75], [0.0, 4.0]]
    torch.testing.assert_close(TriPool(4)(x)[0, :, 0], torch.tensor(expected))


def test_a_batch_of_one_value_is_normalised_by_earlier_ones():
    norm = BatchNorm(3)
    norm(torch.randn(50, 3) + 5.0)
    before = norm.running_mean.clone()
    one = torch.randn(1, 3)
    torch.testing.assert_close(norm(one), norm.eval()(one))
    torch.testing.assert_close(norm.running_mean, before)


def test_batch_norm_is_that_of_torch():
    norm, reference = BatchNorm(3), nn.BatchNorm2d(3)
    x = torch.randn(4, 3, 1, 7)
    torch.testing.assert_close(norm(x), reference(x))
    torch.testing.assert_close(norm.running_var, reference.running_var)
    torch.testing.assert_close(norm.eval()(x), reference.eval()(x))


def test_a_gate_scales_whole_channels():
    gate, x = ChannelGate(5, 4), torch.randn(3, 5, 1, 7)
    ratio = gate(x) / x
    assert ((ratio > 0) & (ratio < 1)).all()
    torch.testing.assert_close(ratio, ratio[..., :1].expand_as(ratio), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("pooling", [1, 4])
@pytest.mark.parametrize("n_bins", [1, 5, 16])
def test_a_block_pools(pooling, n_bins):
    block = SpectraBlock(3, 8, (3, 7), pooling)
    out = block(torch.randn(2, 3, 1, n_bins))
    assert out.shape == (2, 8, 1, -(-n_bins // pooling)) and out.isfinite().all()
    assert len(block.branches) == 2
    assert block.project.in_channels == 16 * (3 if pooling > 1 else 1)


def test_the_skip_is_part_of_the_result():
    block, x = SpectraBlock(3, 8, (3,), 2).eval(), torch.randn(2, 3, 1, 6)
    with torch.no_grad():
        block.project.weight.zero_()
        block.project.bias.zero_()
    torch.testing.assert_close(block(x), block.skip(block.skip_pool(x)))


def test_a_dense_step():
    linear, layer_norm, batch_norm, activation = dense(4, 6)
    assert linear.weight.shape == (6, 4) and layer_norm.normalized_shape == (6,)
    assert isinstance(batch_norm, BatchNorm) and isinstance(activation, nn.GELU)
