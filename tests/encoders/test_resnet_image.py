"""The residual network of images: sizes, dense layers, pretrained weights."""

import pytest
import torch

from sklearn_sn.encoders import DataSettings, ResNetImage
from sklearn_sn.preprocessors import FluxImagePreprocessor


def module_of(n_channels=3, **params):
    encoder = ResNetImage(**params)
    encoder.check()
    preprocessor = FluxImagePreprocessor()
    preprocessor.n_channels_ = n_channels
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return encoder.make_module(preprocessor)


def n_weights(module):
    return sum(p.numel() for p in module.parameters())


@pytest.mark.parametrize("side", [1, 12, 33])
def test_images_of_any_side(side):
    assert module_of(1, latent_dim=5)(torch.randn(2, 1, side, side)).shape == (2, 5)


def test_resnet50_has_the_weights_of_the_paper():
    module = module_of(size="resnet50")
    assert n_weights(module.trunk) == 23_508_032
    assert sum(n_weights(m) for m in module.dense_layers()) == pytest.approx(4.5e6, rel=0.01)
    assert n_weights(module) == pytest.approx(28e6, rel=0.01)
    assert n_weights(module_of()) < 700_000


def test_dense_layers_have_no_convolution_and_follow_them_all():
    module = module_of()
    inside = [m for top in module.dense_layers() for m in top.modules()]
    assert not any(isinstance(m, torch.nn.Conv2d) for m in inside)
    assert sum(isinstance(m, torch.nn.Linear) for m in inside) == 2
    image = torch.randn(2, 3, 16, 16)
    torch.testing.assert_close(module(image), module.dense(module.trunk(image)))


def test_training_sees_no_other_images():
    module = module_of(2).train()
    images = torch.randn(4, 2, 20, 20)
    torch.testing.assert_close(module(images)[[1]], module(images[[1]]), atol=1e-5, rtol=1e-4)


def test_parameters_reach_the_preprocessor():
    preprocessor = ResNetImage(crop=96, augmentation=False).make_preprocessor(DataSettings())
    assert (preprocessor.crop, preprocessor.rotation) == (96, "any")
    assert not preprocessor.augmentation
    right = ResNetImage(rotation="right_angles").make_preprocessor(DataSettings())
    assert right.rotation == "right_angles"


def test_pretrained_weights_are_read_from_a_file(tmp_path):
    source = module_of(size="resnet50").trunk
    state = {f"bn1.{name}": torch.rand(64) + 0.5 for name in ("running_mean", "running_var")}
    constant = {
        name.replace("weight", "running_mean"): torch.zeros_like(value)
        for name, value in source.state_dict().items()
        if "bn" in name and name.endswith("weight")
    }
    # Norms of shortcuts have the number 1 in a sequence.
    constant |= {
        name.replace("weight", "running_mean"): torch.zeros_like(value)
        for name, value in source.state_dict().items()
        if name.endswith("downsample.1.weight")
    }
    variances = {n.replace("mean", "var"): torch.ones_like(v) for n, v in constant.items()}
    state = {**source.state_dict(), **constant, **variances, **state}
    torch.save({**state, "fc.weight": torch.ones(1000, 2048)}, tmp_path / "weights.pth")
    module = module_of(size="resnet50", weights=str(tmp_path / "weights.pth"), latent_dim=4)
    for name, value in module.trunk.state_dict().items():
        torch.testing.assert_close(value, state[name])
    # The configuration rebuilds the module without the file.
    again = type(module)(**module.config)
    again.load_state_dict(module.state_dict())
    image = torch.randn(1, 3, 32, 32)
    torch.testing.assert_close(again(image), module(image))


def test_weights_need_the_network_that_they_belong_to():
    with pytest.raises(ValueError, match=r"'weights' .* needs size='resnet50'. Got size='small'"):
        ResNetImage(weights="file.pth").check()
