"""Views of images: each augmentation alone against a known answer."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import check_table
from sklearn_sn.preprocessors import FluxImagePreprocessor, ImageViewsPreprocessor

OFF = {
    "reddening": 0.0,
    "rotation": None,
    "size_scaling": 0.0,
    "blur": 0.0,
    "jitter": 0.0,
    "noise": 0.0,
}
EXTINCTION = np.array([3.8, 2.7, 1.5])


def galaxies(n=30, side=31):
    """Round Gaussian galaxies on noise of 1."""
    y = np.arange(side) - (side - 1) / 2
    profile = 300.0 * np.exp(-(y[:, None] ** 2 + y**2) / (2 * 3.0**2))
    sky = np.random.default_rng(0).normal(size=(n, 3, side, side))
    return (sky + profile).astype(np.float32)


def views_of(images, rng=0, crop=None, **strengths):
    """Return views, table and fluxes of the preprocessor of images."""
    X = pd.DataFrame({"image": list(images)})
    table = check_table(X, modalities=["image"])
    views = ImageViewsPreprocessor(
        FluxImagePreprocessor(crop=crop), extinction=EXTINCTION, **{**OFF, **strengths}
    ).fit(table)
    rng = None if rng is None else np.random.default_rng(rng)
    arrays, object_index = views.gather(views.prepare(table), np.arange(len(X)), rng)
    assert object_index.tolist() == list(range(len(X)))
    return {name: np.sinh(3.0 * value) for name, value in arrays.items()}


def spread(images):
    """Return the standard deviation in pixels of the light along rows."""
    y = np.arange(images.shape[-1]) - (images.shape[-1] - 1) / 2
    profile = np.clip(images, 20, None) - 20
    profile = profile.sum(axis=(1, 3))
    mean = (profile * y).sum(axis=1) / profile.sum(axis=1)
    return np.sqrt((profile * (y - mean[:, None]) ** 2).sum(axis=1) / profile.sum(axis=1))


def test_all_strengths_off_leave_the_image():
    views = views_of(galaxies())
    plain = views_of(galaxies(), rng=None)
    for name in ("query", "key"):
        np.testing.assert_allclose(views[name], plain["query"], rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(plain["query"], plain["key"], rtol=1e-3, atol=1e-3)


def test_reddening_dims_each_band_by_its_extinction():
    plain = views_of(galaxies(), rng=None)["query"]
    key = views_of(galaxies(), reddening=0.5)["key"]
    magnitudes = -2.5 * np.log10(key[:, :, 15, 15] / plain[:, :, 15, 15])
    ebv = magnitudes / EXTINCTION
    np.testing.assert_allclose(ebv, ebv[:, :1] * np.ones(3), atol=1e-3)
    assert 0.0 <= ebv.min() < 0.1 and 0.4 < ebv.max() <= 0.501


def test_rotation_by_any_angle_or_by_right_angles():
    y = np.arange(31.0) - 15
    ramp = np.broadcast_to(40.0 * y[:, None], (30, 3, 31, 31)).astype(np.float32)
    for rotation in ("any", "right_angles"):
        key = views_of(ramp, rotation=rotation)["key"][:, 0]
        down, across = key[:, 20, 15] - key[:, 10, 15], key[:, 15, 20] - key[:, 15, 10]
        angle = np.rad2deg(np.arctan2(down, across)) % 90.0
        from_right_angle = np.minimum(angle, 90.0 - angle)
        assert (from_right_angle.max() < 0.1) == (rotation == "right_angles")
        np.testing.assert_allclose(np.hypot(down, across), np.hypot(down, across)[0], rtol=1e-2)


def test_size_scaling_changes_sizes_within_bounds_and_keeps_the_peak():
    plain = views_of(galaxies(), rng=None)["query"]
    key = views_of(galaxies(), size_scaling=0.5)["key"]
    ratio = spread(key) / spread(plain)
    assert 0.6 < ratio.min() < 0.85 and 1.2 < ratio.max() < 1.55
    np.testing.assert_allclose(key[:, :, 15, 15], plain[:, :, 15, 15], rtol=2e-2)


def test_blur_widens():
    plain = views_of(galaxies(), rng=None)["query"]
    key = views_of(galaxies(), blur=3.0)["key"]
    # The peak of a Gaussian of 3 pixels falls by 9 / (9 + blur²), here to between 1/2 and 1.
    peak = key[:, :, 15, 15].mean(axis=1) / plain[:, :, 15, 15].mean(axis=1)
    assert 0.49 < peak.min() < 0.6 and 0.97 < peak.max() < 1.01
    assert spread(key).max() > 1.15 * spread(plain).max()


def test_jitter_shifts_by_at_most_its_pixels():
    key = views_of(galaxies(side=41), jitter=4.0)["key"][:, 0]
    light = np.clip(key, 20, None) - 20
    y = np.arange(41.0) - 20
    shift = [(light.sum(axis=a) * y).sum(axis=1) / light.sum(axis=(1, 2)) for a in (2, 1)]
    for axis in shift:
        assert 3.0 < np.abs(axis).max() < 4.2 and abs(axis.mean()) < 1.5
    assert np.abs(np.subtract(*shift)).max() > 1.0


def test_noise_has_at_most_its_strength():
    sky = np.random.default_rng(0).normal(size=(200, 3, 12, 12)).astype(np.float32)
    plain = views_of(sky, rng=None)["query"]
    views = views_of(sky, noise=2.0)
    added = {name: (views[name] - plain).std(axis=(1, 2, 3)) for name in ("query", "key")}
    for values in added.values():
        assert values.min() < 0.1 and 1.8 < values.max() < 2.2
    assert abs(np.corrcoef(added["query"], added["key"])[0, 1]) < 0.3


def test_the_two_views_of_an_image_differ_and_repeat_with_the_seed():
    on = {"reddening": 0.1, "rotation": "any", "blur": 1.0, "jitter": 2.0, "noise": 0.5}
    one, again, other = (views_of(galaxies(), rng=seed, crop=21, **on) for seed in (0, 0, 1))
    assert one["query"].shape == (30, 3, 21, 21)
    for name in one:
        np.testing.assert_array_equal(one[name], again[name])
        assert np.abs(one[name] - other[name]).max() > 1.0
    assert np.abs(one["query"] - one["key"]).max(axis=(1, 2, 3)).min() > 1.0


def test_views_of_validation_are_fixed_and_independent_of_other_rows():
    on = {"reddening": 0.1, "rotation": "any", "blur": 1.0, "jitter": 2.0, "noise": 0.5}
    X = pd.DataFrame({"image": list(galaxies())})
    table = check_table(X, modalities=["image"])
    views = ImageViewsPreprocessor(
        FluxImagePreprocessor(), extinction=EXTINCTION, **{**OFF, **on}
    ).fit(table)
    prepared = views.prepare(table)
    whole, _ = views.gather(prepared, np.arange(30))
    alone, _ = views.gather(prepared, np.array([7]))
    for name in whole:
        np.testing.assert_allclose(alone[name][0], whole[name][7], atol=1e-6)
    assert np.abs(whole["query"] - whole["key"]).max() > 0.1


@pytest.mark.parametrize("rng", [None, 0])
def test_no_rows_and_missing_images(rng):
    X = pd.DataFrame({"image": [None, *galaxies(2)]})
    table = check_table(X, modalities=["image"])
    views = ImageViewsPreprocessor(
        FluxImagePreprocessor(), extinction=EXTINCTION, **{**OFF, "blur": 1.0, "noise": 0.1}
    ).fit(table)
    generator = None if rng is None else np.random.default_rng(rng)
    prepared = views.prepare(table)
    arrays, object_index = views.gather(prepared, np.arange(3), generator)
    assert object_index.tolist() == [1, 2] and arrays["key"].shape == (2, 3, 31, 31)
    arrays, object_index = views.gather(prepared, np.array([0]), generator)
    assert len(object_index) == 0 and arrays["query"].shape == (0, 3, 31, 31)
