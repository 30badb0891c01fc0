"""What a parameter may be that stands for an encoder."""

import pytest
from torch import nn

from sklearn_sn.encoders import (
    GRU,
    MODALITIES,
    CustomLightCurveEncoder,
    DeepSets,
    LightCurveTransformer,
    SpectrumCNN,
    encoder_names,
    named_encoder,
    resolve_encoder,
)

WHERE = {"parameter": "encoder", "estimator": "Estimator", "default": "gru"}


def resolved(value, modality="light_curve"):
    return resolve_encoder(value, modality, **WHERE)


@pytest.mark.parametrize("modality", MODALITIES)
def test_names(modality):
    names = encoder_names(modality)
    assert names == sorted(names) and "transceiver" in names
    for name in names:
        encoder = named_encoder(modality, name)
        assert (encoder.modality, encoder.name) == (modality, name)
        assert type(resolved(name, modality)) is type(encoder)


def test_auto_is_the_default():
    assert type(resolved("auto")) is GRU
    assert type(resolved("transformer")) is LightCurveTransformer


def test_an_encoder_is_copied_and_checked():
    given = DeepSets(d_model=5)
    encoder = resolved(given)
    assert encoder is not given and encoder.get_params() == given.get_params()
    with pytest.raises(ValueError, match="'d_model' parameter of DeepSets"):
        resolved(DeepSets(d_model=0))


def test_modules_and_callables_are_wrapped():
    module = nn.Linear(2, 2)
    for value in (module, lambda: module, nn.Identity):
        encoder = resolved(value)
        assert type(encoder) is CustomLightCurveEncoder and encoder.module is value


@pytest.mark.parametrize(
    "value", ["grus", "cnn", SpectrumCNN(), GRU, 3, None, ["gru"]], ids=lambda v: str(v)[:12]
)
def test_what_is_no_encoder_of_the_modality(value):
    with pytest.raises(
        ValueError, match=r"'encoder' parameter of Estimator must be 'auto', one of"
    ):
        resolved(value)


def test_an_unknown_name():
    names = r"\['cnn', 'convnext', 'resnet', 'transceiver'\]"
    with pytest.raises(ValueError, match=f"'image' has the encoders {names}. Got 'gru' instead"):
        named_encoder("image", "gru")
