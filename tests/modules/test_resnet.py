"""The residual network: layout, norms without other images, any size."""

import pytest
import torch

from sklearn_sn.modules import ResNet
from sklearn_sn.modules._resnet import ConstantNorm

SMALL = {"depths": (1, 2), "widths": (8, 16), "stem": 8, "kernel": 3}


@pytest.fixture(autouse=True)
def seeded():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


@pytest.mark.parametrize("block", ["basic", "bottleneck"])
@pytest.mark.parametrize("side", [1, 7, 20])
def test_features_of_images_of_any_side(block, side):
    network = ResNet(3, block=block, **SMALL)
    features = network(torch.randn(2, 3, side, side))
    assert features.shape == (2, network.n_features) == (2, {"basic": 16, "bottleneck": 64}[block])


def test_the_layout_of_resnet_50():
    sizes = {"depths": (3, 4, 6, 3), "widths": (64, 128, 256, 512), "stem": 64, "kernel": 7}
    network = ResNet(3, block="bottleneck", norm="constant", **sizes)
    # 25,557,032 of torchvision's ResNet-50, without the classifier of 1000 classes.
    assert sum(p.numel() for p in network.parameters()) == 25_557_032 - 2048 * 1000 - 1000
    names = network.state_dict()
    assert names["layer4.0.downsample.0.weight"].shape == (2048, 1024, 1, 1)
    assert {"bn1.running_mean", "layer1.0.conv3.weight", "layer3.5.bn3.bias"} <= set(names)
    assert network.layer2[0].conv2.stride == (2, 2) and network.layer1[0].conv2.stride == (1, 1)


@pytest.mark.parametrize("norm", ["image", "constant"])
def test_images_do_not_see_each_other_in_training_either(norm):
    network = ResNet(2, block="basic", norm=norm, **SMALL).train()
    images = torch.randn(4, 2, 16, 16)
    whole = network(images)
    torch.testing.assert_close(network(images[[1]]), whole[[1]], atol=1e-5, rtol=1e-4)
    images[2] += 100.0
    torch.testing.assert_close(network(images)[[1]], whole[[1]], atol=1e-5, rtol=1e-4)


def test_the_maximum_is_not_diluted_by_empty_sky():
    network = ResNet(1, block="basic", pooling="mean_max", norm="constant", **SMALL)
    mean = ResNet(1, block="basic", norm="constant", **SMALL)
    mean.load_state_dict(network.state_dict())
    star = torch.zeros(1, 1, 64, 64)
    star[..., 28:36, 28:36] = 5.0
    wide = torch.nn.functional.pad(star, (64, 64, 64, 64))
    assert network.n_features == 32 and mean.n_features == 16
    one, other = network(star), network(wide)
    torch.testing.assert_close(one[:, :16], mean(star))
    torch.testing.assert_close(one[:, 16:], other[:, 16:])
    assert other[:, :16].sum() < 0.2 * one[:, :16].sum()


def test_constant_norms_keep_their_statistics():
    norm = ConstantNorm(2)
    norm.running_mean[:] = torch.tensor([1.0, 2.0])
    norm.running_var[:] = torch.tensor([4.0, 9.0])
    x = torch.randn(3, 2, 4, 4)
    expected = (x - torch.tensor([1.0, 2.0])[:, None, None]) / torch.tensor([2.0, 3.0])[
        :, None, None
    ]
    torch.testing.assert_close(norm.train()(x), expected, atol=1e-4, rtol=1e-4)
    assert norm.running_mean.tolist() == [1.0, 2.0]
