"""The module: shapes, experts that are missing, one latent for all modalities."""

import pytest
import torch

from sklearn_sn.encoders._metadata_mlp import MetadataMLPModule
from sklearn_sn.modules import EncoderExpert, MMVAEModule, PointSetDecoder, PointSetExpert

COORDINATES = {
    "n_frequencies": 4,
    "wavelength_period": (0.01, 4.0),
    "phase_period": (4.0, 200.0),
}
SIZES = {
    "n_tokens": 3,
    "latent_dim": 4,
    "d_model": 8,
    "n_heads": 2,
    "n_layers": 1,
    "d_feedforward": 8,
    "coordinates": COORDINATES,
}


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
        n_values = {"light_curve": 3, "spectrum": 2}
        module = MMVAEModule(
            {name: PointSetExpert(n_values=n, **SIZES) for name, n in n_values.items()},
            {name: PointSetDecoder(**SIZES) for name in n_values},
            latent_tokens=3,
            latent_dim=4,
        )
    object_index = {"light_curve": torch.tensor([4, 0, 1, 2, 3]), "spectrum": torch.tensor([3, 1])}
    return module.eval(), tensors, object_index


def test_shapes_and_presence(batch):
    module, tensors, object_index = batch
    out = module(tensors, object_index, 5, 2)
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
    module, tensors, object_index = batch
    out = module(tensors, object_index, 5, 2)
    missing = ~out["present"]
    assert (out["mean"][missing] == 0).all() and (out["scale"][missing] == 1).all()
    del tensors["spectrum"]
    alone = module(tensors, {"light_curve": object_index["light_curve"]}, 5, 2)
    torch.testing.assert_close(alone["mean"][0], out["mean"][0])
    assert not alone["present"][1].any()


def test_hidden_points_do_not_matter_to_the_encoder(batch):
    module, tensors, object_index = batch
    chunk = tensors["spectrum"][0]
    chunk["hidden"][:, 5:] = True
    encoded = module.encode("spectrum", [chunk], object_index["spectrum"], 5)
    chunk["values"][:, 5:] = 1e3
    again = module.encode("spectrum", [chunk], object_index["spectrum"], 5)
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
            coordinates=COORDINATES,
        )
        z, where = torch.randn(4, 3, 3, 2), torch.randn(1, 7)
    mean, _ = decoder(z, where, 10 * where)
    each, _ = decoder(z, where.expand(3, 7), 10 * where.expand(3, 7))
    assert mean.shape == (4, 3, 7)
    torch.testing.assert_close(mean, each)


def test_noise_may_be_shared_by_all_objects(batch):
    module, tensors, object_index = batch
    noise = torch.randn(2, 3, 1, 3, 4)
    out = module(tensors, object_index, 5, 3, noise)
    expected = out["mean"].unsqueeze(1) + out["scale"].unsqueeze(1) * noise
    torch.testing.assert_close(out["z"], expected)


def test_drawn_noise_is_laplace(batch):
    module, tensors, object_index = batch
    with torch.no_grad():
        out = module(tensors, object_index, 5, 2000)
    noise = (out["z"] - out["mean"].unsqueeze(1)) / out["scale"].unsqueeze(1)
    assert noise.mean().abs() < 0.05
    assert noise.abs().mean() == pytest.approx(1.0, abs=0.03)  # of a Gaussian it would be 0.8
    assert noise.square().mean() == pytest.approx(2.0, abs=0.1)


def test_what_is_decoded_is_what_the_decoder_gives(batch):
    module, tensors, object_index = batch
    out = module(tensors, object_index, 5, 2)
    chunk = tensors["light_curve"][1]  # of objects 1, 2 and 3
    z = out["z"][1, 0, [1, 2, 3]][None]
    mean, scale = module.decode("light_curve", z, chunk["log_wavelength"], chunk["phase"])
    torch.testing.assert_close(out["decoded"]["light_curve"][1][0][1, 0], mean[0])
    torch.testing.assert_close(out["decoded"]["light_curve"][1][1][1, 0], scale[0])


@pytest.fixture
def mixed():
    """Light curves as points, metadata by an encoder of their own."""
    encoder = MetadataMLPModule(n_values=2, d_model=8, output_dim=6)
    expert = EncoderExpert(encoder, width=6, n_tokens=3, latent_dim=4)
    experts = {"light_curve": PointSetExpert(n_values=3, **SIZES), "metadata": expert}
    decoders = {name: PointSetDecoder(**SIZES) for name in experts}
    return MMVAEModule(experts, decoders, latent_tokens=3, latent_dim=4).eval()


def test_an_encoder_as_expert_has_tensors_of_its_own(mixed):
    assert mixed.input_name("light_curve") == "light_curve"
    assert mixed.input_name("metadata") == "metadata encoder"
    tensors = {
        "light_curve": [points(5, 4, 3)],
        "metadata": [points(2, 2, 2)],
        "metadata encoder": [{"values": torch.randn(2, 2)}],
    }
    index = torch.tensor([3, 1])
    object_index = {
        "light_curve": torch.arange(5),
        "metadata": index,
        "metadata encoder": index,
    }
    out = mixed(tensors, object_index, 5, 2)
    assert out["present"].tolist() == [[True] * 5, [False, True, False, True, False]]
    mean, scale = mixed.encoders["metadata"](**tensors["metadata encoder"][0])
    assert mean.shape == (2, 3, 4) and (scale > 0).all()
    torch.testing.assert_close(out["mean"][1, [3, 1]], mean)
    torch.testing.assert_close(out["scale"][1, [3, 1]], scale)
    assert set(out["decoded"]) == {"light_curve", "metadata"}


def test_instances_that_an_expert_reads_one_by_one_are_averaged(mixed):
    chunks = [{"values": torch.randn(2, 2)}, {"values": torch.randn(1, 2)}]
    mean, scale, present = mixed.encode("metadata", chunks, torch.tensor([2, 0, 2]), 4)
    single = [mixed.encoders["metadata"](**chunk) for chunk in chunks]
    for whole, parts in ((mean, 0), (scale, 1)):
        each = torch.cat([part[parts] for part in single])
        torch.testing.assert_close(whole[2], (each[0] + each[2]) / 2)
        torch.testing.assert_close(whole[0], each[1])
    assert present.tolist() == [True, False, True, False]
    assert (mean[[1, 3]] == 0).all() and (scale[[1, 3]] == 1).all()


def test_posteriors_start_narrow(batch, mixed):
    for module in (batch[0], mixed):
        for expert in module.encoders.values():
            assert (expert.head_scale.bias == -3.0).all()
