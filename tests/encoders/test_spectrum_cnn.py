"""The convolutional network of spectra."""

import pytest
import torch

from sklearn_sn.encoders import DataSettings, SpectrumCNN
from sklearn_sn.encoders._spectrum_cnn import SpectrumCNNModule


def test_spectrum_conv_net_sees_coverage_not_filling():
    encoder = SpectrumCNNModule(n_channels=2, d_model=8, n_layers=3).eval()
    flux, mask = torch.randn(2, 2, 30), torch.zeros(2, 30, dtype=torch.bool)
    mask[:, 20:] = True
    filled = torch.where(mask[:, None], torch.full_like(flux, 99.0), flux)
    expected = encoder(flux, mask)
    torch.testing.assert_close(encoder(filled, mask), expected)
    assert (encoder(flux * ~mask[:, None], torch.zeros_like(mask)) - expected).abs().max() > 1e-4
    torch.testing.assert_close(encoder(flux[:1], mask[:1]), expected[:1], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("n_bins", [1, 2, 7, 64])
def test_any_number_of_bins(n_bins):
    encoder = SpectrumCNNModule(n_channels=1, d_model=4, n_layers=4, output_dim=5)
    out = encoder(torch.randn(3, 1, n_bins), torch.zeros(3, n_bins, dtype=torch.bool))
    assert out.shape == (3, 5) and out.isfinite().all()


def test_channels_double_up_to_eight_times():
    encoder = SpectrumCNNModule(n_channels=2, d_model=4, n_layers=6)
    assert [block.conv_1.out_channels for block in encoder.blocks] == [4, 8, 16, 32, 32, 32]
    assert encoder.blocks[0].conv_1.in_channels == 3  # and coverage


def test_parameters_reach_the_module_and_kernels_are_odd():
    encoder = SpectrumCNN(d_model=4, n_layers=2, kernel=5, latent_dim=6, dropout=0.4, n_bins=30)
    encoder.check()
    module = encoder.make_module(encoder.make_preprocessor(DataSettings()))
    assert module.config == {
        "n_channels": 2,
        "d_model": 4,
        "n_layers": 2,
        "output_dim": 6,
        "dropout": 0.4,
        "kernel": 5,
    }
    with pytest.raises(ValueError, match=r"'kernel' parameter of SpectrumCNN must be odd\. Got 4"):
        SpectrumCNN(kernel=4).check()
