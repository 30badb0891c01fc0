"""Sizes of networks of spectra."""

import pytest
import torch

from sklearn_sn.base._spectrum_networks import ARCHITECTURES, N_BINS, network_sizes

NONE = {"widths": None, "kernels": None}


@pytest.mark.parametrize(("size", "millions"), [("small", 1.14), ("base", 25.7)])
def test_sizes_by_name(size, millions):
    sizes = network_sizes({"architecture": "spectranet", "size": size, **NONE})
    with torch.device("meta"):
        net = ARCHITECTURES["spectranet"](n_channels=2, n_bins=N_BINS[size], **sizes)
    assert sum(p.numel() for p in net.parameters()) == pytest.approx(millions * 1e6, rel=0.03)
    assert net.blocks[0].branches[-1].kernel == max(sizes["kernels"][0])


def test_the_plain_network_has_one_size():
    sizes = network_sizes({"architecture": "galspecnet", "size": "base", **NONE})
    assert sizes["widths"] == (64, 64, 32, 32)
    ARCHITECTURES["galspecnet"](n_channels=2, n_bins=N_BINS["base"], **sizes)


def test_own_blocks_pool_by_four_but_for_the_last():
    own = {"widths": [4, 8, 8], "kernels": [[3, 5], [3], [3, 5, 7]]}
    sizes = network_sizes({"architecture": "spectranet", "size": "small", **own})
    assert sizes["poolings"] == (4, 4, 1)
    net = ARCHITECTURES["spectranet"](n_channels=1, n_bins=64, **sizes)
    assert [len(block.branches) for block in net.blocks] == [2, 1, 3]
