"""When products are in bfloat16."""

import pytest
import torch
from torch import nn

from sklearn_sn.modules import MixedPrecisionModule
from sklearn_sn.modules._mixed_precision import MIN_WIDTH


class Product(MixedPrecisionModule):
    def __init__(self, precision="auto", widest=MIN_WIDTH):
        super().__init__()
        self.precision, self.widest = precision, widest
        self.linear = nn.Linear(4, 4)

    def forward(self, x):
        with self.autocast(x):
            return self.linear(x)


@pytest.mark.parametrize("supported", [True, False])
@pytest.mark.parametrize("device", ["cuda", "cuda:1", torch.device("cuda")])
def test_a_gpu_is_asked_for_bfloat16_without_emulation(monkeypatch, supported, device):
    asked = []

    def is_bf16_supported(including_emulation=True):
        asked.append(including_emulation)
        return supported

    monkeypatch.setattr(torch.cuda, "is_bf16_supported", is_bf16_supported)
    assert Product().uses_bfloat16(device) is supported
    assert asked == [False]


@pytest.mark.parametrize("supported", [True, False])
def test_a_processor_needs_tiles(monkeypatch, supported):
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: supported, raising=False)
    assert Product().uses_bfloat16("cpu") is supported
    assert not Product().uses_bfloat16("meta")


def test_a_torch_that_cannot_tell_has_no_tiles(monkeypatch):
    monkeypatch.delattr(torch.cpu, "_is_amx_tile_supported", raising=False)
    assert Product().uses_bfloat16("cpu") is False


def test_a_narrow_network_stays_in_single_precision(monkeypatch):
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: True, raising=False)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: True)
    narrow = Product(widest=MIN_WIDTH - 1)
    assert not narrow.uses_bfloat16("cpu") and not narrow.uses_bfloat16("cuda")


@pytest.mark.parametrize(("precision", "expected"), [("float32", False), ("bfloat16", True)])
def test_a_precision_can_be_chosen(precision, expected):
    for device in ("cpu", "cuda", "meta"):
        assert Product(precision, widest=1).uses_bfloat16(device) is expected


def test_products_are_in_the_chosen_precision():
    x = torch.randn(3, 4)
    assert Product("float32")(x).dtype == torch.float32
    assert Product("bfloat16")(x).dtype == torch.bfloat16
    # Double precision is asked for where rounding must not matter.
    assert Product("bfloat16").double()(x.double()).dtype == torch.float64


def test_weights_stay_in_single_precision():
    module = Product("bfloat16")
    module(torch.randn(3, 4)).float().sum().backward()
    assert module.linear.weight.dtype == module.linear.weight.grad.dtype == torch.float32
