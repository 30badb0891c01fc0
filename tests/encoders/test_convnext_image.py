"""ConvNeXt for cutouts: masks, sky position, split head, sizes."""

import pytest
import torch

from sklearn_sn.encoders import ConvNeXtImage, DataSettings
from sklearn_sn.encoders._convnext_image import ConvNeXtImageModule, distance_from_centre
from sklearn_sn.preprocessors import CutoutPreprocessor

SMALL = {"depths": (1, 1), "widths": (8, 12), "output_dim": 6, "kernel": 3, "layer_scale": 1.0}


def module_of(**params):
    torch.manual_seed(0)
    settings = {"n_channels": 2, "n_sky_values": 5, **SMALL, **params}
    return ConvNeXtImageModule(**settings).eval()


def inputs(side=20, n=3):
    return {"image": torch.randn(n, 2, side, side), "covered": torch.ones(n, 2, side, side)}


@pytest.mark.parametrize("side", [1, 6, 49])
def test_cutouts_of_any_side(side):
    assert module_of()(**inputs(side), sky=torch.randn(3, 5)).shape == (3, 6)
    assert module_of(n_sky_values=0)(**inputs(side)).shape == (3, 6)


def test_a_mask_differs_from_a_flux_of_zero():
    module, tensors = module_of(n_sky_values=0), inputs()
    tensors["image"][:, 1] = 0.0
    covered = module(**tensors)
    tensors["covered"][:, 1] = 0.0
    assert (module(**tensors) - covered).abs().max() > 1e-4


def test_the_distance_is_that_from_the_centre():
    distance = distance_from_centre(torch.zeros(2, 3, 5, 5))
    assert distance.shape == (2, 1, 5, 5) and distance[0, 0, 2, 2] == 0.0
    torch.testing.assert_close(distance, distance.rot90(1, (2, 3)))
    assert distance[0, 0, 0, 2] == pytest.approx(0.8)


def test_the_auxiliary_head_modulates_channels_by_the_position():
    module, tensors = module_of(), inputs()
    module.stem_of_sky.weight.data.zero_()  # leave the modulation alone
    one, other = (module(**tensors, sky=sky) for sky in (torch.ones(3, 5), -torch.ones(3, 5)))
    torch.testing.assert_close(one[:, :3], other[:, :3])
    assert (one[:, 3:] - other[:, 3:]).abs().max() > 1e-5
    unknown = module(**tensors, sky=torch.zeros(3, 5))
    pooled = {}
    module.auxiliary_head.register_forward_hook(lambda m, x, y: pooled.update(x=x[0]))
    module.norm.register_forward_hook(lambda m, x, y: pooled.update(norm=y))
    torch.testing.assert_close(module(**tensors, sky=torch.zeros(3, 5)), unknown)
    torch.testing.assert_close(pooled["x"], pooled["norm"])  # unchanged without a position


def test_the_position_enters_the_stem_without_a_split_head():
    module, tensors = module_of(split_head=False), inputs()
    assert not module.is_split
    one, other = (module(**tensors, sky=sky) for sky in (torch.ones(3, 5), -torch.ones(3, 5)))
    assert (one - other).abs().max() > 1e-6


def test_tiny_has_the_depths_widths_and_weights_of_convnext_tiny():
    encoder = ConvNeXtImage(size="tiny")
    preprocessor = CutoutPreprocessor(crop=49, sky_columns=("ra", "dec"))
    preprocessor.n_channels_ = 3
    module = encoder.make_module(preprocessor)
    stages = module.trunk.stages
    n_blocks = [sum(type(m).__name__ == "ConvNeXtBlock" for m in stage) for stage in stages]
    assert n_blocks == [3, 3, 9, 3]
    assert [stage[-1].expand.in_features for stage in stages] == [96, 192, 384, 768]
    n_trunk = sum(p.numel() for p in module.trunk.parameters())
    # 27,818,592 of ConvNeXt-Tiny without its last norm and classifier, and 4 more input channels.
    assert n_trunk == 27_818_592 + 4 * 16 * 96


def test_parameters_reach_preprocessor_and_module():
    encoder = ConvNeXtImage(depths=(1,), widths=(8,), crop=21, latent_dim=5, augmentation=False)
    encoder.check()
    settings = DataSettings(sky_columns=("ra", "dec"))
    preprocessor = encoder.make_preprocessor(settings)
    assert preprocessor.crop == 21 and not preprocessor.augmentation
    assert preprocessor.sky_columns == ("ra", "dec")
    assert encoder.reads_sky_position
    plain = ConvNeXtImage(sky_position=False)
    assert not plain.reads_sky_position
    assert plain.make_preprocessor(settings).sky_columns == ()


def test_conflicting_sizes_are_rejected():
    with pytest.raises(ValueError, match=r"'depths' .* has 1 stages and 'widths' 2"):
        ConvNeXtImage(depths=(1,), widths=(4, 8)).check()
    with pytest.raises(ValueError, match=r"'widths' .* positive whole numbers"):
        ConvNeXtImage(depths=(1,), widths=(0,)).check()
