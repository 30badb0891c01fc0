"""Sparse attention and distilling."""

import math

import pytest
import torch

from sklearn_sn.modules import Distilling, ProbSparseAttention


@pytest.fixture(autouse=True)
def seeded():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def by_loop(attention, x):
    """The definition, for one light curve without padding: (L, d)."""
    L, d = x.shape
    q, k, v = attention.qkv(x).view(L, 3, attention.n_heads, -1).permute(1, 2, 0, 3)
    out = torch.empty_like(q)
    for head in range(attention.n_heads):
        scores = q[head] @ k[head].T / math.sqrt(q.shape[-1])
        measure = scores.max(dim=1).values - scores.mean(dim=1)
        u = min(L, math.ceil(attention.factor * math.log1p(L)))
        selected = measure.argsort(descending=True)[:u].tolist()
        for i in range(L):
            weights = scores[i].softmax(0) if i in selected else torch.full((L,), 1 / L)
            out[head, i] = weights.to(v.dtype) @ v[head]
    return attention.out(out.transpose(0, 1).reshape(L, d))


@pytest.mark.parametrize("length", [1, 2, 9, 40])
def test_it_is_the_definition(length):
    attention = ProbSparseAttention(8, 2, factor=2).double()
    x = torch.randn(3, length, 8, dtype=torch.float64)
    out = attention(x, torch.zeros(3, length, dtype=torch.bool))
    for row in range(3):
        torch.testing.assert_close(out[row], by_loop(attention, x[row]))


def test_few_points_attend():
    """With distinct values, the rows of one head are the mean of the values or differ from it."""
    attention = ProbSparseAttention(8, 1, factor=1).double()
    attention.out = torch.nn.Identity()
    x = torch.randn(1, 50, 8, dtype=torch.float64)
    out = attention(x, torch.zeros(1, 50, dtype=torch.bool))[0]
    mean = attention.qkv(x)[0, :, 16:].mean(0)
    is_mean = (out - mean).abs().amax(-1) < 1e-12
    assert (~is_mean).sum() == math.ceil(math.log1p(50))


@pytest.mark.parametrize("layer", ["attention", "distilling"])
def test_padding_and_other_rows_do_not_matter(layer):
    module = ProbSparseAttention(8, 2, factor=1) if layer == "attention" else Distilling(8)
    module = module.double().eval()
    lengths = [9, 4, 1, 6]
    x = torch.randn(4, 12, 8, dtype=torch.float64)
    pad_mask = torch.arange(12) >= torch.tensor(lengths)[:, None]
    out = module(x, pad_mask)
    for row, n in enumerate(lengths):
        alone = module(x[row : row + 1, :n], pad_mask[row : row + 1, :n])
        if layer == "distilling":
            m = -(-n // 2)
            assert out[1][row].logical_not().sum() == m and not alone[1].any()
            torch.testing.assert_close(out[0][row, :m], alone[0][0])
        else:
            torch.testing.assert_close(out[row, :n], alone[0])
    assert all(
        torch.isfinite(part.double()).all() for part in (out if layer != "attention" else [out])
    )


def test_padding_alone_is_finite():
    pad_mask = torch.ones(2, 3, dtype=torch.bool)
    x = torch.randn(2, 3, 8)
    assert torch.isfinite(ProbSparseAttention(8, 2)(x, pad_mask)).all()
    assert torch.isfinite(Distilling(8)(x, pad_mask)[0]).all()


def test_gradients_reach_all_weights():
    attention, distill = ProbSparseAttention(8, 2), Distilling(8)
    pad_mask = torch.zeros(2, 7, dtype=torch.bool)
    distill(attention(torch.randn(2, 7, 8), pad_mask), pad_mask)[0].square().sum().backward()
    for module in (attention, distill):
        assert all(weight.grad.abs().sum() > 0 for weight in module.parameters())
