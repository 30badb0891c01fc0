"""Cutouts: scale, size, gather."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import check_table
from sklearn_sn.preprocessors import ImagePreprocessor


def test_images_of_any_size_and_gaps():
    rng = np.random.default_rng(0)
    broken = rng.normal(size=(3, 9, 9))
    broken[0, 2, 2] = np.nan
    whole, turned = rng.normal(size=(3, 15, 15)), rng.normal(size=(12, 15, 3))
    cells = [whole, broken, None, turned, np.ones((3, 4, 4))]
    column = pd.Series(cells, dtype=object)
    table = check_table(pd.DataFrame({"image": column}))
    preprocessor = ImagePreprocessor().fit(table)
    prepared = preprocessor.prepare(table)
    arrays, object_index = preprocessor.gather(prepared, np.arange(5), np.random.default_rng(0))
    assert object_index.tolist() == [0, 1, 3, 4]
    assert arrays["image"].shape == (4, 3, 15, 15)
    assert np.isfinite(arrays["image"]).all()


def table_of(*cells):
    return check_table(pd.DataFrame({"image": pd.Series(list(cells), dtype=object)}))


def test_channels_are_scaled_by_median_and_spread():
    image = np.random.default_rng(0).normal(size=(2, 11, 11))
    preprocessor = ImagePreprocessor()
    one = preprocessor.fit(table_of(image)).prepare(table_of(image)).images
    other = preprocessor.prepare(table_of(30.0 * image + 7.0)).images
    np.testing.assert_allclose(one, other, atol=1e-5)
    median = np.median(image, axis=(1, 2), keepdims=True)
    spread = 1.4826 * np.median(np.abs(image - median), axis=(1, 2), keepdims=True)
    np.testing.assert_allclose(one[0], np.arcsinh((image - median) / spread) / 3, atol=1e-6)


def test_smaller_and_larger_cutouts_are_centred():
    large, small = np.random.default_rng(0).normal(size=(2, 1, 9, 9))
    preprocessor = ImagePreprocessor().fit(table_of(large))
    images = preprocessor.prepare(table_of(large, small[:, 3:6, 3:6])).images
    assert images[1, :, 3:6, 3:6].any() and not images[1, :, :3].any()
    narrow = ImagePreprocessor().fit(table_of(large[:, 2:7, 2:7]))
    cropped = narrow.prepare(table_of(large)).images
    np.testing.assert_array_equal(cropped[0], images[0, :, 2:7, 2:7])


def test_augmentation_turns_and_flips_alone():
    image = np.arange(27.0).reshape(3, 3, 3)
    preprocessor = ImagePreprocessor().fit(table_of(image))
    prepared = preprocessor.prepare(table_of(image))
    whole, _ = preprocessor.gather(prepared, np.array([0]))
    seen = set()
    for seed in range(60):
        arrays, _ = preprocessor.gather(prepared, np.array([0]), np.random.default_rng(seed))
        np.testing.assert_array_equal(
            np.sort(arrays["image"].ravel()), np.sort(whole["image"].ravel())
        )
        seen.add(arrays["image"].tobytes())
    assert len(seen) == 8  # the symmetries of a square
    still = ImagePreprocessor(augmentation=False).fit(table_of(image))
    arrays, _ = still.gather(prepared, np.array([0]), np.random.default_rng(0))
    np.testing.assert_array_equal(arrays["image"], whole["image"])


def test_other_numbers_of_channels_are_rejected():
    preprocessor = ImagePreprocessor().fit(table_of(np.ones((3, 5, 5))))
    with pytest.raises(ValueError, match=r"Object 0: the image has 2 channels, but 3"):
        preprocessor.prepare(table_of(np.ones((2, 5, 5))))


def test_rotation_by_any_angle_is_an_option():
    y = np.arange(15.0) - 7
    ramp = np.broadcast_to(y[:, None], (1, 15, 15)).copy()
    for rotation in ("any", "right_angles"):
        preprocessor = ImagePreprocessor(rotation=rotation).fit(table_of(ramp))
        prepared = preprocessor.prepare(table_of(ramp))
        angles = set()
        for seed in range(30):
            arrays, _ = preprocessor.gather(prepared, np.array([0]), np.random.default_rng(seed))
            image = arrays["image"][0, 0]
            assert image[7, 7] == pytest.approx(0.0, abs=1e-5)
            angles.add(round(float(np.arctan2(image[8, 7], image[7, 8])), 2))
        assert len(angles) > 20 if rotation == "any" else len(angles) <= 5
