"""Evidence bounds, against plain numpy and against a known evidence."""

import numpy as np
import pytest
import torch

from sklearn_sn.losses import MMVAELoss, laplace_log_likelihood

OBJECTIVES = ("iwae", "iwae_joint", "elbo")


def laplace(x, mean, scale):
    return -np.log(2 * scale) - np.abs(x - mean) / scale


def brute_force(objective, z, mean, scale, present, log_likelihood):
    """The loss of each object, written out in loops."""
    _, K, B, D = z.shape
    losses = np.zeros(B)
    for i in range(B):
        experts = np.flatnonzero(present[:, i])
        log_w = np.zeros((len(experts), K))
        for a, m in enumerate(experts):
            for k in range(K):
                sample = z[m, k, i]
                prior = sum(laplace(sample[d], 0.0, 1.0) for d in range(D))
                each = [
                    np.exp(sum(laplace(sample[d], mean[e, i, d], scale[e, i, d]) for d in range(D)))
                    for e in experts
                ]
                log_w[a, k] = prior + log_likelihood[m, k, i] - np.log(np.mean(each))
        if not len(experts):
            continue
        if objective == "iwae":
            losses[i] = -np.mean([np.log(np.mean(np.exp(row))) for row in log_w])
        elif objective == "iwae_joint":
            losses[i] = -np.log(np.mean(np.exp(log_w)))
        else:
            losses[i] = -np.mean(log_w)
    return losses


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_against_loops(objective):
    rng = np.random.default_rng(0)
    M, K, B, D = 3, 4, 6, 2
    z, mean = rng.normal(size=(M, K, B, D)), rng.normal(size=(M, B, D))
    scale, log_likelihood = rng.uniform(0.2, 2.0, (M, B, D)), rng.normal(size=(M, K, B))
    present = rng.random((M, B)) < 0.6
    present[:, 0], present[:, 1] = True, False
    given = [torch.from_numpy(part) for part in (z, mean, scale, present, log_likelihood)]
    loss = MMVAELoss(objective)(*given)
    expected = brute_force(objective, z, mean, scale, present, log_likelihood)
    np.testing.assert_allclose(loss.numpy(), expected, rtol=1e-9)
    assert loss[1] == 0.0


def one_number(x, K, mean=0.5, scale=1.3):
    """Bounds on p(x) of x ~ Laplace(z, 1), z ~ Laplace(0, 1), by one expert."""
    generator = torch.Generator().manual_seed(0)
    draws = torch.empty(2, 1, K, 1, 1, dtype=torch.float64).exponential_(generator=generator)
    z = mean + scale * (draws[0] - draws[1])
    log_likelihood = laplace_log_likelihood(
        torch.tensor([[x]], dtype=torch.float64),
        z[..., 0].unsqueeze(-1),
        torch.ones(1, dtype=torch.float64),
        torch.zeros(1, 1, dtype=torch.bool),
    )
    ends = (torch.full((1, 1, 1), value, dtype=torch.float64) for value in (mean, scale))
    parts = (z, *ends, torch.ones(1, 1, dtype=torch.bool), log_likelihood)
    return {name: -float(MMVAELoss(name)(*parts)) for name in OBJECTIVES}


def test_many_samples_reach_the_evidence_and_the_elbo_stays_below():
    x = 0.8
    evidence = np.log(0.25 * (1 + x)) - x  # the convolution of two Laplaces
    bounds = one_number(x, 200_000)
    assert bounds["iwae"] == pytest.approx(evidence, abs=0.01)
    assert bounds["iwae_joint"] == pytest.approx(evidence, abs=0.01)
    assert bounds["elbo"] < evidence - 0.05


def test_likelihood_leaves_padding_out_whatever_it_holds():
    value = torch.tensor([[1.0, 2.0, float("nan")], [0.5, float("inf"), -3.0]])
    pad_mask = torch.tensor([[False, False, True], [False, True, True]])
    mean, scale = torch.zeros(5, 2, 3), torch.full((5, 2, 3), 2.0, requires_grad=True)
    total = laplace_log_likelihood(value, mean, scale, pad_mask)
    expected = [laplace(1.0, 0.0, 2.0) + laplace(2.0, 0.0, 2.0), laplace(0.5, 0.0, 2.0)]
    np.testing.assert_allclose(total[3].detach().numpy(), expected, rtol=1e-6)
    total.sum().backward()
    assert torch.isfinite(scale.grad).all()
    assert (scale.grad[:, pad_mask] == 0).all()


def test_errors_widen_the_likelihood():
    one = torch.ones(1, 1)
    none = torch.zeros(1, 1, dtype=torch.bool)
    wide = laplace_log_likelihood(one, 0 * one, one, none, error=np.sqrt(2.0) * one)
    assert float(wide) == pytest.approx(laplace(1.0, 0.0, np.sqrt(2.0)), rel=1e-6)


def test_unknown_objective():
    with pytest.raises(ValueError, match="objective"):
        MMVAELoss("vae")
