"""Towers of metadata: columns, equations, a dict of the user."""

import pandas as pd
import pytest
import torch
from torch.nn import functional as F

from sklearn_sn.data import check_table
from sklearn_sn.encoders import ALERT_TOWERS, DataSettings, MetadataTowers
from sklearn_sn.encoders._metadata_towers import MetadataTowersModule

TOWERS = {"a": [0, 2], "b": [1], "all": [0, 1, 2]}


def fitted(encoder, **columns):
    table = check_table(pd.DataFrame(columns), modalities=["metadata"], metadata_columns=[*columns])
    settings = DataSettings(metadata_columns=tuple(columns))
    return encoder.make_preprocessor(settings).fit(table)


@pytest.mark.parametrize("gate", [True, False])
def test_a_tower_is_two_linear_layers_with_skip_and_gate(gate):
    torch.manual_seed(0)
    module = MetadataTowersModule(towers=TOWERS, d_model=4, gate=gate).eval()
    values = torch.randn(5, 3)
    found = module(values)
    assert found.shape == (5, module.output_dim) == (5, 12)
    for i, positions in enumerate(TOWERS.values()):
        n = len(positions)
        first = values[:, positions] @ module.first.weight[i, :n] + module.first.bias[i]
        hidden, skip = first[:, :4], first[:, 4:8]
        second = F.gelu(hidden) @ module.second.weight[i] + module.second.bias[i]
        expected = F.gelu(second + skip)
        if gate:
            expected = expected * torch.sigmoid(first[:, 8:])
        torch.testing.assert_close(found[:, 4 * i : 4 * i + 4], expected)


def test_a_tower_reads_its_columns_alone():
    module = MetadataTowersModule(towers=TOWERS, d_model=4).eval()
    values = torch.randn(1, 3, requires_grad=True)
    module(values)[:, :4].sum().backward()  # the tower "a"
    assert values.grad[0, 1] == 0.0 and (values.grad[0, [0, 2]] != 0).all()


def test_a_head_projects_to_the_latent():
    assert MetadataTowersModule(towers=TOWERS, latent_dim=7)(torch.randn(2, 3)).shape == (2, 7)


def test_towers_without_columns_are_left_out():
    preprocessor = fitted(MetadataTowers(), ra=[1.0, 2.0], magpsf=[18.0, 19.0])
    module = MetadataTowers(n_frequencies=2).make_module(preprocessor)
    assert list(module.config["towers"]) == ["magnitude", "coordinates", "all"]
    with pytest.raises(ValueError, match=r"names none of the metadata columns \['ra', 'magpsf'\]"):
        MetadataTowers(towers={"host": ["redshift"]}).make_module(preprocessor)


def test_a_user_may_change_the_towers():
    encoder = MetadataTowers(towers={**ALERT_TOWERS, "host": ("redshift", "survey")})
    encoder.check()
    assert "redshift" in encoder.default_columns and len(encoder.default_columns) == 21
    preprocessor = fitted(encoder, redshift=[0.1, 0.2], survey=["ZTF", "ATLAS"])
    assert encoder.make_module(preprocessor).config["towers"]["host"] == [0, 1, 2, 3]


def test_default_towers_are_those_of_an_alert():
    assert len(ALERT_TOWERS) == 8 and ALERT_TOWERS["all"] is None
    assert len(MetadataTowers().default_columns) == 19


@pytest.mark.parametrize("towers", [{"psf": "chinr"}, {"psf": [1]}, {"psf": {"chinr": 1}}, {}])
def test_wrong_towers_are_rejected(towers):
    with pytest.raises(ValueError, match="'towers' parameter of MetadataTowers must hold"):
        MetadataTowers(towers=towers).check()
