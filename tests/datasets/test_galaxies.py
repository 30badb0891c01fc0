"""Simulated galaxies: tables, seeds, chunks, and agreement of the modalities."""

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from numpy.testing import assert_array_equal

from sklearn_sn.data import as_ragged, check_table
from sklearn_sn.datasets import iter_galaxies, make_galaxies

SMALL = {"image_size": 16, "n_bins": 64}


@pytest.fixture(scope="module")
def sample():
    return make_galaxies(300, random_state=0)


def flat(X):
    """All numbers of a table."""
    spectra = as_ragged(X["spectrum"], "spectrum")
    images = np.stack(X["image"].to_list()).ravel()
    return np.concatenate([images, *spectra.fields.values(), X[["g", "r", "z"]].to_numpy().ravel()])


def test_columns_units_and_types(sample):
    X, y = sample
    assert X.columns.tolist() == ["image", "spectrum", "g", "r", "z"]
    assert X.index.equals(y.index) and X.index[0] == "gal-000000" and X.index.is_unique
    image, cell = X["image"].iloc[0], X["spectrum"].iloc[0]
    assert image.shape == (3, 64, 64) and image.dtype == np.float32
    assert cell.columns.tolist() == ["wavelength", "flux", "flux_err"] and len(cell) == 1000
    assert cell["wavelength"].iloc[0] == 3600.0 and cell["wavelength"].iloc[-1] == 9800.0
    assert set(y["type"]) == {"elliptical", "lenticular", "spiral", "irregular"}
    assert y.drop(columns="type").notna().all(axis=None) and y["inclination"].between(0, 90).all()
    assert X["r"].max() < 19.5 and y["redshift"].between(0.01, 0.6).all()
    assert np.isfinite(flat(X)).all()
    check_table(X, metadata_columns=["g", "r", "z"])


def test_images_have_the_measured_magnitudes(sample):
    X, y = sample
    images = np.stack(X["image"].to_list())
    rows, pixels = np.mgrid[:64, :64] - 31.5
    inside = np.hypot(rows, pixels) < 31.5
    magnitudes = 22.5 - 2.5 * np.log10((images * inside).sum(axis=(2, 3)))
    # Large galaxies extend beyond the image, and neighbours add light to faint ones.
    usable = ((y["size"] < 3.0) & (X["r"] < 18.8)).to_numpy()
    difference = magnitudes[usable] - X[["g", "r", "z"]].to_numpy()[usable]
    assert usable.sum() > 50
    assert np.abs(np.median(difference, axis=0)).max() < 0.06
    assert (np.median(np.abs(difference), axis=0) < 0.1).all()


def test_spectra_have_the_colours_of_the_magnitudes(sample):
    X, _ = sample
    flux = as_ragged(X["spectrum"], "spectrum")["flux"].reshape(len(X), -1)
    wavelength = np.linspace(3600.0, 9800.0, 1000)
    parts = [
        flux[:, np.abs(wavelength - c) < w].mean(axis=1) for c, w in ((4740, 600), (6410, 650))
    ]
    colour = -2.5 * np.log10(np.maximum(parts[0], 1e-3) / parts[1])
    assert np.corrcoef(colour, X["g"] - X["r"])[0, 1] > 0.9


def test_properties_are_related_to_what_is_observed(sample):
    X, y = sample
    colour = X["g"] - X["r"]
    passive = y["log_sfr"] - y["log_stellar_mass"] < -11.2
    assert colour[passive].mean() > colour[~passive].mean() + 0.5
    near = y["redshift"].between(0.1, 0.2)
    assert np.corrcoef(y["log_stellar_mass"][near], X["z"][near])[0, 1] < -0.5


def test_equal_seeds_give_equal_galaxies():
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    first, again = (make_galaxies(20, random_state=3, **SMALL) for _ in range(2))
    assert_array_equal(flat(first[0]), flat(again[0]))
    pd.testing.assert_frame_equal(first[1], again[1])
    other = make_galaxies(20, random_state=4, **SMALL)
    assert not np.array_equal(other[1]["redshift"], first[1]["redshift"])
    assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


def test_generators_and_random_states_seed_too():
    for make in (np.random.default_rng, np.random.RandomState):
        first, again = (make_galaxies(2, random_state=make(0), **SMALL) for _ in range(2))
        assert_array_equal(flat(first[0]), flat(again[0]))


@pytest.mark.parametrize("chunk_size", [7, 256, 300, 1000])
def test_galaxies_do_not_depend_on_chunks(chunk_size):
    whole, truth = make_galaxies(300, random_state=0, image_size=8, n_bins=16)
    options = {"random_state": 0, "image_size": 8, "n_bins": 16}
    chunks = list(iter_galaxies(300, chunk_size=chunk_size, **options))
    assert [len(X) for X, _ in chunks[:-1]] == [chunk_size] * (len(chunks) - 1)
    assert_array_equal(flat(pd.concat([X for X, _ in chunks])), flat(whole))
    pd.testing.assert_frame_equal(pd.concat([y for _, y in chunks]), truth)


def test_galaxies_depend_neither_on_modalities_nor_on_processes():
    X, y = make_galaxies(300, random_state=0, image_size=8, n_bins=16)
    with parallel_config(backend="threading"):
        spectra, same = make_galaxies(
            300, random_state=0, modalities="spectrum", n_bins=16, n_jobs=2
        )
    assert spectra.columns.tolist() == ["spectrum", "g", "r", "z"]
    pd.testing.assert_frame_equal(spectra, X.drop(columns="image"))
    pd.testing.assert_frame_equal(same, y)


def test_one_galaxy_on_the_native_grid():
    X, y = make_galaxies(
        1, image_size=152, n_bins=7781, wavelength_range=(3600, 9824), random_state=0
    )
    assert len(X) == len(y) == 1 and X["image"].iloc[0].shape == (3, 152, 152)
    wavelength = X["spectrum"].iloc[0]["wavelength"].to_numpy()
    np.testing.assert_allclose(np.diff(wavelength), 0.8, atol=2e-3)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_samples": 0}, "'n_samples' parameter of make_galaxies"),
        ({"image_size": 2}, "'image_size' parameter of make_galaxies"),
        ({"n_bins": 1}, "'n_bins' parameter of make_galaxies"),
        ({"wavelength_range": (3000, 9000)}, "'wavelength_range' parameter of make_galaxies"),
        ({"wavelength_range": (5000, 5000)}, "'wavelength_range' parameter of make_galaxies"),
        ({"redshift_range": (0.3, 0.9)}, "'redshift_range' parameter of make_galaxies"),
        ({"redshift_range": (0.3, 0.1)}, "'redshift_range' parameter of make_galaxies"),
        ({"modalities": ["light_curve"]}, "'modalities' parameter of make_galaxies"),
        ({"modalities": []}, "'modalities' parameter of make_galaxies"),
        ({"magnitude_limit": 30}, "'magnitude_limit' parameter of make_galaxies"),
        ({"redshift_range": (0.55, 0.6), "magnitude_limit": 14}, "Lower 'redshift_range'"),
    ],
)
def test_bad_parameters_are_named(parameters, message):
    with pytest.raises(ValueError, match=message):
        make_galaxies(**{"n_samples": 2, **parameters})


def test_iter_galaxies_rejects_parameters_at_the_call():
    with pytest.raises(TypeError, match="unexpected parameter 'classes'"):
        iter_galaxies(5, classes=["SN Ia"])
    with pytest.raises(ValueError, match="'chunk_size' parameter of iter_galaxies"):
        iter_galaxies(5, chunk_size=0)
