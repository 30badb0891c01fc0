"""SpectraNet and GalSpecNet: the numbers of the paper."""

import numpy as np
import pytest

from sklearn_sn import papers
from sklearn_sn.encoders import SpectraNet
from tests.papers.networks import module_of, n_weights


def test_spectranet_ends_as_its_paper_states():
    module = module_of(papers.spectranet().encoder)
    assert [block.project.out_channels for block in module.blocks] == [32, 64, 128, 256, 1536]
    assert (module.dense[0].in_features, module.dense[0].out_features) == (1536 * 16, 2048)
    public = module_of(papers.spectranet(size="base").encoder)
    assert public.dense[0].in_features == 512 * 16
    assert 25e6 < n_weights(public) < 26e6
    assert 0.9e6 < n_weights(module_of(SpectraNet())) < 1.4e6
    model = papers.spectranet()
    assert (model.frame, model.wavelength_range) == ("rest", (3850.0, 8500.0))
    assert (model.encoder.n_bins, model.encoder.grid, model.ema_decay) == (4096, "linear", 0.995)
    assert papers.galspecnet().encoder.widths == (64, 64, 32, 32)


def test_both_networks_are_trained_in_the_same_way():
    one, other = papers.spectranet().get_params(deep=False), papers.galspecnet().get_params(False)
    differ = {name for name in one if name != "encoder" and one[name] != other[name]}
    assert differ == set()
    assert (one["loss"], one["focal_gamma"], one["scoring"]) == ("balanced_focal", 2.0, "composite")
    for model in (papers.spectranet(), papers.galspecnet()):
        encoder = model.encoder
        assert (encoder.channels, encoder.max_crop, encoder.max_shift) == (("flux",), 0.25, 0.0)


def test_an_unknown_size_is_rejected():
    X, y = np.ones((4, 64)), ["a", "b", "a", "b"]
    with pytest.raises(ValueError, match=r"'size' parameter of SpectraNet .* Got 'huge'"):
        papers.spectranet(size="huge").fit(X, y)


def test_parameters_replace_those_of_the_paper():
    model = papers.galspecnet(ema_decay=0.5, encoder=SpectraNet(size="small"))
    assert model.ema_decay == 0.5 and model.encoder.size == "small"
