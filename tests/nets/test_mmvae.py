"""The net of the autoencoder: likelihoods of all modalities under every sample."""

import pytest
import torch

from sklearn_sn.losses import MMVAELoss, laplace_log_likelihood
from sklearn_sn.nets import Batch, MMVAENet, log_likelihood

M, K, B = 2, 3, 4


def chunk(n, length):
    return {
        "target": torch.randn(n, length),
        "error": torch.rand(n, length),
        "pad_mask": torch.rand(n, length) < 0.2,
    }


@pytest.fixture
def parts():
    """An output, and the batch that it belongs to: spectra of two objects, in two chunks."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        tensors = {
            "light_curve": [chunk(B, 5)],
            "spectrum": [chunk(1, 7), chunk(1, 6)],
        }
        decoded = {
            name: [
                (torch.randn(M, K, *c["target"].shape), torch.rand(M, K, *c["target"].shape) + 0.1)
                for c in chunks
            ]
            for name, chunks in tensors.items()
        }
        z = torch.randn(M, K, B, 2, 3)
        mean, scale = torch.randn(M, B, 2, 3), torch.rand(M, B, 2, 3) + 0.1
    object_index = {"light_curve": torch.tensor([2, 0, 3, 1]), "spectrum": torch.tensor([3, 1])}
    present = torch.ones(M, B, dtype=torch.bool)
    output = {"z": z, "mean": mean, "scale": scale, "present": present, "decoded": decoded}
    return output, Batch(B, tensors, object_index, {}, {})


def plain(output, batch, name):
    """The likelihood of one modality, in a loop."""
    total = torch.zeros(M, K, B)
    i = 0
    for (mean, scale), points in zip(output["decoded"][name], batch.tensors[name], strict=True):
        for row in range(len(points["target"])):
            for m in range(M):
                for k in range(K):
                    total[m, k, batch.object_index[name][i]] += laplace_log_likelihood(
                        points["target"][row],
                        mean[m, k, row],
                        scale[m, k, row],
                        points["pad_mask"][row],
                        points["error"][row],
                    )
            i += 1
    return total


def test_likelihoods_of_modalities_and_chunks_add_up(parts):
    expected = plain(*parts, "light_curve") + plain(*parts, "spectrum")
    torch.testing.assert_close(log_likelihood(*parts, {}), expected)
    assert (plain(*parts, "spectrum")[:, :, [0, 2]] == 0).all()


@pytest.mark.parametrize("name", ["light_curve", "spectrum"])
def test_weights_enter_linearly(parts, name):
    found = [log_likelihood(*parts, {name: weight}) for weight in (0.0, 1.0, 2.0, 4.0)]
    slope = plain(*parts, name)
    for weight, value in zip((0.0, 1.0, 2.0, 4.0), found, strict=True):
        torch.testing.assert_close(value, found[0] + weight * slope)
    torch.testing.assert_close(found[1], log_likelihood(*parts, {}))


def test_the_loss_is_the_bound_over_the_points_of_an_object(parts):
    output, batch = parts
    weights = {"spectrum": 3.0}
    net = MMVAENet(
        torch.nn.Linear(1, 1),
        criterion=MMVAELoss,
        criterion__objective="elbo",
        weights=weights,
        points_per_object=20.0,
        train_split=None,
    ).initialize()
    flat = [output[name].flatten(-2) for name in ("z", "mean", "scale")]
    total = log_likelihood(output, batch, weights)
    expected = MMVAELoss("elbo")(*flat, output["present"], total).mean() / 20.0
    torch.testing.assert_close(net.get_loss(output, None, batch), expected)


def test_the_number_of_samples_reaches_the_module():
    class Module(torch.nn.Linear):
        def forward(self, tensors, object_index, n_objects, n_samples, targets):
            return n_objects, n_samples

    net = MMVAENet(Module(1, 1), criterion=MMVAELoss, n_samples=7, train_split=None).initialize()
    assert net.infer(Batch(5, {}, {}, {}, {})) == (5, 7)


def test_training_decodes_a_draw_and_validation_everything():
    class Module(torch.nn.Linear):
        def forward(self, tensors, object_index, n_objects, n_samples, targets):
            return targets

    names = ("log_wavelength", "phase", "target", "error")
    points = {name: torch.zeros(2, 9) for name in names}
    points["pad_mask"] = torch.zeros(2, 9, dtype=torch.bool)
    batch = Batch(2, {"spectrum": [points]}, {}, {}, {})
    params = {"criterion": MMVAELoss, "train_split": None}
    net = MMVAENet(Module(1, 1), n_targets=4, **params).initialize()
    net.module_.train()
    assert net.infer(batch)["spectrum"][0]["target"].shape == (2, 4)
    net.module_.eval()
    assert net.infer(batch) is None
    net = MMVAENet(Module(1, 1), **params).initialize()
    assert net.infer(batch) is None


def test_a_draw_stands_for_its_set(parts):
    output, batch = parts
    whole = log_likelihood(output, batch, {})
    twice = {
        name: [{**chunk, "factor": torch.full((len(chunk["target"]),), 2.0)} for chunk in chunks]
        for name, chunks in batch.tensors.items()
    }
    torch.testing.assert_close(log_likelihood({**output, "targets": twice}, batch, {}), 2.0 * whole)
