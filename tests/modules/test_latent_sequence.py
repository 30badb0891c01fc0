"""Sets of points as a short latent sequence."""

import torch

from sklearn_sn.modules import LatentSequence

SIZES = {
    "n_in": 2,
    "wavelength_period": (0.01, 4.0),
    "phase_period": (4.0, 200.0),
    "d_model": 8,
    "n_heads": 2,
    "n_layers": 2,
    "n_tokens": 3,
    "token_dim": 5,
}


def points():
    generator = torch.Generator().manual_seed(0)
    return (
        torch.randn(4, 6, 2, generator=generator),
        0.2 * torch.randn(4, 6, generator=generator),
        20.0 * torch.randn(4, 6, generator=generator),
        torch.zeros(4, 6, dtype=torch.bool),
    )


def test_tokens_lie_side_by_side():
    module = LatentSequence(**SIZES).eval()
    values, wavelength, time, mask = points()
    out = module.read(values, wavelength, time, mask)
    assert out.shape == (4, 15) and module.output_dim == 15
    context = module.project(values) + module.coordinates(wavelength, time)
    tokens = module.head(module.encoder(context, mask))
    assert tokens.shape == (4, 3, 5)
    torch.testing.assert_close(out.view(4, 3, 5), tokens)


def test_padding_and_order_do_not_matter():
    module = LatentSequence(**SIZES).eval()
    values, wavelength, time, mask = points()
    mask[1, 4:] = True
    whole = module.read(values, wavelength, time, mask)
    short = module.read(values[1:2, :4], wavelength[1:2, :4], time[1:2, :4], mask[1:2, :4])
    torch.testing.assert_close(short, whole[1:2], atol=1e-5, rtol=1e-4)
    turned = module.read(*(part.flip(1) for part in (values, wavelength, time, mask)))
    torch.testing.assert_close(turned, whole, atol=1e-5, rtol=1e-4)


def test_every_input_counts():
    module = LatentSequence(**SIZES).eval()
    parts = points()
    whole = module.read(*parts)
    for i in range(3):
        changed = [part + 0.3 if i == j else part for j, part in enumerate(parts)]
        assert (module.read(*changed) - whole).abs().max() > 1e-4


def test_the_feed_forward_layers_are_as_wide_as_the_rest_unless_told():
    def width(**params):
        return LatentSequence(**SIZES, **params).encoder.blocks[0].feed_forward[0].out_features

    assert width() == 8 and width(d_feedforward=20) == 20


def test_the_first_block_is_nearest_to_the_data():
    module = LatentSequence(**SIZES)
    assert module.first_block() == [module.project, module.coordinates, module.encoder.blocks[0]]
