"""The encoding of wavelength and phase."""

import pytest
import torch
from torch import nn

from sklearn_sn.modules import CoordinateEmbedding, MultiFrequencyEncoding, sinusoid

LINE = 6150.0  # Å; Si II of a type Ia at peak
WIDTH = 25.0  # Å, one sigma


def fitted(encode, width, x, y, steps=400):
    """A small network on an encoding, trained on a curve; its answer there."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = nn.Sequential(nn.Linear(width, 32), nn.GELU(), nn.Linear(32, 1))
        optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
        features = encode(x)
        for _ in range(steps):
            optimizer.zero_grad()
            loss = ((net(features)[:, 0] - y) ** 2).mean()
            loss.backward()
            optimizer.step()
        return net(features)[:, 0].detach()


def test_a_narrow_line_is_fit_and_by_a_sinusoid_of_standardised_wavelengths_it_is_not():
    wavelength = torch.linspace(3500, 9000, 800)
    line = torch.exp(-0.5 * ((wavelength - LINE) / WIDTH) ** 2)
    log_wavelength = torch.log(wavelength / 5000.0)
    ours = MultiFrequencyEncoding(2 * 1000.0 / 299792.458, 4.0, 16)
    standardised = (wavelength - wavelength.mean()) / wavelength.std()
    sharp = fitted(ours, ours.width, log_wavelength, line)
    smooth = fitted(lambda x: sinusoid(x, 34, 1000.0), 34, standardised, line)
    near = (wavelength - LINE).abs() < 3 * WIDTH
    power = (line[near] ** 2).mean()
    assert ((sharp - line)[near] ** 2).mean() < 0.02 * power
    assert ((smooth - line)[near] ** 2).mean() > 0.3 * power


def test_periods_run_from_longest_to_shortest():
    encoding = MultiFrequencyEncoding(0.5, 8.0, 5)
    periods = 2 * torch.pi / encoding.frequencies
    torch.testing.assert_close(periods, torch.tensor([8.0, 4.0, 2.0, 1.0, 0.5]))


def test_unknown_is_told_from_zero_and_stays_finite():
    encoding = MultiFrequencyEncoding(1.0, 100.0, 4)
    zero, unknown = encoding(torch.tensor([0.0, float("nan")]))
    assert (unknown == 0).all()
    assert zero[-1] == 1.0
    embedding = CoordinateEmbedding(8, 4, (0.01, 4.0), (4.0, 200.0))
    out = embedding(torch.zeros(2, 3), torch.full((2, 3), float("nan")))
    assert out.shape == (2, 3, 8) and torch.isfinite(out).all()


@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_shapes(shape):
    assert MultiFrequencyEncoding(1.0, 10.0, 6)(torch.zeros(shape)).shape == (*shape, 14)
