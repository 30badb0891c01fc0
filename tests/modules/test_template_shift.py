"""Correlation of features with templates of class and redshift."""

import numpy as np
import pytest
import torch

from sklearn_sn.encoders._spectral_features import SpectralFeaturesModule
from sklearn_sn.modules import TemplateShiftModule


def module(n_bins=40, n_shifts=15, **sizes):
    torch.manual_seed(0)
    encoder = SpectralFeaturesModule(n_channels=2, widths=(4, 6), kernels=(5, 3), output_dim=3)
    sizes = {"n_classes": 2, "n_templates": 2, "template_step": 3} | sizes
    return TemplateShiftModule(encoder, n_bins=n_bins, n_shifts=n_shifts, **sizes).double().eval()


def test_the_correlation_is_a_sum_over_bins():
    net = module()
    covered = torch.rand(4, 1, 40, dtype=torch.float64) < 0.7
    features = torch.randn(4, 3, 40, dtype=torch.float64) * covered
    with torch.no_grad():
        scores = net.correlation(features, covered.double()).numpy()
        templates = net.templates().numpy()
    assert templates.shape == (4, 3, 54)
    f, m = features.numpy(), covered.numpy()[:, 0]
    for shift in (0, 6, 14):
        at = templates[:, :, 14 - shift : 54 - shift]  # no shift: the red end
        expected = np.einsum("nfp,kfp->nk", f, at)
        expected -= 0.5 * np.einsum("np,kfp->nk", m, at**2)
        np.testing.assert_allclose(scores[:, :, shift], expected / np.sqrt(40 * 3), atol=1e-12)


def test_a_shift_of_the_spectrum_shifts_the_scores():
    net = module(n_bins=60)
    flux = torch.zeros(1, 2, 60, dtype=torch.float64)
    flux[:, :, 20:40] = torch.randn(1, 2, 20, dtype=torch.float64)
    covered = flux[:, 0] != 0
    with torch.no_grad():
        net.prior.zero_()
        latent, logits = net.of_spectra(flux, ~covered)
        _, moved = net.of_spectra(flux.roll(4, 2), ~covered.roll(4, 1))
    assert latent.shape == (1, 4) and logits.shape == (1, 30)
    here, there = logits.view(2, 15), moved.view(2, 15)
    torch.testing.assert_close(there[:, 4:], here[:, :-4])


def test_what_covers_nothing_prefers_no_shift():
    net = module()
    with torch.no_grad():
        latent, logits = net.of_spectra(torch.zeros(1, 2, 40).double(), torch.ones(1, 40).bool())
        assert latent.std() < 1e-12 and logits.std() < 1e-12


@pytest.mark.parametrize("learn_prior", [True, False])
def test_prior(learn_prior):
    net = module(learn_prior=learn_prior)
    with torch.no_grad():
        net.prior.copy_(torch.randn_like(net.prior))
        _, logits = net.of_spectra(torch.zeros(1, 2, 40).double(), torch.ones(1, 40).bool())
    spread = logits.view(2, 15).std(dim=1)
    assert ((spread > 0.1) if learn_prior else (spread < 1e-12)).all()


def test_all_weights_learn():
    net = module().train()
    _, logits = net.of_spectra(torch.randn(3, 2, 40).double(), torch.zeros(3, 40).bool())
    (logits.log_softmax(1)[:, 3].sum()).backward()
    assert all(p.grad is not None and p.grad.abs().max() > 0 for p in net.parameters())


@pytest.mark.parametrize("template_step", [1, 3, 100])
def test_templates_are_straight_between_knots(template_step):
    net = module(template_step=template_step)
    templates = net.templates()
    assert templates.shape == (4, 3, 54)
    assert net.own.shape[2] == -(-53 // template_step) + 1
    with torch.no_grad():
        net.own.zero_()
    torch.testing.assert_close(net.templates(), net.templates()[:1].expand(4, 3, 54))


def test_spectra_of_an_object_are_averaged():
    net = module()
    flux, mask = torch.randn(3, 2, 40).double(), torch.zeros(3, 40).bool()
    with torch.no_grad():
        single = net.of_spectra(flux, mask)
        chunks = [
            {"flux": flux[:1], "pad_mask": mask[:1], "wavelength": None},
            {"flux": flux[1:], "pad_mask": mask[1:], "moved": torch.zeros(2)},
        ]
        found = net(chunks, torch.tensor([2, 0, 2]), 4)
    for whole, part in zip(found, single, strict=True):
        torch.testing.assert_close(whole[2], part[[0, 2]].mean(0))
        torch.testing.assert_close(whole[0], part[1])
        assert not whole[[1, 3]].any()
    assert net.width == 4 and net.n_outputs == 30
