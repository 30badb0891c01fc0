"""The event transformer."""

import pytest
import torch

from sklearn_sn.data import check_table
from sklearn_sn.encoders import DataSettings, EventTransformer
from sklearn_sn.encoders._event_transformer import EventTransformerModule
from tests.encoders.event_points import events
from tests.encoders.points import padded

SIZES = {"n_values": 3, "d_model": 8, "n_heads": 2, "n_layers": 2, "d_feedforward": 12}


@pytest.fixture
def module():
    return EventTransformerModule(**SIZES, dropout=0.3).eval()


def test_padding_and_order_do_not_matter(module):
    points = events()
    expected = module(**points)
    assert expected.shape == (3, 8)
    torch.testing.assert_close(module(**padded(points)), expected, atol=1e-5, rtol=1e-5)
    order = torch.randperm(7)
    shuffled = {name: value[:, order] for name, value in points.items()}
    torch.testing.assert_close(module(**shuffled), expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name", ["values", "time", "since_previous", "log_wavelength"])
def test_every_input_counts(module, name):
    points = events()
    changed = {**points, name: points[name] + 0.5}
    assert (module(**changed) - module(**points)).abs().max() > 1e-4


def test_the_output_is_the_normalised_state_of_the_summary_token(module):
    """The shortcut in the last block gives the state that all tokens would give."""
    points = events()
    states, output = module.point_states(module.point_tokens(**points), points["pad_mask"])
    assert states.shape == (3, 7, 8)
    torch.testing.assert_close(module(**points), output, atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(output.mean(-1), torch.zeros(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(output.std(-1, unbiased=False), torch.ones(3), atol=1e-3, rtol=0)


def test_padding_alone_is_finite(module):
    points = events()
    points["pad_mask"][:] = True
    assert torch.isfinite(module(**points)).all()


def test_new_bands_keep_the_old_ones():
    module = EventTransformerModule(**SIZES, n_bands=2).eval()
    points = events(by_wavelength=False)
    expected = module(**points)
    module.add_bands(torch.tensor([1]))
    torch.testing.assert_close(module(**points), expected)
    again = EventTransformerModule(**module.config)
    again.load_state_dict(module.state_dict())
    points["band"][:] = 2
    torch.testing.assert_close(module(**points), module(**{**points, "band": points["band"] - 1}))


def test_parameters_reach_the_module(supernovae):
    encoder = EventTransformer(
        d_model=8,
        n_heads=2,
        n_layers=3,
        d_feedforward=5,
        latent_dim=4,
        dropout=0.2,
        log_times=True,
        band_encoding="embedding",
    )
    encoder.check()
    table = check_table(supernovae[0], modalities=["light_curve"])
    preprocessor = encoder.make_preprocessor(DataSettings()).fit(table)
    module = encoder.make_module(preprocessor)
    assert module.config == {
        "n_values": 9,
        "d_model": 8,
        "n_heads": 2,
        "n_layers": 3,
        "d_feedforward": 5,
        "output_dim": 4,
        "n_bands": len(preprocessor.bands_),
        "log_times": True,
        "dropout": 0.2,
    }
    assert len(module.stack.blocks) == 3
    assert module.stack.blocks[0].feed_forward[0].out_features == 5
    assert module.first_block()[-1] is module.stack.blocks[0]
