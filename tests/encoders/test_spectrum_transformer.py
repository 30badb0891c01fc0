"""The transformer of spectra: coverage, patches."""

import pytest
import torch

from sklearn_sn.encoders import DataSettings, SpectrumTransformer
from sklearn_sn.encoders._spectrum_transformer import SpectrumTransformerModule

WAVELENGTH = torch.linspace(4000, 8000, 30)


@pytest.mark.parametrize("patch", [1, 4])
def test_spectrum_transformer_ignores_what_is_not_covered(patch):
    encoder = SpectrumTransformerModule(
        n_channels=2, d_model=16, n_heads=2, n_layers=2, patch=patch
    ).eval()
    flux, mask = torch.randn(2, 2, 30), torch.zeros(2, 30, dtype=torch.bool)
    mask[:, 20:] = True
    flux = flux * ~mask[:, None]
    whole = encoder(flux, mask, WAVELENGTH)
    cut = encoder(flux[..., :20], mask[:, :20], WAVELENGTH[:20])
    torch.testing.assert_close(whole, cut, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("patch", [1, 4])
def test_wavelengths_and_fluxes_matter(patch):
    encoder = SpectrumTransformerModule(n_channels=2, d_model=16, n_layers=1, patch=patch).eval()
    flux, mask = torch.randn(2, 2, 30), torch.zeros(2, 30, dtype=torch.bool)
    whole = encoder(flux, mask, WAVELENGTH)
    assert whole.shape == (2, 32)
    assert (encoder(flux + 0.5, mask, WAVELENGTH) - whole).abs().max() > 1e-3
    assert (encoder(flux, mask, WAVELENGTH + 30.0) - whole).abs().max() > 1e-4


def test_a_patch_knows_which_of_its_bins_are_covered():
    encoder = SpectrumTransformerModule(n_channels=1, d_model=16, n_layers=1, patch=4).eval()
    flux, mask = torch.zeros(1, 1, 8), torch.zeros(1, 8, dtype=torch.bool)
    half = mask.clone()
    half[:, 1] = True
    assert (encoder(flux, mask, WAVELENGTH[:8]) - encoder(flux, half, WAVELENGTH[:8])).abs().max()
    assert encoder.project.in_features == 8
    assert SpectrumTransformerModule(n_channels=2, patch=1).project.in_features == 2


def test_nothing_covered_stays_finite():
    encoder = SpectrumTransformerModule(n_channels=2, d_model=16, n_layers=1, pooling="attention")
    out = encoder(torch.zeros(2, 2, 30), torch.ones(2, 30, dtype=torch.bool), WAVELENGTH)
    assert out.isfinite().all()


def test_parameters_reach_the_module():
    encoder = SpectrumTransformer(d_model=8, n_layers=1, patch=2, n_bins=40, channels=("flux",))
    encoder.check()
    module = encoder.make_module(encoder.make_preprocessor(DataSettings()))
    assert module.config["n_channels"] == 1 and module.config["patch"] == 2
    assert module.config["d_model"] == 8 and len(module.stack.blocks) == 1
    with pytest.raises(ValueError, match="'d_model' parameter of SpectrumTransformer"):
        SpectrumTransformer(d_model=10, n_heads=4).check()
