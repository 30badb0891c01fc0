"""Cutouts with masks and sky position: scale, crop, gather."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import check_table
from sklearn_sn.preprocessors import CutoutPreprocessor
from sklearn_sn.preprocessors._cutouts import scaled_channels


def table_of(*cells, **columns):
    X = pd.DataFrame({"image": pd.Series(list(cells), dtype=object), **columns})
    return check_table(X, modalities=["image"], metadata_columns=list(columns))


def gathered(preprocessor, table, rng=None):
    return preprocessor.gather(preprocessor.prepare(table), np.arange(len(table)), rng)


def noise(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def test_channels_are_scaled_by_median_and_spread_of_covered_pixels():
    image = noise(2, 11, 11)
    image[0, :3] = np.nan
    found = scaled_channels(image[None].astype(np.float32))[0]
    median = np.nanmedian(image[0])
    spread = 1.4826 * np.nanmedian(np.abs(image[0] - median))
    expected = np.arcsinh((image[0] - median) / spread) / 3
    np.testing.assert_allclose(found[0], expected, atol=0.02)  # lower medians of an even number
    median = np.median(image[1])
    spread = 1.4826 * np.median(np.abs(image[1] - median))
    np.testing.assert_allclose(found[1], np.arcsinh((image[1] - median) / spread) / 3, atol=1e-5)
    np.testing.assert_allclose(
        scaled_channels((30 * image + 7)[None].astype(np.float32))[0], found, atol=1e-4
    )


def test_a_flat_channel_keeps_its_brightest_pixel():
    image = np.zeros((1, 1, 5, 5), dtype=np.float32)
    image[..., 2, 2] = 4.0
    found = scaled_channels(image)
    assert found[0, 0, 2, 2] == pytest.approx(np.arcsinh(1.0) / 3) and found.sum() < 0.3
    assert not scaled_channels(np.full((1, 1, 3, 3), 7.0, dtype=np.float32)).any()


def test_zero_differs_from_not_covered():
    image = noise(3, 9, 9)
    image[0, 2, 2], image[1], image[2] = np.nan, np.nan, 0.0
    arrays, _ = gathered(CutoutPreprocessor().fit(table_of(image)), table_of(image))
    covered = arrays["covered"][0]
    assert covered[0].sum() == 80 and not covered[0, 2, 2]
    assert not covered[1].any() and covered[2].all()
    assert not arrays["image"][0, 1:].any() and arrays["image"][0, 0, 2, 2] == 0.0
    assert np.isfinite(arrays["image"]).all()


def test_crop_is_central_and_small_cutouts_are_surrounded():
    large, small = noise(1, 9, 9), noise(1, 3, 3, seed=1)
    table = table_of(large, None, small)
    preprocessor = CutoutPreprocessor(crop=5).fit(table)
    arrays, object_index = gathered(preprocessor, table)
    assert object_index.tolist() == [0, 2] and arrays["image"].shape == (2, 1, 5, 5)
    inner = table_of(large[:, 2:7, 2:7])
    expected, _ = gathered(CutoutPreprocessor().fit(inner), inner)
    np.testing.assert_array_equal(arrays["image"][0], expected["image"][0])
    assert arrays["covered"][1, 0].sum() == 9 and arrays["covered"][1, 0, 1:4, 1:4].all()
    whole, _ = gathered(CutoutPreprocessor(crop=None).fit(table), table)
    assert whole["image"].shape == (2, 1, 9, 9)


def test_sky_position_is_by_object_and_may_be_unknown():
    table = table_of(noise(1, 4, 4), None, noise(1, 4, 4), ra=[10.0, 20, np.nan], dec=[5.0, 6, 7])
    preprocessor = CutoutPreprocessor(sky_columns=("ra", "dec"), n_frequencies=2).fit(table)
    arrays, _ = gathered(preprocessor, table)
    assert arrays["sky"].shape == (2, preprocessor.n_sky_values) == (2, 10)
    assert arrays["sky"][0, 0] == pytest.approx(np.sin(np.deg2rad(10.0)))
    assert not arrays["sky"][1, :5].any() and arrays["sky"][1, 5:].any()
    absent, _ = gathered(preprocessor, table_of(noise(1, 4, 4)))
    assert not absent["sky"].any()
    assert "sky" not in gathered(CutoutPreprocessor().fit(table), table)[0]


def test_augmentation_turns_image_and_mask_together():
    image = noise(1, 6, 6)
    image[0, 0, 1] = np.nan
    preprocessor = CutoutPreprocessor().fit(table_of(image))
    seen = set()
    for seed in range(60):
        arrays, _ = gathered(preprocessor, table_of(image), np.random.default_rng(seed))
        assert arrays["covered"].sum() == 35
        assert not arrays["image"][arrays["covered"] == 0].any()
        seen.add(arrays["covered"].tobytes())
    assert len(seen) == 8  # the symmetries of a square


def test_training_hides_a_channel_and_the_position():
    n = 400
    table = table_of(*noise(n, 3, 4, 4), ra=np.full(n, 10.0), dec=np.full(n, 5.0))
    preprocessor = CutoutPreprocessor(
        sky_columns=("ra", "dec"), augmentation=False, hidden_fraction=0.25
    ).fit(table)
    arrays, _ = gathered(preprocessor, table, np.random.default_rng(0))
    n_hidden = 3 - arrays["covered"].any(axis=(2, 3)).sum(axis=1)
    assert set(n_hidden) == {0, 1} and n_hidden.mean() == pytest.approx(0.25, abs=0.07)
    assert not arrays["image"][arrays["covered"] == 0].any()
    unknown = (arrays["sky"] == 0).all(axis=1)
    assert unknown.mean() == pytest.approx(0.25, abs=0.07)
    assert arrays["sky"].dtype == np.float32
    still, _ = gathered(preprocessor, table)
    assert still["covered"].all() and still["sky"].any(axis=1).all()


def test_other_numbers_of_channels_are_rejected():
    preprocessor = CutoutPreprocessor().fit(table_of(np.ones((3, 5, 5))))
    with pytest.raises(ValueError, match=r"Object 0: the image has 2 channels, but 3"):
        preprocessor.prepare(table_of(np.ones((2, 5, 5))))


def test_rotation_by_any_angle_turns_the_mask_and_uncovers_corners():
    image = np.full((1, 21, 21), 2.0)
    image[0, 10, 10] = 50.0
    image[0, :8] = np.nan
    preprocessor = CutoutPreprocessor(rotation="any").fit(table_of(image))
    whole, _ = gathered(preprocessor, table_of(image))
    fractions = []
    for seed in range(40):
        arrays, _ = gathered(preprocessor, table_of(image), np.random.default_rng(seed))
        covered = arrays["covered"] > 0
        assert arrays["image"][0, 0, 10, 10] == pytest.approx(whole["image"].max(), abs=1e-2)
        assert not arrays["image"][~covered].any()
        # A pixel that is partly covered has the flux of its covered part.
        far = np.hypot(*np.mgrid[-10:11, -10:11]) > 2
        np.testing.assert_allclose(arrays["image"][covered & far], whole["image"][0, 0, 20, 20])
        fractions.append(covered.mean())
    assert 0.4 < min(fractions) < max(fractions) < 0.65
