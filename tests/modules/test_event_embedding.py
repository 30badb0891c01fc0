"""Tokens of points."""

import math

import pytest
import torch

from sklearn_sn.modules import EventEmbedding, Time2Vec


@pytest.fixture(autouse=True)
def seeded():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def test_one_linear_term_and_sinusoids():
    embed = Time2Vec(5).double()
    time = torch.tensor([0.0, 3.0, 200.0], dtype=torch.float64)
    out = embed(time)
    assert out.shape == (3, 5)
    torch.testing.assert_close(out[:, 0], time / 100.0)
    for k in range(4):
        frequency, phase = embed.frequency[k].item(), embed.phase[k].item()
        expected = [math.sin(frequency * t + phase) for t in time.tolist()]
        torch.testing.assert_close(out[:, k + 1], torch.tensor(expected, dtype=torch.float64))
    torch.testing.assert_close(out[:, 1] ** 2 + out[:, 2] ** 2, torch.ones_like(time))
    periods = 2 * math.pi / embed.frequency
    assert periods[0].item() == pytest.approx(6.0) and periods[-1].item() == pytest.approx(3000.0)


def test_frequencies_are_learned():
    embed = Time2Vec(4)
    embed(torch.rand(6)).sum().backward()
    assert all(weight.grad.abs().sum() > 0 for weight in embed.parameters())


def test_logarithmic_times():
    embed = Time2Vec(4, log_times=True)
    plain = Time2Vec(4)
    plain.load_state_dict(embed.state_dict())
    time = torch.rand(7) * 30
    torch.testing.assert_close(embed(time)[:, 1:], plain(torch.log1p(time))[:, 1:])
    torch.testing.assert_close(embed(time)[:, 0], torch.log1p(time))
    torch.testing.assert_close(embed(-time)[:, 0], -torch.log1p(time))


@pytest.mark.parametrize("log_times", [True, False])
@pytest.mark.parametrize("n_bands", [None, 3])
def test_every_input_counts(n_bands, log_times):
    embed = EventEmbedding(3, 8, n_bands, log_times)
    points = {
        "values": torch.randn(2, 4, 3),
        "time": torch.rand(2, 4) * 50,
        "since_previous": torch.rand(2, 4) * 50,
    }
    if n_bands is None:
        points["log_wavelength"] = torch.randn(2, 4) * 0.2
    else:
        points["band"] = torch.tensor([[0, 1, 1, 0]] * 2)
    out = embed(**points)
    assert out.shape == (2, 4, 8)
    for name, value in points.items():
        assert (embed(**{**points, name: value + 1}) - out).abs().amax(-1).min() > 1e-4, name


def test_new_bands_start_as_copies():
    embed = EventEmbedding(2, 4, n_bands=2)
    old = embed.band.weight.detach().clone()
    embed.add_bands(torch.tensor([1, 0]))
    torch.testing.assert_close(embed.band.weight, torch.cat([old, old[[1, 0]]]))
    assert embed.n_bands == 4 and embed.band.weight.requires_grad
