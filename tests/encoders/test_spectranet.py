"""SpectraNet: its size, and what it sees."""

import pytest
import torch

from sklearn_sn.modules import GalSpecNet, SpectraNet
from sklearn_sn.modules._spectranet import BatchNorm, TriPool

SMALL = {"widths": (4, 8), "kernels": ((3, 7, 31), (3, 5, 9)), "poolings": (4, 1)}


@pytest.fixture(autouse=True)
def seeded():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def nets(**sizes):
    return [
        SpectraNet(**sizes, **SMALL, hidden_dim=16, output_dim=8),
        GalSpecNet(**sizes, widths=(4, 4), kernels=(3, 5), output_dim=8),
    ]


def test_the_paper_s_size():
    net = SpectraNet(n_channels=1, n_bins=4096)
    assert sum(p.numel() for p in net.parameters()) == pytest.approx(25e6, rel=0.04)
    assert [len(block.branches) for block in net.blocks] == [3] * 5
    assert net.dense[0].weight.shape == (2048, 512 * 16)


@pytest.mark.parametrize("n_bins", [1, 2, 3, 5, 30, 64, 101])
@pytest.mark.parametrize("n", [1, 4])
def test_any_number_of_bins_and_of_spectra(n_bins, n):
    covered = torch.ones(n, n_bins, dtype=torch.bool)
    for net in nets(n_channels=2, n_bins=n_bins):
        latent = net(torch.randn(n, 2, n_bins), ~covered)
        assert latent.shape == (n, 8) and torch.isfinite(latent).all()
        latent.sum().backward()


def test_spectra_do_not_see_each_other_in_evaluation():
    flux, mask = torch.randn(6, 2, 64), torch.rand(6, 64) < 0.3
    for net in nets(n_channels=2, n_bins=64):
        net(flux, mask)  # statistics of batch norms
        net.eval()
        torch.testing.assert_close(net(flux, mask)[[3]], net(flux[[3]], mask[[3]]))


def test_zeros_are_not_what_is_not_covered():
    flux = torch.randn(5, 2, 64)
    flux[..., 20:40] = 0.0
    hidden = torch.zeros(5, 64, dtype=torch.bool)
    hidden[:, 20:40] = True
    for net in nets(n_channels=2, n_bins=64):
        net.eval()
        assert (net(flux, hidden) - net(flux, ~hidden & False)).abs().max() > 1e-3
        other = flux.clone()
        other[..., 20:40] = 7.0
        torch.testing.assert_close(net(other, hidden), net(flux, hidden))


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


def test_mixed_precision_is_nearly_the_same():
    flux, mask = torch.randn(4, 2, 64), torch.zeros(4, 64, dtype=torch.bool)
    for net in nets(n_channels=2, n_bins=64):
        net.eval()
        whole = net(flux, mask)
        net.mixed = True
        half = net(flux, mask)
        assert half.dtype == torch.float32
        assert 0 < (half - whole).abs().max() < 0.1
        assert "mixed" not in net.sizes
