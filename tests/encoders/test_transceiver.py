"""Encoders that answer a latent sequence."""

import pytest
import torch

from sklearn_sn.modules import LightCurveTransceiver, SpectrumTransceiver

SIZES = {"d_model": 16, "n_heads": 2, "n_layers": 1, "n_tokens": 4, "token_dim": 3}


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def light_curves():
    values, time = torch.randn(3, 7, 2), torch.linspace(-20.0, 60.0, 7).expand(3, 7)
    place = torch.log(torch.tensor([0.9, 1.0, 1.3]))[:, None].expand(3, 7)
    pad_mask = torch.zeros(3, 7, dtype=torch.bool)
    pad_mask[1, 4:] = True
    return {"values": values, "time": time, "log_wavelength": place, "pad_mask": pad_mask}


def test_padding_and_order_do_not_matter():
    encoder = LightCurveTransceiver(n_in=2, **SIZES).eval()
    tensors = light_curves()
    whole = encoder(**tensors)
    assert whole.shape == (3, 12) and encoder.output_dim == 12
    short = {name: tensor[1:2, :4] for name, tensor in tensors.items()}
    torch.testing.assert_close(encoder(**short)[0], whole[1], atol=1e-5, rtol=1e-4)
    turned = {name: tensor.flip(1) for name, tensor in tensors.items()}
    torch.testing.assert_close(encoder(**turned), whole, atol=1e-5, rtol=1e-4)
    later = encoder(**{**tensors, "time": tensors["time"] + 5.0})
    assert (later - whole).abs().max() > 1e-3


def test_spectra_know_their_wavelengths():
    encoder = SpectrumTransceiver(n_in=2, **SIZES).eval()
    flux, wavelength = torch.randn(3, 2, 20), torch.linspace(3500.0, 9000.0, 20)
    pad_mask = torch.zeros(3, 20, dtype=torch.bool)
    pad_mask[2] = True
    whole = encoder(flux, pad_mask, wavelength)
    assert whole.shape == (3, 12) and whole.isfinite().all()
    assert (encoder(flux, pad_mask, 1.1 * wavelength) - whole)[:2].abs().max() > 1e-3
    # Nothing to read: what it answers is the same for everybody.
    torch.testing.assert_close(encoder(flux.flip(0), pad_mask, wavelength)[2], whole[2])


def test_euclidean_distance_is_the_frobenius_distance_of_the_sequences():
    encoder = LightCurveTransceiver(n_in=2, **SIZES).eval()
    flat = encoder(**light_curves())
    tokens = flat.view(3, 4, 3)
    frobenius = torch.linalg.matrix_norm(tokens[0] - tokens[1])
    torch.testing.assert_close((flat[0] - flat[1]).norm(), frobenius)
