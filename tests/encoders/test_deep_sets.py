"""DeepSets: a mean over points."""

import pytest
import torch

from sklearn_sn.data import check_table
from sklearn_sn.encoders import DataSettings, DeepSets
from sklearn_sn.encoders._deep_sets import DeepSetsModule
from tests.encoders.points import light_curves, padded


@pytest.fixture
def module():
    return DeepSetsModule(n_values=3, d_model=8, output_dim=5).eval()


def test_padding_and_order_do_not_matter(module):
    points = light_curves()
    expected = module(**points)
    assert expected.shape == (3, 5)
    torch.testing.assert_close(module(**padded(points)), expected, atol=1e-5, rtol=1e-5)
    order = torch.randperm(7)
    shuffled = {name: value[:, order] for name, value in points.items()}
    torch.testing.assert_close(module(**shuffled), expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name", ["values", "time", "log_wavelength"])
def test_every_input_counts(module, name):
    points = light_curves()
    changed = {**points, name: points[name] + 0.5}
    assert (module(**changed) - module(**points)).abs().max() > 1e-4


def test_a_point_that_comes_twice_counts_twice_in_all(module):
    """The mean of every point doubled is the mean."""
    points = light_curves()
    doubled = {name: torch.cat([value, value], dim=1) for name, value in points.items()}
    torch.testing.assert_close(module(**doubled), module(**points), atol=1e-5, rtol=1e-5)


def test_parameters_reach_the_module(supernovae):
    encoder = DeepSets(d_model=6, n_layers=3, latent_dim=4, dropout=0.2, amplitude=False)
    encoder.check()
    table = check_table(supernovae[0], modalities=["light_curve"])
    made = encoder.make_module(encoder.make_preprocessor(DataSettings()).fit(table))
    assert made.config == {
        "n_values": 2,
        "d_model": 6,
        "n_layers": 3,
        "output_dim": 4,
        "dropout": 0.2,
    }
    assert len(made.point) == 7 and made.first_block() == [made.point[0]]
