"""The mixture of experts: routing, missing modalities, hidden modalities."""

import pytest
import torch
from torch import nn

from sklearn_sn.modules import AstroMiNNModule


class Identity(nn.Module):
    def forward(self, values):
        return values


def module_of(names=("image", "metadata"), **params):
    torch.manual_seed(0)
    encoders = {name: Identity() for name in names}
    widths = dict.fromkeys(names, 3)
    settings = {"normalized": (), "n_outputs": 2, "expert_width": 5, **params}
    return AstroMiNNModule(encoders, widths, **settings).eval()


def run(module, image=None, metadata=None, n=4):
    tensors, index = {}, {}
    for name, (values, rows) in {
        "image": image or ([], []),
        "metadata": metadata or ([], []),
    }.items():
        if len(rows):
            tensors[name], index[name] = [{"values": values}], torch.tensor(rows)
    return module(tensors, index, n)


def test_outputs_are_the_shares_of_the_top_experts():
    module = module_of(n_experts=4, top_k=2)
    x = torch.randn(4, 3)
    out = run(module, (x, [0, 1, 2, 3]), (x + 1, [0, 1, 2, 3]))
    latent = torch.cat([x, x + 1], dim=1)
    torch.testing.assert_close(out["latent"], latent)
    for i in range(4):
        p = module.router(latent[i]).softmax(0)
        best = p.argsort(descending=True)[:2]
        share = p[best] / p[best].sum()
        expected = sum(s * module.experts[k](latent[i]) for s, k in zip(share, best, strict=True))
        torch.testing.assert_close(out["outputs"][i], expected)
        assert (out["shares"][i] > 0).nonzero()[:, 0].tolist() == sorted(best.tolist())
    torch.testing.assert_close(out["shares"].sum(1), torch.ones(4))


def test_one_expert_has_no_router():
    module = module_of(n_experts=1)
    out = run(module, (torch.randn(4, 3), [0, 1, 2, 3]))
    assert module.router is None and out["shares"].shape == (4, 1)
    torch.testing.assert_close(out["outputs"], module.experts[0](out["latent"]))


def test_top_k_is_at_most_the_number_of_experts():
    out = run(module_of(n_experts=2, top_k=5), (torch.randn(4, 3), [0, 1, 2, 3]))
    torch.testing.assert_close(out["shares"], out["routing"])


def test_a_learned_vector_replaces_a_missing_modality():
    module = module_of()
    nn.init.normal_(module.missing["image"])
    x = torch.randn(2, 3)
    latent = run(module, (x, [0, 3]), (torch.zeros(4, 3), [0, 1, 2, 3]))["latent"]
    torch.testing.assert_close(latent[[0, 3], :3], x)
    torch.testing.assert_close(latent[[1, 2], :3], module.missing["image"].expand(2, 3))


def test_instances_of_an_object_are_averaged():
    x = torch.randn(3, 3)
    latent = run(module_of(), (x, [1, 0, 1]), n=2)["latent"][:, :3]
    torch.testing.assert_close(latent, torch.stack([x[1], (x[0] + x[2]) / 2]))


def test_training_hides_one_modality_of_objects_that_have_both():
    module = module_of(modality_dropout=0.3).train()
    n = 2000
    both = (torch.ones(n, 3), list(range(n)))
    latent = run(module, both, both, n=n)["latent"]
    image, metadata = (latent[:, :3] == 0).all(1), (latent[:, 3:] == 0).all(1)
    assert not (image & metadata).any()
    assert image.float().mean() == pytest.approx(0.3, abs=0.05)
    assert metadata.float().mean() == pytest.approx(0.3, abs=0.05)
    assert run(module, both, n=n)["latent"][:, :3].min() == 1.0  # the only modality stays
    assert run(module.eval(), both, both, n=n)["latent"].min() == 1.0


def test_encodings_are_normalised_by_modality():
    module = module_of(normalized=("image",))
    x = torch.randn(4, 3) * 9
    latent = run(module, (x, [0, 1, 2, 3]), (x, [0, 1, 2, 3]))["latent"]
    torch.testing.assert_close(latent[:, :3], nn.functional.layer_norm(x, (3,)))
    torch.testing.assert_close(latent[:, 3:], x)
