"""Images on one flux scale: fit, crop, rotate."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import check_table
from sklearn_sn.preprocessors import FluxImagePreprocessor


def table_of(*cells):
    X = pd.DataFrame({"image": pd.Series(list(cells), dtype=object)})
    return check_table(X, modalities=["image"])


def gathered(preprocessor, table, rng=None):
    return preprocessor.gather(preprocessor.prepare(table), np.arange(len(table)), rng)


def noise(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def test_one_scale_for_all_images_keeps_magnitudes_and_colours():
    images = noise(6, 2, 15, 15) * np.array([2.0, 5.0])[:, None, None] + 7.0
    images[3, :, 6:9, 6:9] += np.array([400.0, 100.0])[:, None, None]
    images[1, 0, :4] = np.nan
    table = table_of(*images)
    preprocessor = FluxImagePreprocessor().fit(table)
    np.testing.assert_allclose(preprocessor.center_, np.nanmedian(images, axis=(0, 2, 3)))
    offset = np.abs(images - np.nanmedian(images, axis=(0, 2, 3))[:, None, None])
    expected = 1.4826 * np.nanmedian(offset, axis=(0, 2, 3))
    np.testing.assert_allclose(preprocessor.scale_, expected, rtol=1e-6)
    arrays, _ = gathered(preprocessor, table)
    flux = (images - preprocessor.center_[:, None, None]) / preprocessor.scale_[:, None, None]
    expected = np.nan_to_num(np.arcsinh(flux) / 3.0)
    np.testing.assert_allclose(arrays["image"], expected, atol=2e-3)
    assert arrays["image"].dtype == np.float32
    brighter, _ = gathered(preprocessor, table_of(*(10.0 * images)))
    assert (brighter["image"][3, :, 7, 7] - arrays["image"][3, :, 7, 7] > 0.5).all()


def test_training_rows_alone_set_the_scale():
    table = table_of(noise(1, 9, 9), 100.0 * noise(1, 9, 9), None)
    one = FluxImagePreprocessor().fit(table, rows=np.array([0, 2]))
    assert one.scale_ < 2.0 < FluxImagePreprocessor().fit(table).scale_


@pytest.mark.parametrize(
    ("image", "scale"),
    [
        (np.zeros((1, 3, 3)), 1.0),
        (np.pad(np.ones((1, 1, 1)), ((0, 0), (1, 1), (1, 1))), 1 / 9),
        (np.concatenate([np.ones((1, 2, 2)), np.full((1, 2, 2), np.nan)]), (1.0, 1.0)),
    ],
)
def test_flat_and_missing_channels_have_a_scale(image, scale):
    preprocessor = FluxImagePreprocessor().fit(table_of(image))
    np.testing.assert_allclose(preprocessor.scale_, scale, rtol=1e-6)
    assert np.isfinite(gathered(preprocessor, table_of(image))[0]["image"]).all()


def test_extreme_fluxes_stay_finite():
    image = noise(1, 5, 5)
    preprocessor = FluxImagePreprocessor().fit(table_of(image))
    image[0, 2, 2] = 3e38
    arrays, _ = gathered(preprocessor, table_of(image))
    assert np.isfinite(arrays["image"]).all() and arrays["image"].max() > 3.5


@pytest.mark.parametrize(("side", "crop", "margin"), [(21, 9, 6), (152, 96, 24), (10, 9, 0)])
def test_crop_is_central_with_an_equal_margin(side, crop, margin):
    image = noise(1, side, side)
    table = table_of(image, None)
    preprocessor = FluxImagePreprocessor(crop=crop).fit(table)
    assert (preprocessor.size_, preprocessor.margin_) == (crop, margin)
    arrays, object_index = gathered(preprocessor, table)
    assert object_index.tolist() == [0]
    start = (side - crop) // 2
    inner = image[:, start : start + crop, start : start + crop]
    flux = (inner - preprocessor.center_) / preprocessor.scale_[0]
    np.testing.assert_allclose(arrays["image"][0], np.arcsinh(flux) / 3, atol=2e-3)


def test_rotation_fills_the_corners_of_the_crop_from_the_image_around_it():
    y = np.arange(61.0) - 30.0
    ramp = np.broadcast_to(y[:, None], (61, 61))[None].copy()
    table = table_of(*[ramp] * 40)
    preprocessor = FluxImagePreprocessor(crop=31).fit(table)
    arrays, _ = gathered(preprocessor, table, np.random.default_rng(0))
    flux = np.sinh(3.0 * arrays["image"][:, 0]) * preprocessor.scale_[0]
    # A rotated plane is a plane, also in the corners; its slope stays 1.
    down, across = flux[:, 16, 15] - flux[:, 15, 15], flux[:, 15, 16] - flux[:, 15, 15]
    np.testing.assert_allclose(np.hypot(down, across), 1.0, atol=0.01)
    corner = 15.0 * (down + across)
    np.testing.assert_allclose(flux[:, 30, 30], corner, atol=0.1)
    assert np.abs(corner).max() > 15.0 * 1.3


def test_augmentation_can_be_turned_off_or_kept_to_right_angles():
    table = table_of(*noise(40, 1, 5, 5))
    whole, _ = gathered(FluxImagePreprocessor().fit(table), table)
    still = FluxImagePreprocessor(augmentation=False).fit(table)
    arrays, _ = gathered(still, table, np.random.default_rng(0))
    np.testing.assert_array_equal(arrays["image"], whole["image"])
    right = FluxImagePreprocessor(rotation="right_angles").fit(table)
    arrays, _ = gathered(right, table, np.random.default_rng(0))
    pixels, expected = (np.sort(a["image"].reshape(40, -1), axis=1) for a in (arrays, whole))
    np.testing.assert_allclose(pixels, expected, atol=1e-4)
    assert (arrays["image"] != whole["image"]).mean() > 0.5


def test_no_rows():
    table = table_of(noise(1, 5, 5))
    preprocessor = FluxImagePreprocessor().fit(table)
    prepared = preprocessor.prepare(table)
    empty, rng = np.array([], dtype=int), np.random.default_rng(0)
    assert preprocessor.gather(prepared, empty, rng)[0]["image"].shape == (0, 1, 5, 5)


def test_other_numbers_of_channels_are_rejected():
    preprocessor = FluxImagePreprocessor().fit(table_of(np.ones((3, 5, 5))))
    with pytest.raises(ValueError, match=r"Object 0: the image has 2 channels, but 3"):
        preprocessor.prepare(table_of(np.ones((2, 5, 5))))
