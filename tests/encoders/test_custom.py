"""Modules of the user's own as encoders."""

import pytest
import torch
from torch import nn

from sklearn_sn.encoders import MODALITIES, DataSettings
from sklearn_sn.encoders._custom import CUSTOM, CustomLightCurveEncoder, new_module
from sklearn_sn.preprocessors import LightCurvePreprocessor


def test_a_module_is_copied_and_a_callable_called():
    module = nn.Linear(2, 3)
    copied = new_module(module)
    assert copied is not module and torch.equal(copied.weight, module.weight)
    with torch.no_grad():
        copied.weight.zero_()
    assert module.weight.any()
    assert new_module(lambda: module) is module
    assert isinstance(new_module(nn.Identity), nn.Identity)


@pytest.mark.parametrize("modality", MODALITIES)
def test_every_modality_has_one(modality):
    module = nn.Linear(2, 3)
    encoder = CUSTOM[modality](module=module)
    assert encoder.modality == modality and encoder.name is None
    encoder.check()
    made = encoder.make_module(None)
    assert made is not module and torch.equal(made.weight, module.weight)
    assert encoder.make_preprocessor(DataSettings()) is not None


def test_scaling_can_be_chosen():
    encoder = CustomLightCurveEncoder(
        module=nn.Identity(), amplitude=False, time_origin="first", max_points=7
    )
    preprocessor = encoder.make_preprocessor(DataSettings())
    assert isinstance(preprocessor, LightCurvePreprocessor)
    assert not preprocessor.amplitude and preprocessor.time_origin == "first"
    assert preprocessor.max_points == 7
