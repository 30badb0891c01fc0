"""Weights of residual networks from files and from torchvision."""

import sys
import types

import pytest
import torch

from sklearn_sn.encoders._resnet_weights import load_trunk, read_weights
from sklearn_sn.modules import ResNet

SIZES = {"depths": (1, 1, 1, 1), "widths": (4, 4, 4, 4), "stem": 4, "kernel": 3}


def trunk(seed=0, n_channels=3, **sizes):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        sizes = {**SIZES, **sizes}
        return ResNet(n_channels, block="bottleneck", norm="constant", **sizes)


def assert_equal(one, other):
    for name, value in one.state_dict().items():
        torch.testing.assert_close(value, other.state_dict()[name])


@pytest.mark.parametrize("prefix", ["", "module.encoder_q.", "backbone."])
@pytest.mark.parametrize("nested", [True, False])
def test_files_of_torchvision_and_moco(tmp_path, prefix, nested):
    source, target = trunk(0), trunk(1)
    state = {prefix + name: value for name, value in source.state_dict().items()}
    state |= {
        prefix + "fc.weight": torch.ones(1000, 16),
        prefix + "bn1.num_batches_tracked": torch.tensor(5),
        "module.queue": torch.ones(2, 2),
    }
    if prefix == "":
        del state["module.queue"]
    torch.save({"state_dict": state, "epoch": 3} if nested else state, tmp_path / "w.pth")
    load_trunk(target, str(tmp_path / "w.pth"))
    assert_equal(target, source)


def test_torchvision_is_used_if_installed(monkeypatch):
    source, target = trunk(0), trunk(1)
    models = types.ModuleType("torchvision.models")
    models.resnet50 = lambda weights: source
    monkeypatch.setitem(sys.modules, "torchvision", types.ModuleType("torchvision"))
    monkeypatch.setitem(sys.modules, "torchvision.models", models)
    load_trunk(target, "torchvision")
    assert_equal(target, source)


def test_a_missing_torchvision_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "torchvision", None)
    monkeypatch.setitem(sys.modules, "torchvision.models", None)
    with pytest.raises(ImportError, match=r"sklearn-sn\[torchvision\]"):
        read_weights("torchvision")


def test_files_that_do_not_fit_are_rejected(tmp_path):
    path = str(tmp_path / "w.pth")
    with pytest.raises(ValueError, match=r"no file '.*w.pth'"):
        read_weights(path)
    torch.save({"head.weight": torch.ones(2)}, path)
    with pytest.raises(ValueError, match=r"no weights of a ResNet-50 .* It has \['head.weight'\]"):
        read_weights(path)
    torch.save(torch.ones(2), path)
    with pytest.raises(ValueError, match="no weights of a ResNet-50"):
        read_weights(path)
    torch.save(trunk().state_dict(), path)
    with pytest.raises(ValueError, match=r"images with 3 channels. The images of X have 5"):
        load_trunk(trunk(n_channels=5), path)
    with pytest.raises(ValueError, match="not those of a ResNet-50"):
        load_trunk(trunk(depths=(1, 2, 1, 1)), path)
    with pytest.raises(ValueError, match="not those of a ResNet-50"):
        load_trunk(trunk(widths=(4, 4, 4, 8)), path)


def test_a_file_cannot_execute_code(tmp_path):
    class Harmful:
        def __reduce__(self):
            return (print, ("executed",))

    torch.save({"conv1.weight": Harmful()}, tmp_path / "w.pth")
    with pytest.raises(Exception, match=r"(?i)weights.only"):
        read_weights(str(tmp_path / "w.pth"))
