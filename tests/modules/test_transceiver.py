"""Reading any number of points, answering at any place."""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from sklearn_sn.modules import TransceiverDecoderModule, TransceiverEncoder
from sklearn_sn.modules._transceiver import CrossAttention

SIZES = {"d_model": 16, "n_heads": 4, "n_layers": 2, "d_feedforward": 16}


@pytest.fixture(autouse=True)
def seeded():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


@pytest.fixture
def encoder():
    return TransceiverEncoder(n_queries=6, **SIZES).eval()


@pytest.fixture
def decoder():
    return TransceiverDecoderModule(n_tokens=5, **SIZES).eval()


def test_encoder_never_sees_padding_nor_order(encoder):
    context, pad_mask = torch.randn(3, 7, 16), torch.zeros(3, 7, dtype=torch.bool)
    pad_mask[1, 4:] = True
    expected = encoder(context, pad_mask)
    assert expected.shape == (3, 6, 16)
    longer = torch.cat([context, 100 * torch.randn(3, 5, 16)], dim=1)
    padded = torch.cat([pad_mask, torch.ones(3, 5, dtype=torch.bool)], dim=1)
    order = torch.randperm(12)
    torch.testing.assert_close(encoder(longer[:, order], padded[:, order]), expected)
    torch.testing.assert_close(encoder(context[1:2, :4], pad_mask[1:2, :4]), expected[1:2])


def test_a_context_of_padding_alone_is_finite_and_says_nothing(encoder):
    everything = torch.ones(2, 5, dtype=torch.bool)
    context = torch.randn(2, 5, 16, requires_grad=True)
    out = encoder(context, everything)
    torch.testing.assert_close(out[0], out[1])
    out.sum().backward()
    assert (context.grad == 0).all()
    torch.testing.assert_close(encoder(torch.zeros(1, 0, 16), everything[:1, :0])[0], out[0])


def test_decoder_answers_a_query_whatever_else_is_asked(decoder):
    queries, tokens = torch.randn(3, 9, 16), torch.randn(4, 3, 5, 16)
    whole = decoder(queries, tokens)
    assert whole.shape == (4, 3, 9, 16)
    torch.testing.assert_close(decoder(queries[:, [2, 7]], tokens), whole[:, :, [2, 7]])


def test_decoder_shares_queries_between_objects(decoder):
    queries, tokens = torch.randn(1, 9, 16), torch.randn(4, 3, 5, 16)
    torch.testing.assert_close(decoder(queries, tokens), decoder(queries.expand(3, 9, 16), tokens))


def test_a_short_context_absorbs_the_projections_exactly():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        attention = CrossAttention(16, 4).double()
        x = torch.randn(1, 3, 9, 16, dtype=torch.double, requires_grad=True)
        context = torch.randn(5, 3, 4, 16, dtype=torch.double)
    everything = torch.ones(3, 4, dtype=torch.bool)
    short, fused = attention(x, context), attention(x, context, everything)
    torch.testing.assert_close(short, fused)
    with torch.no_grad():  # predictions
        torch.testing.assert_close(attention(x, context), fused)
    for one, other in zip(
        torch.autograd.grad(short.square().sum(), [x, *attention.parameters()]),
        torch.autograd.grad(fused.square().sum(), [x, *attention.parameters()]),
        strict=True,
    ):
        torch.testing.assert_close(one, other)


class Largest(TorchDispatchMode):
    """The largest tensor that any operation makes, and how often it projects."""

    def __init__(self):
        super().__init__()
        self.numel, self.rows = 0, []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        for part in out if isinstance(out, tuple | list) else [out]:
            if isinstance(part, torch.Tensor):
                self.numel = max(self.numel, part.numel())
        if func is torch.ops.aten.addmm.default:
            self.rows.append(args[1].shape[0])
        return out


def test_nothing_is_as_large_as_length_squared(encoder, decoder):
    L, S = 4000, 2
    with torch.no_grad(), Largest() as seen:
        encoder(torch.randn(1, L, 16), torch.zeros(1, L, dtype=torch.bool))
        decoder(torch.randn(1, L, 16), torch.randn(S, 1, 5, 16))
    assert seen.numel <= 4 * S * L * 16 < L * L


def test_what_precedes_the_latent_is_computed_once_for_all_samples(decoder):
    L, S = 50, 8
    with torch.no_grad(), Largest() as seen:
        decoder(torch.randn(1, L, 16), torch.randn(S, 1, 5, 16))
    assert L in seen.rows  # the first projection of the queries
    assert max(seen.rows) == S * L
