"""The decoder of a multimodal autoencoder as a parameter object."""

import pytest
from sklearn.base import clone

from sklearn_sn.encoders import LightCurveTransceiver, TransceiverDecoder, named_encoder
from sklearn_sn.encoders._transceiver import coordinate_sizes
from sklearn_sn.modules import PointSetDecoder


def test_the_module_has_its_sizes():
    decoder = TransceiverDecoder(
        d_model=8,
        n_heads=2,
        n_layers=1,
        d_feedforward=12,
        n_frequencies=5,
        velocity_resolution=2000.0,
        phase_resolution=3.0,
    )
    decoder.check()
    module = decoder.make_module(n_tokens=3, latent_dim=2, time_span=90.0)
    assert isinstance(module, PointSetDecoder)
    assert module.config == {
        "d_model": 8,
        "coordinates": coordinate_sizes(decoder, 90.0),
        "n_tokens": 3,
        "latent_dim": 2,
        "n_heads": 2,
        "n_layers": 1,
        "d_feedforward": 12,
    }
    assert module.config["coordinates"]["phase_period"] == (6.0, 180.0)


def test_it_reads_coordinates_as_the_encoders_do():
    decoder, encoder = TransceiverDecoder(), LightCurveTransceiver()
    assert coordinate_sizes(decoder, 50.0) == coordinate_sizes(encoder, 50.0)


def test_it_is_found_by_its_name_and_cloned():
    assert isinstance(named_encoder("decoder", "transceiver"), TransceiverDecoder)
    decoder = TransceiverDecoder(n_layers=2)
    assert clone(decoder).get_params() == decoder.get_params()
    assert repr(decoder) == "TransceiverDecoder(n_layers=2)"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("d_model", 0),
        ("n_frequencies", 1),
        ("velocity_resolution", 0.0),
        ("phase_resolution", -1.0),
        ("max_points", 1),
        ("max_pixels", 1),
        ("spectra_per_object", 0),
        ("image_size", 1),
        ("normalization_range", 5.0),
    ],
)
def test_an_invalid_parameter_is_named(name, value):
    with pytest.raises(ValueError, match=f"{name!r} parameter of TransceiverDecoder"):
        TransceiverDecoder(**{name: value}).check()


def test_heads_must_divide_the_width():
    with pytest.raises(ValueError, match="must be a multiple of 'n_heads'"):
        TransceiverDecoder(d_model=10, n_heads=4).check()
