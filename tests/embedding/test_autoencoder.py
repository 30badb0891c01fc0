"""Assembly of a multimodal autoencoder from its parameters."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch

from sklearn_sn import MMVAEEmbedder
from sklearn_sn.data import check_table, phase_frame
from sklearn_sn.embedding._autoencoder import (
    balanced_weights,
    build_module,
    check_inside,
    check_not_coordinates,
    check_parameters,
    check_range_of_points,
    chosen_encoders,
    encoder_key,
    fitted_preprocessors,
    point_set,
    prepare,
    requested_modalities,
)
from sklearn_sn.encoders import (
    ImageCNN,
    ImageTransceiver,
    LightCurveTransformer,
    MetadataMLP,
    SpectralFeatures,
    SpectrumCNN,
    SpectrumTransceiver,
    TransceiverDecoder,
)
from sklearn_sn.nets import TableDataset
from tests.embedding.small_mmvae import TINY


def embedder(**params):
    return MMVAEEmbedder(**{**TINY, **params})


def points(lengths, n_groups=None):
    """Return the sizes of prepared points."""
    n_groups = np.ones_like(lengths) if n_groups is None else np.array(n_groups)
    return SimpleNamespace(lengths=np.array(lengths), n_groups=n_groups)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"metadata_columns": (1,)}, "'metadata_columns' .* sequence of column names"),
        ({"metadata": MetadataMLP()}, "gives an encoder, but 'metadata_columns' names no column"),
        ({"phase_range": (0.0, np.nan)}, "'phase_range'"),
        ({"wavelength_range": (100.0, 9000.0)}, "'wavelength_range'"),
        ({"likelihood_weights": {"image": -1.0}}, "dict of positive numbers"),
        ({"likelihood_weights": {"image": "equal"}}, "dict of positive numbers"),
        ({"likelihood_weights": 1.0}, "must be 'balanced' or a dict. Got 1.0"),
    ],
)
def test_invalid_parameters_are_rejected(params, message):
    with pytest.raises(ValueError, match=message):
        check_parameters(embedder(**params))


@pytest.mark.parametrize("weights", ["balanced", {}, {"spectrum": "balanced", "image": 2}])
def test_valid_weights(weights):
    check_parameters(embedder(likelihood_weights=weights))


def test_columns_that_determine_coordinates_are_rejected():
    check_not_coordinates(("redshift", "host_mass"), "observer")
    check_not_coordinates((), "rest")
    with pytest.raises(ValueError, match=r"'redshift', .* or set frame='observer'\.$"):
        check_not_coordinates(("host_mass", "redshift"), "rest")
    with pytest.raises(ValueError, match=r"'t_peak', .* Leave it out\.$"):
        check_not_coordinates(("t_peak",), "observer")


def test_modalities_are_those_of_the_table_or_of_an_encoder():
    X = pd.DataFrame(columns=["light_curve", "image"])
    assert requested_modalities(embedder(spectrum="auto"), X) == ["light_curve", "image"]
    # An encoder that is given requires its modality.
    assert requested_modalities(embedder(image=None), X) == ["light_curve", "spectrum"]
    numbers = embedder(metadata_columns=("redshift",), light_curve=None, spectrum=None)
    assert requested_modalities(numbers, X) == ["image", "metadata"]
    assert requested_modalities(numbers.set_params(metadata=None), X) == ["image"]


def test_encoders_are_copies_without_open_parameters():
    spectrum = SpectrumCNN(max_shift=None)
    encoders = chosen_encoders(embedder(spectrum=spectrum, image="auto"), ["spectrum", "image"])
    assert isinstance(encoders["image"], ImageTransceiver)
    assert encoders["spectrum"].max_shift == 0.0 and spectrum.max_shift is None


def test_features_per_bin_are_rejected():
    with pytest.raises(ValueError, match=r"'spectrum' .* one vector .* SpectralFeatures\(\)"):
        chosen_encoders(embedder(spectrum=SpectralFeatures()), ["spectrum"])


def test_point_sets_take_the_sizes_of_the_decoder():
    decoder = TransceiverDecoder(max_points=7, max_pixels=9, spectra_per_object=2, image_size=5)
    model = embedder(metadata_columns=("mass",), phase_range=(-5.0, 50.0))
    curve = point_set("light_curve", model, LightCurveTransformer(), decoder)
    assert (curve.max_points, curve.phase_range) == (7, (-5.0, 50.0))
    # Only encoders that read the points are affected by what is hidden.
    assert curve.augmentation is False and curve.amplitude is False
    pixels = point_set("spectrum", model, SpectrumTransceiver(), decoder)
    assert (pixels.max_pixels, pixels.n_drawn, pixels.augmentation) == (9, 2, True)
    assert point_set("metadata", model, MetadataMLP(), decoder).columns == ("mass",)
    assert point_set("image", model, ImageCNN(), decoder).size == 5
    assert point_set("image", model, ImageTransceiver(size=4), decoder).size == 4


@pytest.fixture(scope="module")
def assembled(X):
    """A transformer of light curves and a transceiver of spectra: parts and dataset."""
    model = embedder(light_curve=LightCurveTransformer(d_model=8, n_layers=1, n_heads=2))
    table = check_table(X[:12], metadata_columns=["redshift", "t_peak"], warn=False)
    frame = phase_frame(table, rest=True)
    encoders = chosen_encoders(model, ["light_curve", "spectrum"])
    parts = fitted_preprocessors(model, encoders, model.decoder, table, frame, rest_frame=True)
    prepared = prepare(parts, table, frame)
    return model, encoders, TableDataset(parts, prepared)


def test_only_other_encoders_have_data_of_their_own(assembled):
    _, _, dataset = assembled
    own = encoder_key("light_curve")
    assert own == "light_curve encoder"
    assert list(dataset.preprocessors) == ["light_curve", "spectrum", own]
    assert list(dataset.prepared) == list(dataset.preprocessors)
    assert {len(part.lengths) for part in dataset.prepared.values()} == {12}


def test_the_module_gives_one_latent_for_every_expert(assembled):
    model, encoders, dataset = assembled
    with torch.random.fork_rng():
        torch.manual_seed(0)
        module = build_module(model, encoders, model.decoder, dataset).eval()
    assert list(module.encoders) == list(module.decoders) == ["light_curve", "spectrum"]
    assert tuple(module.latent_shape) == (2, 2)
    batch = dataset.gather(np.arange(12), "cpu")
    with torch.no_grad():
        out = module(batch.tensors, batch.object_index, 12, 3)
    assert out["z"].shape == (2, 3, 12, 2, 2) and torch.isfinite(out["z"]).all()


def test_data_inside_the_ranges_passes():
    check_inside({}, {"image": points([0, 4])})


def test_modalities_outside_the_ranges_are_named():
    part = SimpleNamespace(phase_range=(0.0, 1.0), wavelength_range=(3e3, 4e3))
    with pytest.raises(ValueError, match=r"No object of X has image; .* image=None"):
        check_inside({}, {"image": points([0, 0])})
    with pytest.raises(ValueError, match=r"No light_curve lies within phase_range=\(0.0, 1.0\)\."):
        check_inside({"light_curve": part}, {"light_curve": points([0])})
    message = r"No spectrum lies .* and wavelength_range=\(3000.0, 4000.0\)\. .* spectrum=None"
    for key in ("spectrum", "spectrum encoder"):
        with pytest.raises(ValueError, match=message):
            check_inside({key: part}, {key: points([])})


def test_an_encoder_of_points_has_no_grid_of_its_own():
    own = SpectrumTransceiver(wavelength_range=(4e3, 8e3))
    with pytest.raises(ValueError, match=r"of SpectrumTransceiver is \(4000.0, 8000.0\), but the"):
        check_range_of_points(own, (2500.0, 1e4))
    check_range_of_points(own, [4e3, 8e3])
    check_range_of_points(SpectrumTransceiver(), (2500.0, 1e4))
    check_range_of_points(SpectralFeatures(wavelength_range=(4e3, 8e3)), (2500.0, 1e4))


def weights_of(requested, n_drawn=None, **prepared):
    model = SimpleNamespace(modalities_=list(prepared), likelihood_weights=requested)
    parts = {name: SimpleNamespace(n_drawn=n_drawn) for name in prepared}
    return balanced_weights(model, parts, prepared)


def test_a_balanced_modality_weighs_as_much_as_the_spectra():
    # The object without a light curve does not count in the mean of 10 points.
    sizes = {"light_curve": points([5, 15, 0]), "spectrum": points([80, 120, 100])}
    out = weights_of("balanced", **sizes)
    assert out == {"weights": {"light_curve": 10.0, "spectrum": 1.0}, "points_per_object": 200.0}
    doubled = weights_of({"spectrum": 2.0}, **sizes)
    assert doubled["weights"] == {"light_curve": 20.0, "spectrum": 2.0}
    given = weights_of({"light_curve": 3, "spectrum": "balanced"}, **sizes)
    assert given == {"weights": {"light_curve": 3.0, "spectrum": 1.0}, "points_per_object": 130.0}


def test_a_modality_with_more_points_is_not_weighed_down():
    out = weights_of("balanced", light_curve=points([50]), spectrum=points([10]))
    assert out["weights"] == {"light_curve": 1.0, "spectrum": 1.0}


def test_without_spectra_the_modality_with_most_points_is_the_reference():
    out = weights_of("balanced", light_curve=points([40]), metadata=points([4]))
    assert out == {"weights": {"light_curve": 1.0, "metadata": 10.0}, "points_per_object": 80.0}


def test_only_spectra_that_a_step_draws_count():
    out = weights_of("balanced", n_drawn=2, spectrum=points([100, 100], n_groups=[1, 4]))
    assert out["points_per_object"] == 100.0 * (1.0 + 0.5) / 2
