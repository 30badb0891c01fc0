"""Random rotations and flips of images."""

import numpy as np
import pytest

from sklearn_sn.preprocessors._turns import draw_turns, randomly_turned, turn, turn_matrices


def test_matrices_are_rotations_after_flips():
    angle, flip = np.array([0.3, 0.3]), np.array([False, True])
    plain, flipped = turn_matrices(angle, flip)
    np.testing.assert_allclose(plain @ plain.T, np.eye(2), atol=1e-6)
    np.testing.assert_allclose(np.linalg.det([plain, flipped]), [1.0, -1.0], rtol=1e-6)
    np.testing.assert_allclose(flipped, plain @ np.diag([1.0, -1.0]), atol=1e-6)


@pytest.mark.parametrize("rotation", ["any", "right_angles"])
def test_angles_are_even_and_half_of_the_images_are_flipped(rotation):
    matrices = draw_turns(np.random.default_rng(0), 4000, rotation)
    assert np.mean(np.linalg.det(matrices) < 0) == pytest.approx(0.5, abs=0.03)
    angle = np.rad2deg(np.arctan2(matrices[:, 1, 0], matrices[:, 0, 0])) % 360.0
    if rotation == "any":
        counts = np.histogram(angle, bins=8, range=(0, 360))[0]
        assert counts.min() > 420 and len(np.unique(angle.round(3))) > 3000
    else:
        off = np.abs(angle / 90.0 - np.rint(angle / 90.0))
        assert off.max() < 1e-4 and len(np.unique(np.rint(angle / 90.0) % 4)) == 4


def test_turn_by_a_right_angle():
    images = np.random.default_rng(0).normal(size=(1, 2, 7, 7)).astype(np.float32)
    turned = turn(images, turn_matrices(np.array([np.pi / 2]), np.array([False])), 7)
    np.testing.assert_allclose(turned, np.rot90(images, -1, axes=(2, 3)), atol=1e-5)


def test_each_image_turns_by_its_own_angle_about_the_centre():
    y = np.arange(21.0) - 10
    ramp = np.broadcast_to(y[:, None] * np.ones(21), (50, 1, 21, 21)).astype(np.float32)
    for rotation in ("any", "right_angles"):
        turned = randomly_turned(ramp.copy(), np.random.default_rng(0), rotation)
        np.testing.assert_allclose(turned[:, 0, 10, 10], 0.0, atol=1e-5)
        down, across = turned[:, 0, 14, 10] / 4.0, turned[:, 0, 10, 14] / 4.0
        np.testing.assert_allclose(np.hypot(down, across), 1.0, atol=1e-4)
        n_angles = len(np.unique(np.arctan2(down, across).round(3)))
        assert n_angles == 50 if rotation == "any" else n_angles <= 5


def test_no_images():
    empty = np.zeros((0, 1, 4, 4), dtype=np.float32)
    assert randomly_turned(empty, np.random.default_rng(0), "any").shape == empty.shape
