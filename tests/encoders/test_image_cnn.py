"""The convolutional network of cutouts."""

import pytest
import torch

from sklearn_sn.encoders import DataSettings, ImageCNN
from sklearn_sn.encoders._image_cnn import ImageCNNModule


@pytest.mark.parametrize("side", [1, 5, 21])
def test_cutouts_of_any_side(side):
    module = ImageCNNModule(n_channels=3, d_model=8)
    assert module(torch.randn(2, 3, side, side)).shape == (2, 32)


def test_rows_do_not_see_each_other():
    module = ImageCNNModule(n_channels=1, d_model=4, n_layers=2).train()
    image = torch.randn(3, 1, 9, 9)
    torch.testing.assert_close(module(image)[[1]], module(image[[1]]))


def test_parameters_reach_preprocessor_and_module():
    encoder = ImageCNN(d_model=4, n_layers=2, latent_dim=6, dropout=0.4, augmentation=False)
    encoder.check()
    preprocessor = encoder.make_preprocessor(DataSettings())
    assert not preprocessor.augmentation
    preprocessor.n_channels_ = 2
    module = encoder.make_module(preprocessor)
    assert module.config == {
        "n_channels": 2,
        "d_model": 4,
        "n_layers": 2,
        "output_dim": 6,
        "dropout": 0.4,
    }
    assert [block[0].out_channels for block in module.blocks] == [4, 8]
