"""SpectraNet and GalSpecNet: what they see, and the sizes of SpectraNet."""

import pytest
import torch

from sklearn_sn.encoders import DataSettings, GalSpecNet, SpectraNet
from sklearn_sn.encoders._galspecnet import GalSpecNetModule
from sklearn_sn.encoders._spectranet import N_BINS, SpectraNetModule, check_convolutions

SMALL = {"widths": (4, 8), "kernels": ((3, 7, 31), (3, 5, 9)), "poolings": (4, 1)}


def nets(**sizes):
    return [
        SpectraNetModule(**sizes, **SMALL, hidden_dim=16, output_dim=8),
        GalSpecNetModule(**sizes, widths=(4, 4), kernels=(3, 5), output_dim=8),
    ]


def test_the_paper_s_size():
    net = SpectraNetModule(n_channels=1, n_bins=4096)
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


@pytest.mark.parametrize("kind", [SpectraNet, GalSpecNet])
@pytest.mark.parametrize("precision", ["auto", "float32", "bfloat16"])
def test_precision_reaches_the_module(kind, precision):
    encoder = kind(precision=precision, n_bins=64, latent_dim=4)
    module = encoder.make_module(encoder.make_preprocessor(DataSettings()))
    assert module.precision == precision == module.config["precision"]


def test_half_precision_is_nearly_the_same():
    flux, mask = torch.randn(4, 2, 64), torch.zeros(4, 64, dtype=torch.bool)
    for net in nets(n_channels=2, n_bins=64):
        net.eval()
        whole = net(flux, mask)
        net.precision = "bfloat16"
        half = net(flux, mask)
        assert half.dtype == torch.float32
        assert 0 < (half - whole).abs().max() < 0.1
        assert "precision" not in net.config  # as it was built


# Sizes -----------------------------------------------------------------------


def built(encoder):
    encoder.check()
    preprocessor = encoder.make_preprocessor(DataSettings())
    with torch.device("meta"):
        return encoder.make_module(preprocessor), preprocessor


@pytest.mark.parametrize(("size", "millions"), [("small", 1.14), ("base", 25.7)])
def test_sizes_by_name(size, millions):
    net, preprocessor = built(SpectraNet(size=size))
    assert preprocessor.n_bins == N_BINS[size]
    assert sum(p.numel() for p in net.parameters()) == pytest.approx(millions * 1e6, rel=0.03)
    assert net.blocks[0].branches[-1].kernel == max(net.config["kernels"][0])


def test_the_paper_flattens_1536_channels_at_16_positions():
    net, preprocessor = built(SpectraNet(size="paper"))
    assert preprocessor.n_bins == 4096
    assert net.dense[0].weight.shape == (2048, 1536 * 16)


def test_own_blocks_pool_by_four_but_for_the_last():
    own = SpectraNet(widths=[4, 8, 8], kernels=[[3, 5], [3], [3, 5, 7]], n_bins=64)
    net, preprocessor = built(own)
    assert net.config["poolings"] == (4, 4, 1) and preprocessor.n_bins == 64
    assert [len(block.branches) for block in net.blocks] == [2, 1, 3]


def test_as_many_own_blocks_pool_as_those_of_the_size():
    net, _ = built(SpectraNet(widths=(4,) * 5))
    assert net.config["poolings"] == (4, 4, 2, 2, 1)


def test_kernels_are_cut_to_the_grid():
    net = SpectraNetModule(n_channels=1, n_bins=8, **SMALL)
    assert [branch.kernel for branch in net.blocks[0].branches] == [3, 7, 15]


def test_a_bin_is_identified_by_its_position():
    net = SpectraNetModule(n_channels=1, n_bins=64, **SMALL, n_positions=4, hidden_dim=8).eval()
    flux, mask = torch.zeros(1, 1, 64), torch.zeros(1, 64, dtype=torch.bool)
    flux[..., 8:12] = 1.0
    assert (net(flux, mask) - net(flux.roll(32, 2), mask)).abs().max() > 1e-3


@pytest.mark.parametrize(
    ("kind", "params", "message"),
    [
        (SpectraNet, {"widths": (0, 4, 4, 4, 4)}, "'widths' parameter of SpectraNet must hold pos"),
        (SpectraNet, {"widths": ()}, "'widths' parameter of SpectraNet must hold positive"),
        (SpectraNet, {"widths": (4.5,) * 5}, "'widths' parameter of SpectraNet must hold positive"),
        (
            SpectraNet,
            {"kernels": (3, 5, 7, 9, 11)},
            "'kernels' parameter of SpectraNet must hold a",
        ),
        (SpectraNet, {"kernels": ((2,),) * 5}, "'kernels' parameter of SpectraNet must hold a tup"),
        (SpectraNet, {"kernels": ((),) * 5}, "'kernels' parameter of SpectraNet must hold a tuple"),
        (SpectraNet, {"widths": (4, 4)}, "'widths' parameter of SpectraNet has 2 blocks and 'kern"),
        (GalSpecNet, {"kernels": (4, 3, 3, 3)}, "'kernels' parameter of GalSpecNet must hold odd"),
        (GalSpecNet, {"widths": (4, 4)}, "'widths' parameter of GalSpecNet has 2 blocks and 'ker"),
    ],
)
def test_widths_and_kernels_that_are_no_network(kind, params, message):
    with pytest.raises(ValueError, match=message):
        kind(**params).check()


def test_convolutions_are_checked_by_their_kind():
    check_convolutions(GalSpecNet(), (4, 8), (3, 5))
    check_convolutions(SpectraNet(), (4, 8), ((3, 5), (3,)), parallel=True)
    with pytest.raises(ValueError, match="odd whole numbers"):
        check_convolutions(GalSpecNet(), (4, 8), (3, -5))
