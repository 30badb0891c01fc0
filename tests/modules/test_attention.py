"""Transformer blocks and pooling: padding is never seen."""

import pytest
import torch

from sklearn_sn.modules import (
    POOLINGS,
    AttentionPooling,
    MaxPooling,
    MeanPooling,
    QueryPooling,
    TransformerStack,
    sinusoid,
)
from sklearn_sn.modules._attention import attention_mask


@pytest.fixture(autouse=True)
def seeded():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def test_sinusoid_is_equal_in_predictions_and_in_training():
    t = torch.tensor([[0.0, 1.5, -20.0]], requires_grad=True)
    for dtype in (torch.float32, torch.float64):
        for d_model, max_period in ((8, 1000.0), (8, 30.0), (4, 30.0)):
            expected = sinusoid(t.to(dtype), d_model, max_period)
            for _ in range(2):  # the second call uses the frequencies of the first
                with torch.inference_mode():
                    out = sinusoid(t.detach().to(dtype), d_model, max_period)
                assert out.dtype == dtype and torch.equal(out, expected)
    # A tensor of a prediction cannot be saved for a backward pass.
    sinusoid(t, 8, 1000.0).sum().backward()
    assert t.grad.isfinite().all()


def test_sinusoid_alternates_sine_and_cosine():
    t = torch.tensor([0.0, 2.0])
    pe = sinusoid(t, 4, 100.0)
    torch.testing.assert_close(pe[0], torch.tensor([0.0, 1.0, 0.0, 1.0]))
    expected = [2.0, 2.0, 0.2, 0.2]
    torch.testing.assert_close(pe[1, ::2], torch.tensor(expected[::2]).sin())
    torch.testing.assert_close(pe[1, 1::2], torch.tensor(expected[1::2]).cos())


@pytest.mark.parametrize("pooling", list(POOLINGS.values()))
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


@pytest.mark.parametrize("pooling", list(POOLINGS.values()))
def test_pooling_of_padding_alone_is_finite(pooling):
    pool = pooling(8, 2)
    x, mask = torch.randn(2, 4, 8, requires_grad=True), torch.ones(2, 4, dtype=torch.bool)
    out = pool(x, mask)
    out.sum().backward()
    assert out.shape == (2, 8) and out.isfinite().all() and x.grad.isfinite().all()


def test_mean_and_maximum():
    x = torch.tensor([[[1.0, -5.0], [3.0, -1.0], [99.0, 99.0]]])
    mask = torch.tensor([[False, False, True]])
    assert MeanPooling(2)(x, mask).tolist() == [[2.0, -3.0]]
    assert MaxPooling(2)(x, mask).tolist() == [[3.0, -1.0]]
    assert MaxPooling(2)(x, torch.ones_like(mask)).tolist() == [[0.0, 0.0]]


@pytest.mark.parametrize("pooling", [QueryPooling, AttentionPooling])
def test_equal_tokens_pool_to_one_of_them(pooling):
    pool, x = pooling(8, 2), torch.randn(2, 1, 8)
    mask = torch.zeros(2, 5, dtype=torch.bool)
    torch.testing.assert_close(pool(x.expand(2, 5, 8), mask), pool(x, mask[:, :1]))


def test_query_pooling_weighs_each_head_by_itself():
    pool, x = QueryPooling(8, 2), torch.randn(1, 5, 8)
    out = pool(x, torch.zeros(1, 5, dtype=torch.bool))[0]
    for head in (slice(0, 4), slice(4, 8)):
        weight = (x[0, :, head] @ pool.query[head] / 2.0).softmax(0)
        torch.testing.assert_close(out[head], weight @ x[0, :, head])


def test_the_mask_lets_a_row_of_padding_attend_its_first_token():
    keep = attention_mask(torch.tensor([[False, True, False], [True, True, True]]))
    assert keep.shape == (2, 1, 1, 3)
    assert keep[:, 0, 0].tolist() == [[True, False, True], [True, False, False]]


@pytest.mark.parametrize("norm_first", [False, True])
def test_a_stack_ignores_padding_and_follows_the_order(norm_first):
    stack = TransformerStack(8, 2, 2, norm_first=norm_first).eval()
    x, mask = torch.randn(2, 4, 8), torch.zeros(2, 4, dtype=torch.bool)
    expected = stack(x, mask)
    longer = torch.cat([x, torch.randn(2, 3, 8)], dim=1)
    padded = torch.cat([mask, torch.ones(2, 3, dtype=torch.bool)], dim=1)
    torch.testing.assert_close(stack(longer, padded)[:, :4], expected, atol=1e-5, rtol=1e-5)
    order = torch.randperm(4)
    torch.testing.assert_close(stack(x[:, order], mask), expected[:, order], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("norm_first", [False, True])
def test_attention_weights_are_those_of_the_forward_pass(norm_first):
    stack = TransformerStack(8, 2, 2, norm_first=norm_first).eval()
    x, mask = torch.randn(2, 4, 8), torch.zeros(2, 4, dtype=torch.bool)
    mask[1, 3] = True
    weights = stack.attention_weights(x, mask)
    torch.testing.assert_close(weights, stack.attention_weights(x, mask, layer=1))
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 2, 4))
    assert not weights[1, :, :, 3].any()
    block, x = stack.blocks[1], stack.blocks[0](x, attention_mask(mask))
    y = block.norm_1(x) if norm_first else x
    value = block.attention.qkv(y)[..., 16:].unflatten(2, (2, 4)).transpose(1, 2)
    mixed = block.attention.out((weights @ value).transpose(1, 2).flatten(2))
    torch.testing.assert_close(mixed, block.attention(y, attention_mask(mask)))


def test_dropout_acts_in_training_alone():
    stack = TransformerStack(8, 2, 1, dropout=0.5)
    x, mask = torch.randn(1, 4, 8), torch.zeros(1, 4, dtype=torch.bool)
    assert not torch.equal(stack(x, mask), stack(x, mask))
    stack.eval()
    assert torch.equal(stack(x, mask), stack(x, mask))
