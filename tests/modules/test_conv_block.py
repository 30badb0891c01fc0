"""A residual block of two convolutions."""

import pytest
import torch

from sklearn_sn.modules import ConvBlock


@pytest.mark.parametrize("n_bins", [1, 2, 7, 16])
@pytest.mark.parametrize("kernel", [1, 3, 7])
def test_bins_are_halved(n_bins, kernel):
    block = ConvBlock(3, 6, kernel, 0.0)
    assert block(torch.randn(2, 3, n_bins)).shape == (2, 6, -(-n_bins // 2))


def test_rows_do_not_see_each_other_even_in_training():
    block, x = ConvBlock(3, 8, 3, 0.0).train(), torch.randn(4, 3, 10)
    torch.testing.assert_close(block(x)[[2]], block(x[[2]]))


def test_the_skip_is_part_of_the_result():
    block, x = ConvBlock(3, 8, 3, 0.0), torch.randn(2, 3, 10)
    with torch.no_grad():
        block.norm_2.weight.zero_()
        block.norm_2.bias.zero_()
    expected = torch.nn.functional.gelu(block.skip(x)).unflatten(2, (5, 2)).amax(3)
    torch.testing.assert_close(block(x), expected)


def test_dropout_acts_in_training_alone():
    block, x = ConvBlock(3, 8, 3, 0.5), torch.randn(2, 3, 10)
    assert not torch.equal(block(x), block(x))
    block.eval()
    assert torch.equal(block(x), block(x))
