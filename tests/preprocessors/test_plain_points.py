"""Metadata and cutouts as sets of points."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import check_table
from sklearn_sn.preprocessors import ImagePixels, ImagePreprocessor, MetadataNumbers

COLUMNS = ("redshift", "mass")


def numbers(**columns):
    X = pd.DataFrame(columns)
    return check_table(X, modalities=["metadata"], metadata_columns=list(columns))


@pytest.fixture
def table():
    redshift = np.array([0.1, 0.2, np.nan, 0.4, np.nan])
    return numbers(redshift=redshift, mass=np.array([1.0, 3.0, 5.0, np.nan, np.nan]))


@pytest.fixture
def cutouts():
    images = np.random.default_rng(0).normal(size=(4, 2, 9, 9))
    column = pd.Series([images[0], None, images[2], images[3]], dtype=object)
    return check_table(pd.DataFrame({"image": column}))


def test_every_known_number_is_a_point(table):
    preprocessor = MetadataNumbers(columns=COLUMNS, augmentation=False).fit(table)
    prepared = preprocessor.prepare(table)
    assert prepared.lengths.tolist() == [2, 2, 1, 1, 0]
    across = preprocessor.coordinates()[0][0]
    np.testing.assert_allclose(prepared.points[:, 2], across[[0, 1, 0, 1, 1, 0]], rtol=1e-6)
    assert not prepared.points[:, 1].any()  # errors are not known
    assert preprocessor.output_shape == (2,)


def test_numbers_come_back_in_their_units(table):
    preprocessor = MetadataNumbers(columns=COLUMNS, augmentation=False).fit(table)
    prepared = preprocessor.prepare(table)
    both = prepared.points[:4, 0].reshape(2, 2).astype(float)
    np.testing.assert_allclose(preprocessor.to_flux(both), [[0.1, 1.0], [0.2, 3.0]], rtol=1e-5)


def test_a_missing_column_is_unknown_and_text_is_rejected(table):
    preprocessor = MetadataNumbers(columns=COLUMNS, augmentation=False).fit(table)
    assert preprocessor.prepare(numbers(redshift=np.array([0.1, 0.2]))).lengths.tolist() == [1, 1]
    text = numbers(redshift=np.array([0.1, 0.2]), mass=np.array(["low", "high"], dtype=object))
    with pytest.raises(ValueError, match="column 'mass' of X must hold numbers"):
        preprocessor.prepare(text)


def test_wavelength_edges_lie_between_the_columns(table):
    preprocessor = MetadataNumbers(columns=COLUMNS, augmentation=False).fit(table)
    place = 5000.0 * np.exp(preprocessor.coordinates()[0][0])
    (edge,) = preprocessor.wavelength_edges()
    assert place[0] < edge < place[1]


@pytest.mark.parametrize("size", [3, 9, 16])
def test_pixels_are_averages_of_the_scaled_cutout(cutouts, size):
    preprocessor = ImagePixels(size=size, augmentation=False).fit(cutouts)
    side = min(size, 9)
    assert preprocessor.output_shape == (2, side, side)
    prepared = preprocessor.prepare(cutouts)
    n = 2 * side * side
    assert prepared.lengths.tolist() == [n, 0, n, n]
    whole = ImagePreprocessor(augmentation=False).fit(cutouts).prepare(cutouts).images
    averaged = whole.reshape(3, 2, side, 9 // side, side, 9 // side).mean(axis=(3, 5))
    values = prepared.points[:, 0].reshape(3, 2, side, side)
    np.testing.assert_allclose(
        values * preprocessor.scale_ + preprocessor.mean_, averaged, atol=1e-5
    )


def test_every_pixel_has_coordinates_of_its_own(cutouts):
    preprocessor = ImagePixels(size=5, augmentation=False).fit(cutouts)
    across, down = preprocessor.coordinates()
    assert across.shape == down.shape == (1, 50)
    assert len(set(zip(across[0], down[0], strict=True))) == 50
    (edge,) = preprocessor.wavelength_edges()
    channel = 5000.0 * np.exp(across.reshape(2, 25))
    assert channel[0].max() < edge < channel[1].min()


def test_pixels_come_back_in_spreads_above_the_median(cutouts):
    preprocessor = ImagePixels(size=9, augmentation=False).fit(cutouts)
    image = cutouts.image[0]
    values = preprocessor.prepare(cutouts).points[:162, 0].astype(float).reshape(2, 9, 9)
    median = np.median(image, axis=(1, 2), keepdims=True)
    spread = 1.4826 * np.median(np.abs(image - median), axis=(1, 2), keepdims=True)
    expected = (image - median) / spread
    np.testing.assert_allclose(preprocessor.to_flux(values), expected, rtol=1e-3, atol=1e-4)
    assert np.isfinite(preprocessor.to_flux(np.array([1e6, -1e6]))).all()


def test_training_hides_pixels_from_the_encoder_alone(cutouts):
    preprocessor = ImagePixels(size=9, augmentation=True).fit(cutouts)
    prepared = preprocessor.prepare(cutouts)
    share = []
    for seed in range(20):
        arrays, object_index = preprocessor.gather(
            prepared, np.arange(4), np.random.default_rng(seed)
        )
        assert object_index.tolist() == [0, 2, 3]
        assert not arrays["pad_mask"].any()
        share += arrays["hidden"].mean(axis=1).tolist()
    assert min(share) == 0.0 and max(share) > 0.5
