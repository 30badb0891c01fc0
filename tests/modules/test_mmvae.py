"""The module: shapes, experts that are missing, one latent for all modalities."""

import pytest
import torch

from sklearn_sn.modules import MMVAEModule, PointSetDecoder

SIZES = {"d_model": 8, "n_heads": 2, "n_layers": 1, "n_frequencies": 4, "dropout": 0.0}


def points(n, length, n_values):
    return {
        "values": torch.randn(n, length, n_values),
        "log_wavelength": torch.randn(n, length) * 0.2,
        "phase": torch.randn(n, length) * 20,
        "target": torch.randn(n, length),
        "error": torch.zeros(n, length),
        "pad_mask": torch.zeros(n, length, dtype=torch.bool),
        "hidden": torch.zeros(n, length, dtype=torch.bool),
    }


@pytest.fixture
def batch():
    """Five objects; light curves of all in two chunks, spectra of two of them."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        tensors = {
            "light_curve": [points(2, 4, 3), points(3, 6, 3)],
            "spectrum": [points(2, 20, 2)],
        }
        module = MMVAEModule({"light_curve": 3, "spectrum": 2}, latent_tokens=3, **SIZES)
    owners = {"light_curve": torch.tensor([4, 0, 1, 2, 3]), "spectrum": torch.tensor([3, 1])}
    return module.eval(), tensors, owners


def test_shapes_and_presence(batch):
    module, tensors, owners = batch
    out = module(tensors, owners, 5, 2)
    assert out["z"].shape == (2, 2, 5, 3, 4)
    assert out["mean"].shape == out["scale"].shape == (2, 5, 3, 4)
    assert out["present"].tolist() == [[True] * 5, [False, True, False, True, False]]
    assert [mean.shape for mean, _ in out["decoded"]["light_curve"]] == [
        (2, 2, 2, 4),
        (2, 2, 3, 6),
    ]
    assert (out["decoded"]["spectrum"][0][1] > 0).all()
    assert (out["scale"] > 0).all()


def test_missing_experts_stand_as_the_prior(batch):
    module, tensors, owners = batch
    out = module(tensors, owners, 5, 2)
    missing = ~out["present"]
    assert (out["mean"][missing] == 0).all() and (out["scale"][missing] == 1).all()
    del tensors["spectrum"]
    alone = module(tensors, {"light_curve": owners["light_curve"]}, 5, 2)
    torch.testing.assert_close(alone["mean"][0], out["mean"][0])
    assert not alone["present"][1].any()


def test_hidden_points_do_not_matter_to_the_encoder(batch):
    module, tensors, owners = batch
    chunk = tensors["spectrum"][0]
    chunk["hidden"][:, 5:] = True
    encoded = module.encode("spectrum", [chunk], owners["spectrum"], 5)
    chunk["values"][:, 5:] = 1e3
    again = module.encode("spectrum", [chunk], owners["spectrum"], 5)
    for one, other in zip(encoded, again, strict=True):
        torch.testing.assert_close(one, other)


def test_decoder_takes_places_of_all_or_of_each():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        decoder = PointSetDecoder(
            n_tokens=3,
            latent_dim=2,
            d_model=8,
            n_heads=2,
            n_layers=2,
            d_feedforward=8,
            coordinates={
                "n_frequencies": 4,
                "wavelength_period": (0.01, 4.0),
                "phase_period": (4.0, 200.0),
            },
        )
        z, where = torch.randn(4, 3, 3, 2), torch.randn(1, 7)
    mean, _ = decoder(z, where, 10 * where)
    each, _ = decoder(z, where.expand(3, 7), 10 * where.expand(3, 7))
    assert mean.shape == (4, 3, 7)
    torch.testing.assert_close(mean, each)
