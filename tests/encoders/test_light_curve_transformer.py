"""Encoders: shapes, and that padding is never seen."""

import pytest
import torch

from sklearn_sn.modules import (
    AttentionPooling,
    ImageConvNet,
    LightCurveTransformer,
    MeanPooling,
    MetadataMLP,
    SpectrumConvNet,
    SpectrumTransformer,
    TransformerStack,
    sinusoid,
)

WAVELENGTH = torch.linspace(4000, 8000, 30)


@pytest.fixture(autouse=True)
def seeded():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def light_curves(n=3, length=7):
    return {
        "values": torch.randn(n, length, 3),
        "time": torch.rand(n, length) * 50,
        "log_wavelength": torch.randn(n, length) * 0.2,
        "pad_mask": torch.zeros(n, length, dtype=torch.bool),
    }


def padded(tensors, extra=5):
    out = {}
    for name, value in tensors.items():
        shape = (value.shape[0], extra, *value.shape[2:])
        filler = torch.ones(shape, dtype=torch.bool) if name == "pad_mask" else torch.randn(shape)
        out[name] = torch.cat([value, filler], dim=1)
    return out


@pytest.mark.parametrize("pooling", ["mean", "attention"])
@pytest.mark.parametrize("norm_first", [False, True])
def test_light_curve_ignores_padding_and_order(pooling, norm_first):
    encoder = LightCurveTransformer(
        n_values=3, d_model=16, n_heads=4, n_layers=2, pooling=pooling, norm_first=norm_first
    ).eval()
    tensors = light_curves()
    expected = encoder(**tensors)
    assert expected.shape == (3, 32)
    torch.testing.assert_close(encoder(**padded(tensors)), expected, atol=1e-5, rtol=1e-5)
    order = torch.randperm(7)
    shuffled = {name: value[:, order] for name, value in tensors.items()}
    torch.testing.assert_close(encoder(**shuffled), expected, atol=1e-5, rtol=1e-5)


def test_light_curve_sees_time_band_and_flux():
    encoder = LightCurveTransformer(n_values=3, d_model=16, n_heads=4, n_layers=1).eval()
    tensors = light_curves()
    expected = encoder(**tensors)
    for name in ("values", "time", "log_wavelength"):
        changed = {**tensors, name: tensors[name] + 0.5}
        assert (encoder(**changed) - expected).abs().max() > 1e-4


def test_rows_of_padding_stay_finite():
    encoder = LightCurveTransformer(
        n_values=3, d_model=16, n_heads=4, n_layers=1, pooling="attention"
    )
    tensors = light_curves()
    tensors["pad_mask"][1] = True
    out = encoder(**tensors)
    out.sum().backward()
    assert torch.isfinite(out).all()
    assert all(torch.isfinite(p.grad).all() for p in encoder.parameters() if p.grad is not None)


def test_new_bands_copy_the_nearest():
    encoder = LightCurveTransformer(n_values=3, d_model=16, n_heads=4, n_layers=1, n_bands=2).eval()
    tensors = light_curves()
    del tensors["log_wavelength"]
    old = encoder(**tensors, band=torch.ones(3, 7, dtype=torch.long))
    encoder.add_bands(torch.tensor([1]))
    new = encoder(**tensors, band=torch.full((3, 7), 2))
    torch.testing.assert_close(new, old)


def test_sinusoid_alternates_sine_and_cosine():
    t = torch.tensor([0.0, 2.0])
    pe = sinusoid(t, 4, 100.0)
    torch.testing.assert_close(pe[0], torch.tensor([0.0, 1.0, 0.0, 1.0]))
    expected = [2.0, 2.0, 0.2, 0.2]
    torch.testing.assert_close(pe[1, ::2], torch.tensor(expected[::2]).sin())
    torch.testing.assert_close(pe[1, 1::2], torch.tensor(expected[1::2]).cos())


@pytest.mark.parametrize("pooling", [MeanPooling, AttentionPooling])
def test_pooling_ignores_padding(pooling):
    pool = pooling(8, 2)
    x, mask = torch.randn(2, 4, 8), torch.tensor([[False] * 4, [False] * 2 + [True] * 2])
    expected = pool(x[1:, :2], mask[1:, :2])
    torch.testing.assert_close(pool(x, mask)[1:], expected)


def test_attention_matches_torch_with_scores_over_root_of_head_size():
    stack = TransformerStack(8, 2, 1).eval()
    block = stack.blocks[0]
    reference = torch.nn.MultiheadAttention(8, 2, batch_first=True)
    reference.in_proj_weight.data, reference.in_proj_bias.data = (
        block.attention.qkv.weight.data,
        block.attention.qkv.bias.data,
    )
    reference.out_proj.load_state_dict(block.attention.out.state_dict())
    x = torch.randn(2, 5, 8)
    mask = torch.tensor([[False] * 5, [False] * 3 + [True] * 2])
    expected, _ = reference(x, x, x, key_padding_mask=mask)
    ours = block.attention(x, ~mask[:, None, None, :])
    torch.testing.assert_close(ours, expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("patch", [1, 4])
def test_spectrum_transformer_ignores_what_is_not_covered(patch):
    encoder = SpectrumTransformer(
        n_channels=2, d_model=16, n_heads=2, n_layers=2, patch=patch
    ).eval()
    flux, mask = torch.randn(2, 2, 30), torch.zeros(2, 30, dtype=torch.bool)
    mask[:, 20:] = True
    flux = flux * ~mask[:, None]
    whole = encoder(flux, mask, WAVELENGTH)
    cut = encoder(flux[..., :20], mask[:, :20], WAVELENGTH[:20])
    torch.testing.assert_close(whole, cut, atol=1e-5, rtol=1e-5)


def test_spectrum_conv_net_sees_coverage_not_filling():
    encoder = SpectrumConvNet(n_channels=2, d_model=8, n_layers=3).eval()
    flux, mask = torch.randn(2, 2, 30), torch.zeros(2, 30, dtype=torch.bool)
    mask[:, 20:] = True
    filled = torch.where(mask[:, None], torch.full_like(flux, 99.0), flux)
    expected = encoder(flux, mask)
    torch.testing.assert_close(encoder(filled, mask), expected)
    assert (encoder(flux * ~mask[:, None], torch.zeros_like(mask)) - expected).abs().max() > 1e-4
    torch.testing.assert_close(encoder(flux[:1], mask[:1]), expected[:1], atol=1e-5, rtol=1e-5)


def test_image_and_metadata_shapes():
    assert ImageConvNet(n_channels=3, d_model=8)(torch.randn(2, 3, 21, 21)).shape == (2, 32)
    assert MetadataMLP(n_values=5, output_dim=7)(torch.randn(4, 5)).shape == (4, 7)


@pytest.mark.parametrize(
    "encoder",
    [
        LightCurveTransformer(n_values=3, d_model=16, n_heads=4, n_layers=2),
        SpectrumTransformer(n_channels=2, d_model=16, n_layers=2),
        SpectrumConvNet(n_channels=2, d_model=8),
        ImageConvNet(n_channels=1, d_model=8),
        MetadataMLP(n_values=4),
    ],
    ids=lambda m: type(m).__name__,
)
def test_first_block_is_a_part_of_the_encoder(encoder):
    inside = {id(m) for m in encoder.modules()}
    assert encoder.first_block()
    assert all(id(m) in inside for m in encoder.first_block())
