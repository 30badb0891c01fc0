"""GalSpecNet: the plain network that SpectraNet is compared with (see also test_spectranet)."""

import torch

from sklearn_sn.encoders import DataSettings, GalSpecNet
from sklearn_sn.encoders._galspecnet import GalSpecNetModule


def test_the_plain_network_has_one_size():
    encoder = GalSpecNet()
    encoder.check()
    preprocessor = encoder.make_preprocessor(DataSettings())
    module = encoder.make_module(preprocessor)
    assert preprocessor.n_bins == 1024
    assert module.config["widths"] == (64, 64, 32, 32)
    assert [layer.kernel_size for layer in module.layers] == [(1, 3)] * 4
    # 4096 bins, as those of the largest SpectraNet.
    GalSpecNetModule(n_channels=2, n_bins=4096, widths=module.config["widths"])


def test_all_but_the_last_convolution_pool_by_four():
    module = GalSpecNetModule(n_channels=1, n_bins=100, widths=(4, 5, 6), kernels=(3, 5, 3))
    assert module.n_positions == 7  # 100 -> 25 -> 7
    assert module.dense.weight.shape == (256, 6 * 7)
    assert [layer.in_channels for layer in module.layers] == [2, 4, 5]


def test_latents_are_not_negative():
    module = GalSpecNetModule(n_channels=1, n_bins=64, widths=(4, 4), kernels=(3, 3), output_dim=9)
    latent = module(torch.randn(5, 1, 64), torch.zeros(5, 64, dtype=torch.bool))
    assert latent.shape == (5, 9) and (latent >= 0).all() and (latent > 0).any()


def test_dropout_of_none_is_none():
    encoder = GalSpecNet(n_bins=32)
    preprocessor = encoder.make_preprocessor(DataSettings())
    assert encoder.make_module(preprocessor).dropout.p == 0.0
    assert encoder.set_params(dropout=0.3).make_module(preprocessor).dropout.p == 0.3
