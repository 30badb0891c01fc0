"""Transceivers: learned queries read a light curve, a spectrum, an image or metadata."""

import pytest
import torch

from sklearn_sn.encoders import (
    DataSettings,
    ImageTransceiver,
    LightCurveTransceiver,
    LightCurveTransformer,
    MetadataTransceiver,
    SpectrumTransceiver,
    TransceiverDecoder,
)
from sklearn_sn.encoders._transceiver import (
    LightCurveTransceiverModule,
    PointSetTransceiverModule,
    SpectrumTransceiverModule,
    coordinate_sizes,
)
from sklearn_sn.modules import PointSetExpert
from sklearn_sn.preprocessors import ImagePixels, MetadataNumbers

OWN = {"d_model": 16, "n_heads": 2, "n_layers": 1, "n_tokens": 4, "token_dim": 3}
SIZES = {**OWN, **coordinate_sizes(LightCurveTransceiver())}
KINDS = [LightCurveTransceiver, SpectrumTransceiver, ImageTransceiver, MetadataTransceiver]


def light_curves():
    values, time = torch.randn(3, 7, 2), torch.linspace(-20.0, 60.0, 7).expand(3, 7)
    place = torch.log(torch.tensor([0.9, 1.0, 1.3]))[:, None].expand(3, 7)
    pad_mask = torch.zeros(3, 7, dtype=torch.bool)
    pad_mask[1, 4:] = True
    return {"values": values, "time": time, "log_wavelength": place, "pad_mask": pad_mask}


def test_padding_and_order_do_not_matter():
    encoder = LightCurveTransceiverModule(n_in=2, **SIZES).eval()
    tensors = light_curves()
    whole = encoder(**tensors)
    assert whole.shape == (3, 12) and encoder.output_dim == 12
    short = {name: tensor[1:2, :4] for name, tensor in tensors.items()}
    torch.testing.assert_close(encoder(**short)[0], whole[1], atol=1e-5, rtol=1e-4)
    turned = {name: tensor.flip(1) for name, tensor in tensors.items()}
    torch.testing.assert_close(encoder(**turned), whole, atol=1e-5, rtol=1e-4)
    later = encoder(**{**tensors, "time": tensors["time"] + 5.0})
    assert (later - whole).abs().max() > 1e-3


def test_spectra_know_their_wavelengths():
    encoder = SpectrumTransceiverModule(n_in=2, **SIZES).eval()
    flux, wavelength = torch.randn(3, 2, 20), torch.linspace(3500.0, 9000.0, 20)
    pad_mask = torch.zeros(3, 20, dtype=torch.bool)
    pad_mask[2] = True
    whole = encoder(flux, pad_mask, wavelength)
    assert whole.shape == (3, 12) and whole.isfinite().all()
    assert (encoder(flux, pad_mask, 1.1 * wavelength) - whole)[:2].abs().max() > 1e-3
    # Nothing to read: what it answers is the same for everybody.
    torch.testing.assert_close(encoder(flux.flip(0), pad_mask, wavelength)[2], whole[2])


def test_euclidean_distance_is_the_frobenius_distance_of_the_sequences():
    encoder = LightCurveTransceiverModule(n_in=2, **SIZES).eval()
    flat = encoder(**light_curves())
    tokens = flat.view(3, 4, 3)
    frobenius = torch.linalg.matrix_norm(tokens[0] - tokens[1])
    torch.testing.assert_close((flat[0] - flat[1]).norm(), frobenius)


def test_points_of_any_kind_are_read_but_for_the_hidden():
    encoder = PointSetTransceiverModule(n_in=2, **SIZES).eval()
    points = {
        "values": torch.randn(3, 7, 2),
        "log_wavelength": 0.2 * torch.randn(3, 7),
        "phase": 20.0 * torch.randn(3, 7),
        "hidden": torch.zeros(3, 7, dtype=torch.bool),
    }
    whole = encoder(**points, target=None, pad_mask=None)  # others are left alone
    for name in ("values", "log_wavelength", "phase"):
        assert (encoder(**{**points, name: points[name] + 0.3}) - whole).abs().max() > 1e-4
    points["hidden"][:, 4:] = True
    hidden = encoder(**points)
    points["values"][:, 4:] = 1e3
    torch.testing.assert_close(encoder(**points), hidden)


def test_coordinates_resolve_what_is_asked_for():
    sizes = coordinate_sizes(
        LightCurveTransceiver(n_frequencies=5, velocity_resolution=3000.0, phase_resolution=4.0),
        time_span=100.0,
    )
    # The width of a line is half a period.
    assert sizes["wavelength_period"] == pytest.approx((2 * 3000.0 / 299792.458, 4.0))
    assert sizes["phase_period"] == (8.0, 200.0) and sizes["n_frequencies"] == 5


@pytest.mark.parametrize("kind", KINDS)
def test_experts_have_the_sizes_of_the_encoder(kind):
    encoder = kind(d_model=8, n_heads=2, n_layers=1, d_feedforward=12, dropout=0.3)

    class Points:
        n_values = 3

    expert = encoder.make_expert(Points, n_tokens=5, latent_dim=2, time_span=120.0)
    assert isinstance(expert, PointSetExpert) and encoder.reads_points
    assert expert.config == {
        "n_values": 3,
        "dropout": 0.3,
        "d_model": 8,
        "coordinates": coordinate_sizes(encoder, 120.0),
        "n_tokens": 5,
        "latent_dim": 2,
        "n_heads": 2,
        "n_layers": 1,
        "d_feedforward": 12,
    }


@pytest.mark.parametrize("kind", [*KINDS, TransceiverDecoder])
def test_heads_must_divide_the_width(kind):
    with pytest.raises(ValueError, match=f"'d_model' parameter of {kind.__name__} must be a mult"):
        kind(d_model=10, n_heads=4).check()
    kind(d_model=9, n_heads=3).check()


def test_light_curves_of_training_are_padded_in_few_chunks():
    assert LightCurveTransceiver().make_preprocessor(DataSettings()).chunk_points is None
    assert LightCurveTransformer().make_preprocessor(DataSettings()).chunk_points > 0


def test_images_and_metadata_are_read_as_points():
    image = ImageTransceiver(size=8, augmentation=False).make_preprocessor(DataSettings())
    assert isinstance(image, ImagePixels) and image.size == 8 and not image.augmentation
    columns = DataSettings(metadata_columns=("redshift",))
    metadata = MetadataTransceiver(augmentation=False).make_preprocessor(columns)
    assert isinstance(metadata, MetadataNumbers) and metadata.columns == ("redshift",)
    assert not metadata.augmentation


def test_a_module_has_the_parameters_of_its_encoder():
    encoder = SpectrumTransceiver(**OWN, d_feedforward=20, dropout=0.3, channels=("flux",))
    encoder.check()
    module = encoder.make_module(encoder.make_preprocessor(DataSettings()))
    assert module.config == {
        "n_in": 1,
        "dropout": 0.3,
        "d_feedforward": 20,
        **OWN,
        **coordinate_sizes(encoder),
    }
    assert module.output_dim == 12
