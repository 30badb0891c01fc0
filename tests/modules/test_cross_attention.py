"""Pooling by cross-attention."""

import torch

from sklearn_sn.modules import CrossAttentionPooling


def test_the_published_head_has_362_thousand_weights():
    n_weights = sum(p.numel() for p in CrossAttentionPooling(768).parameters())
    assert 361_500 < n_weights < 362_500


def test_padding_has_no_weight_and_order_does_not_matter():
    torch.manual_seed(0)
    pool = CrossAttentionPooling(12, width=8, n_heads=2).eval()
    x, pad_mask = torch.randn(3, 5, 12), torch.zeros(3, 5, dtype=torch.bool)
    pad_mask[1, 3:] = True
    pad_mask[2] = True
    z, weights = pool(x, pad_mask), pool.weights(x, pad_mask)
    assert z.shape == (3, 8) and weights.shape == (3, 2, 5) and z.isfinite().all()
    torch.testing.assert_close(weights.sum(-1), torch.ones(3, 2))
    assert not weights[1, :, 3:].any()
    torch.testing.assert_close(pool(x[1:2, :3], pad_mask[1:2, :3])[0], z[1])
    torch.testing.assert_close(pool(x.flip(1), pad_mask.flip(1))[:2], z[:2])


def test_the_weights_are_those_of_the_forward_pass():
    torch.manual_seed(0)
    pool = CrossAttentionPooling(12, width=8, n_heads=2).eval()
    x, pad_mask = torch.randn(2, 5, 12), torch.zeros(2, 5, dtype=torch.bool)
    weights = pool.weights(x, pad_mask)
    value = pool.key_value(x)[..., 8:].unflatten(2, (2, 4))  # (B, L, n_heads, d_head)
    pooled = torch.einsum("bhl,blhd->bhd", weights, value).flatten(1)
    pooled = pool.norm(pool.out(pooled))
    torch.testing.assert_close(pooled + pool.feed_forward(pooled), pool(x, pad_mask))
