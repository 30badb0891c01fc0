"""Encoders of several modalities in one space."""

import math

import pytest
import torch
from torch import nn

from sklearn_sn.encoders._metadata_mlp import MetadataMLPModule
from sklearn_sn.modules import ContrastiveModule, SequenceProjection


def made(**params):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        encoders = {
            "light_curve": MetadataMLPModule(n_values=3, d_model=8, output_dim=6),
            "spectrum": MetadataMLPModule(n_values=2, d_model=8, output_dim=4),
        }
        defaults = {"embedding_dim": 5, "temperature": 0.1, "learn_temperature": True}
        return ContrastiveModule(encoders, {"light_curve": 6, "spectrum": 4}, **defaults | params)


def inputs():
    generator = torch.Generator().manual_seed(0)
    tensors = {
        "light_curve": [
            {"values": torch.randn(2, 3, generator=generator)},
            {"values": torch.randn(2, 3, generator=generator)},
        ],
        "spectrum": [{"values": torch.randn(3, 2, generator=generator)}],
    }
    # Object 2 has two spectra, objects 0 and 3 have none.
    index = {"light_curve": torch.tensor([3, 0, 1, 2]), "spectrum": torch.tensor([2, 1, 2])}
    return tensors, index, 4


def test_embeddings_are_unit_vectors_and_zero_where_missing():
    out = made()(*inputs())
    assert list(out["embeddings"]) == ["light_curve", "spectrum"]
    assert out["embeddings"]["light_curve"].shape == (4, 5)
    norms = {name: z.norm(dim=1) for name, z in out["embeddings"].items()}
    torch.testing.assert_close(norms["light_curve"], torch.ones(4))
    torch.testing.assert_close(norms["spectrum"], torch.tensor([0.0, 1.0, 1.0, 0.0]))
    assert out["classes"] == out["targets"] == {}


def test_instances_of_an_object_are_averaged_as_unit_vectors():
    module = made()
    tensors, index, n = inputs()
    z = nn.functional.normalize(
        module.projections["spectrum"](module.encoders["spectrum"](**tensors["spectrum"][0])), dim=1
    )
    expected = nn.functional.normalize(z[0] + z[2], dim=0)
    found = module.embed("spectrum", tensors["spectrum"], index["spectrum"], n)
    torch.testing.assert_close(found[2], expected)
    torch.testing.assert_close(found[1], z[1])


def test_latent_sequences_are_not_normalised_and_averaged_as_they_are():
    module = made(embedding_dim=(2, 3))
    tensors, index, n = inputs()
    out = module(tensors, index, n)["embeddings"]
    assert module.embedding_dim == 6 and out["light_curve"].shape == (4, 6)
    z = module.projections["spectrum"](module.encoders["spectrum"](**tensors["spectrum"][0]))
    torch.testing.assert_close(out["spectrum"][2], (z[0] + z[2]) / 2)
    torch.testing.assert_close(out["spectrum"][1], z[1])
    assert not out["spectrum"][[0, 3]].any()
    assert (out["light_curve"].norm(dim=1) - 1.0).abs().min() > 0.1


def test_a_projection_to_a_sequence_has_one_hidden_layer():
    projection = SequenceProjection(3, (2, 4))
    assert projection.shape == (2, 4)
    x = torch.randn(5, 3, generator=torch.Generator().manual_seed(0))
    hidden = nn.functional.gelu(x @ projection[0].weight.T + projection[0].bias)
    expected = hidden @ projection[2].weight.T + projection[2].bias
    torch.testing.assert_close(projection(x), expected)


def test_chunks_are_put_back_in_place():
    module = made()
    tensors, index, n = inputs()
    joined = [{"values": torch.cat([chunk["values"] for chunk in tensors["light_curve"]])}]
    torch.testing.assert_close(
        module.embed("light_curve", tensors["light_curve"], index["light_curve"], n),
        module.embed("light_curve", joined, index["light_curve"], n),
    )


@pytest.mark.parametrize("learned", [True, False])
def test_the_temperature_is_a_parameter_if_it_is_learned(learned):
    module = made(learn_temperature=learned)
    assert module.log_scale.item() == pytest.approx(math.log(10.0))
    assert ("log_scale" in dict(module.named_parameters())) is learned
    assert "log_scale" in module.state_dict()
    assert module(*inputs())["log_scale"] is module.log_scale


def test_heads_are_shared_by_the_modalities():
    module = made(n_classes=3, n_targets=2)
    out = module(*inputs())
    gain = math.sqrt(5)  # brings entries of a unit vector to order 1
    for name, z in out["embeddings"].items():
        torch.testing.assert_close(out["classes"][name], module.class_head(gain * z))
        torch.testing.assert_close(out["targets"][name], module.target_head(gain * z))
    assert out["classes"]["spectrum"].shape == (4, 3)
    assert out["targets"]["spectrum"].shape == (4, 2)


def test_a_batch_of_one_modality():
    tensors, index, n = inputs()
    out = made(n_classes=2)({"spectrum": tensors["spectrum"]}, {"spectrum": index["spectrum"]}, n)
    assert list(out["embeddings"]) == list(out["classes"]) == ["spectrum"]
