"""Features of every bin, which move with a spectrum."""

import pytest
import torch

from sklearn_sn.encoders import DataSettings, SpectralFeatures
from sklearn_sn.encoders._spectral_features import SpectralFeaturesModule
from sklearn_sn.preprocessors import ShiftedSpectrumPreprocessor


def module():
    sizes = {"widths": (4, 6), "kernels": (5, 3), "output_dim": 3}
    return SpectralFeaturesModule(n_channels=2, **sizes).double().eval()


def test_features_move_with_the_spectrum():
    net = module()
    flux = torch.zeros(1, 2, 60, dtype=torch.float64)
    flux[:, :, 10:30] = torch.randn(1, 2, 20, dtype=torch.float64)
    covered = torch.zeros(1, 60, dtype=torch.bool)
    covered[:, 10:30] = True
    with torch.no_grad():
        here = net(flux=flux, pad_mask=~covered)
        there = net(flux=flux.roll(17, 2), pad_mask=~covered.roll(17, 1))
    assert here.abs().max() > 0.1
    torch.testing.assert_close(there, here.roll(17, 2))
    assert (here[:, :, ~covered[0]] == 0).all()


def test_what_is_not_covered_is_not_seen():
    net = module()
    flux = torch.randn(2, 2, 30, dtype=torch.float64)
    mask = torch.zeros(2, 30, dtype=torch.bool)
    mask[:, 20:] = True
    other = torch.where(mask[:, None], 99.0, flux)
    with torch.no_grad():
        torch.testing.assert_close(net(other, mask), net(flux, mask))
        # As if the grid ended there.
        torch.testing.assert_close(net(flux[..., :20], mask[:, :20]), net(flux, mask)[..., :20])


def test_dilations_double_from_the_second_block_on():
    net = SpectralFeaturesModule(n_channels=1, widths=(4,) * 5, kernels=(3,) * 5)
    assert [block.conv.dilation[1] for block in net.blocks] == [1, 1, 2, 4, 8]


def test_half_precision_is_nearly_the_same():
    net = module().float()
    flux, mask = torch.randn(4, 2, 64), torch.zeros(4, 64, dtype=torch.bool)
    with torch.no_grad():
        whole = net(flux, mask)
        net.precision = "bfloat16"
        half = net(flux, mask)
    assert half.dtype == torch.float32 and 0 < (half - whole).abs().max() < 0.1


def test_parameters_reach_preprocessor_and_module():
    encoder = SpectralFeatures(
        n_features=5, widths=[4, 6], kernels=[5, 3], n_bins=40, max_shift=0.2, precision="float32"
    )
    encoder.check()
    preprocessor = encoder.make_preprocessor(DataSettings(wavelength_range=(4000, 8000)))
    assert isinstance(preprocessor, ShiftedSpectrumPreprocessor)
    assert preprocessor.max_shift == 0.2 and preprocessor.wavelength_range == (4000.0, 8000.0)
    made = encoder.make_module(preprocessor)
    assert made.config == {
        "n_channels": 2,
        "widths": (4, 6),
        "kernels": (5, 3),
        "output_dim": 5,
        "precision": "float32",
    }
    assert encoder.gives_features_per_bin
    with pytest.raises(ValueError, match="'kernels' parameter of SpectralFeatures must hold odd"):
        SpectralFeatures(kernels=(4, 3, 3, 3)).check()
