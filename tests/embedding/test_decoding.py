"""Reading tables, sampling latents and decoding coordinates."""

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError

from sklearn_sn import MMVAEEmbedder
from sklearn_sn.data import DataQualityWarning, as_ragged
from sklearn_sn.embedding._decoding import check_table_with_phase, with_light_curve
from tests.embedding.small_mmvae import GRID


def test_source_says_what_is_read(model, X, curves):
    alone = model.predict(curves, wavelength=GRID)
    np.testing.assert_allclose(model.predict(X, wavelength=GRID), alone, atol=1e-5)
    both = model.predict(X, wavelength=GRID, source=["light_curve", "spectrum"])
    has = as_ragged(X["spectrum"]).lengths > 0
    assert np.abs(both - alone)[has].max() > 1e-3
    np.testing.assert_allclose(both[~has], alone[~has], atol=1e-5)
    # With nothing else to go by, a spectrum tells of spectra.
    spectra = X[["spectrum", "redshift", "t_peak"]]
    own = model.predict(spectra[has], wavelength=GRID)
    np.testing.assert_allclose(
        own, model.predict(spectra[has], wavelength=GRID, source="spectrum"), atol=1e-5
    )


def test_estimating_peaks_that_fit_knew_is_said(model, X):
    with pytest.warns(DataQualityWarning, match="t_peak"):
        model.transform(X.drop(columns="t_peak"))


def test_unknown_redshift_is_said_and_finite(model, X):
    with pytest.warns(DataQualityWarning, match="no redshift"):
        answer = model.transform(X.assign(redshift=np.nan))
    assert np.isfinite(answer).all()


def test_phases_that_fit_has_not_seen_are_said(model, curves):
    with pytest.warns(DataQualityWarning, match="1 of 2 phases lie outside phase_range"):
        model.predict(curves[:3], phase=[0.0, 500.0], wavelength=GRID)


def test_score_of_an_object_does_not_depend_on_the_others(model, X):
    order = np.random.default_rng(0).permutation(len(X))
    np.testing.assert_allclose(model.score(X.iloc[order]), model.score(X), rtol=1e-5)
    alone = np.mean([model.score(X.iloc[[row]]) for row in range(8)])
    np.testing.assert_allclose(model.score(X.iloc[:8]), alone, rtol=1e-4)
    with pytest.raises(ValueError, match="n_samples must be 1 or more"):
        model.score(X, n_samples=0)


# Reading of a table ----------------------------------------------------------


def test_coordinate_columns_are_read_if_they_are_present(X):
    both = check_table_with_phase(X[:3], ["light_curve"])
    assert set(both.metadata) == {"redshift", "t_peak"}
    bare = X[:3].drop(columns=["redshift", "t_peak"])
    assert not check_table_with_phase(bare, ["light_curve"]).metadata


def test_metadata_columns_are_required_in_training_only(X):
    some = X[:3]
    table = check_table_with_phase(some, ["light_curve"], metadata_columns=("mass",))
    assert "mass" not in table.metadata
    with pytest.raises(ValueError, match="'mass'"):
        check_table_with_phase(some, ["light_curve"], training=True, metadata_columns=("mass",))


def test_a_light_curve_is_read_for_the_time_of_peak():
    curves = pd.DataFrame(columns=["light_curve"])
    assert with_light_curve(curves, ["spectrum"]) == ["spectrum", "light_curve"]
    assert with_light_curve(curves, ["light_curve"]) == ["light_curve"]
    assert with_light_curve(pd.DataFrame(), ["spectrum"]) == ["spectrum"]


# Directions of prediction ----------------------------------------------------


@pytest.mark.parametrize(
    ("to", "source", "sources"),
    [
        ("spectrum", None, ["light_curve"]),
        ("light_curve", None, ["spectrum"]),
        ("spectrum", "spectrum", ["spectrum"]),
        ("spectrum", ("spectrum", "light_curve"), ["light_curve", "spectrum"]),  # order of fit
    ],
)
def test_sources_and_the_key_of_their_calibration(model, to, source, sources):
    assert model._sources(to, source) == sources
    assert model._route(to, source) == f"{to} from {' and '.join(sources)}"


def test_one_modality_is_predicted_from_itself():
    single = MMVAEEmbedder()
    single.modalities_ = ["spectrum"]
    assert single._sources("spectrum", None) == ["spectrum"]


def test_unknown_modalities_are_named(model, curves):
    with pytest.raises(ValueError, match=r"'to' must be one of .* Got 'image' instead"):
        model.predict(curves, "image")
    with pytest.raises(ValueError, match=r"'source' must be one of .* Got 'image' instead"):
        model.predict(curves, source=["light_curve", "image"])
    with pytest.raises(ValueError, match="source must name a modality; got none"):
        model.predict(curves, source=())


# Samples and coordinates -----------------------------------------------------


def test_samples_say_which_objects_have_a_source(model, X):
    has = as_ragged(X["spectrum"]).lengths > 0
    samples = model._samples(X, "light_curve", "spectrum", 3, np.random.RandomState(0))
    assert samples.z.shape == (3, 60, 4)
    np.testing.assert_array_equal(samples.has_source, has)
    assert list(samples.dataset.prepared) == ["spectrum"]


def test_default_coordinates(model):
    spectrum = model._query_coordinates("spectrum", 2, np.ones(2), None, None, None)
    np.testing.assert_allclose(
        spectrum.log_wavelength[0], np.log(model.wavelength_ / 5000.0), atol=1e-6
    )
    assert not spectrum.phase.any() and spectrum.shape == (256,)
    light = model._query_coordinates("light_curve", 2, np.ones(2), None, None, None)
    low, high = model.phase_range
    n_phases = len(np.arange(np.ceil(low), high + 1e-9, 2.0))
    assert light.shape == (len(model.preprocessors_["light_curve"].bands_), n_phases)


def test_scores_are_distances_in_units_of_the_widths(model, X):
    data = model._read(X[:5], ["spectrum"])
    n_pixels = data.dataset.prepared["spectrum"].lengths
    z = np.zeros((2, 5, 4), dtype=np.float32)
    objects = np.array([True, False, True, True, True])
    index, log_wavelength, phase, score = model._scores("spectrum", z, data.dataset, objects)
    assert len(index) == len(log_wavelength) == len(phase) == len(score)
    np.testing.assert_array_equal(np.bincount(index, minlength=5), n_pixels * objects)
    assert np.isfinite(score).all() and (score >= 0).all()
    nothing = model._scores("spectrum", z, data.dataset, np.zeros(5, dtype=bool))
    assert [len(values) for values in nothing] == [0, 0, 0, 0]


def test_a_score_needs_usable_data(model, curves):
    empty = curves[:2].assign(light_curve=[None, None])
    with pytest.raises(ValueError, match="no object with usable data of a modality of fit"):
        model.score(empty)


def test_an_unfitted_embedder_does_not_decode(X):
    for call in ("score", "predict", "get_feature_names_out"):
        with pytest.raises(NotFittedError):
            getattr(MMVAEEmbedder(), call)(X)
