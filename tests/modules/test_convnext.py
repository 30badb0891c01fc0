"""ConvNeXt: blocks, patches, shapes, independence of rows."""

import pytest
import torch
from torch.nn import functional as F

from sklearn_sn.modules import ConvNeXt, ConvNeXtBlock, Patches


def test_patches_equal_a_convolution_with_that_stride():
    patches = Patches(3, 5, 4)
    x = torch.randn(2, 9, 13, 3)
    weight = patches.linear.weight.reshape(5, 4, 4, 3).permute(0, 3, 1, 2)
    expected = F.conv2d(x.permute(0, 3, 1, 2), weight, patches.linear.bias, stride=4)
    torch.testing.assert_close(patches(x), expected.permute(0, 2, 3, 1), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("side", [1, 2, 5, 49])
def test_images_of_any_side(side):
    network = ConvNeXt(3, (1, 1), (4, 6))
    assert network(torch.randn(2, side, side, 3)).shape == (
        2,
        *[max(1, max(1, side // 4) // 2)] * 2,
        6,
    )


def test_a_block_is_its_equation():
    block = ConvNeXtBlock(4, 3, 0.0, 0.5)
    x = torch.randn(2, 5, 5, 4)
    y = F.conv2d(
        x.permute(0, 3, 1, 2), block.spatial.weight, block.spatial.bias, padding=1, groups=4
    ).permute(0, 2, 3, 1)
    y = F.layer_norm(y, (4,), block.norm.weight, block.norm.bias, 1e-6)
    y = block.project(F.gelu(block.expand(y)))
    torch.testing.assert_close(block(x), x + 0.5 * y)


def test_stochastic_depth_drops_whole_images():
    torch.manual_seed(0)
    block = ConvNeXtBlock(4, 3, 0.5, 1.0).train()
    x = torch.randn(1, 3, 3, 4).expand(64, -1, -1, -1)
    change = (block(x) - x).flatten(1).abs()
    dropped = (change == 0).all(dim=1)
    assert 16 < dropped.sum() < 48
    expected = 2.0 * (block.eval()(x) - x)
    torch.testing.assert_close((block.train()(x) - x).flatten(1).amax(), expected.amax())


def test_rates_grow_with_depth_and_an_offset_enters_after_the_stem():
    network = ConvNeXt(1, (1, 2), (4, 4), dropout=0.4)
    rates = [m.dropout.p for m in network.modules() if isinstance(m, ConvNeXtBlock)]
    assert rates == [0.0, 0.2, 0.4]
    network.eval()
    x, offset = torch.randn(2, 8, 8, 1), torch.randn(2, 4)
    plain = network(x)
    assert not torch.allclose(network(x, offset), plain)
    torch.testing.assert_close(network(x, torch.zeros(2, 4)), plain)
