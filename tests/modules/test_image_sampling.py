"""Resampling and blurring of images against known answers."""

import math

import pytest
import torch

from sklearn_sn.modules import affine_images, blur_images


@pytest.fixture
def images():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return torch.randn(2, 3, 12, 12)


def rotation(degrees, zoom=1.0, n=2):
    a = math.radians(degrees)
    matrix = torch.tensor([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]]) / zoom
    return matrix.expand(n, 2, 2)


NO_SHIFT = torch.zeros(2, 2)


@pytest.mark.parametrize("quarter", [0, 1, 2, 3])
@pytest.mark.parametrize("mirror", [True, False])
def test_right_angles_permute_pixels(images, quarter, mirror):
    turned = affine_images(images, rotation(90 * quarter), NO_SHIFT, 12, mirror=mirror)
    torch.testing.assert_close(turned, images.rot90(-quarter, (2, 3)), atol=2e-5, rtol=1e-4)


def test_each_image_has_its_own_matrix(images):
    matrix = torch.stack([rotation(0)[0], rotation(90)[0]])
    turned = affine_images(images, matrix, NO_SHIFT, 12)
    torch.testing.assert_close(turned[0], images[0], atol=2e-5, rtol=1e-4)
    torch.testing.assert_close(turned[1], images[1].rot90(-1, (1, 2)), atol=2e-5, rtol=1e-4)


def test_shifts_are_in_pixels_along_rows_and_columns(images):
    shift = torch.tensor([[2.0, 0.0], [0.0, -3.0]])
    moved = affine_images(images, rotation(0), shift, 12, mirror=False)
    torch.testing.assert_close(moved[0, :, :-2], images[0, :, 2:], atol=2e-5, rtol=1e-4)
    assert not moved[0, :, -2:].any()
    torch.testing.assert_close(moved[1, :, :, 3:], images[1, :, :, :-3], atol=2e-5, rtol=1e-4)


def test_the_crop_is_central_and_its_corners_come_from_outside(images):
    crop = affine_images(images, rotation(0), NO_SHIFT, 6)
    torch.testing.assert_close(crop, images[:, :, 3:9, 3:9], atol=2e-5, rtol=1e-4)
    # Turned by 45 degrees, the corner at 2.5 pixels along both axes lies at 3.54 along one.
    row = torch.arange(12.0).sub(5.5)[:, None].expand(12, 12)
    ramp = row.expand(2, 1, 12, 12)
    turned = affine_images(ramp, rotation(45), NO_SHIFT, 6)
    assert turned[0, 0, 0, 0].abs() < 1e-4
    assert turned[0, 0, 5, 0] == pytest.approx(2.5 * math.sqrt(2.0), abs=1e-4)


def test_beyond_the_border_is_the_mirror_image_or_nothing(images):
    shift = torch.tensor([[0.0, 2.0], [0.0, 2.0]])
    mirrored = affine_images(images, rotation(0), shift, 12)
    torch.testing.assert_close(mirrored[..., 10:], images[..., [11, 10]], atol=2e-5, rtol=1e-4)
    assert not affine_images(images, rotation(0), shift, 12, mirror=False)[..., 10:].any()


def test_size_scaling_preserves_surface_brightness():
    y = torch.arange(41.0) - 20
    galaxy = torch.exp(-(y[:, None] ** 2 + y**2) / (2 * 4.0**2)).expand(1, 1, 41, 41)
    large = affine_images(galaxy, rotation(30, zoom=1.25, n=1), torch.zeros(1, 2), 41)
    assert large.max() == pytest.approx(1.0, abs=1e-3)
    assert large.sum() / galaxy.sum() == pytest.approx(1.25**2, rel=2e-3)


def test_images_need_not_be_square():
    image = torch.arange(24.0).view(1, 1, 4, 6)
    crop = affine_images(image, rotation(0, n=1), torch.zeros(1, 2), 2)
    torch.testing.assert_close(crop[0, 0], torch.tensor([[8.0, 9.0], [14.0, 15.0]]))


def test_blur_widens_by_its_variance_and_keeps_the_flux():
    y = torch.arange(33.0) - 16
    star = torch.exp(-(y[:, None] ** 2 + y**2) / (2 * 1.5**2)).expand(3, 2, 33, 33)
    sigma = torch.tensor([0.0, 1.0, 2.0])
    blurred = blur_images(star, sigma)
    torch.testing.assert_close(blurred[0], star[0])
    flux = blurred.sum(dim=(2, 3))
    torch.testing.assert_close(flux, star.sum(dim=(2, 3)), rtol=1e-5, atol=1e-4)
    for axis in (2, 3):
        profile = blurred.sum(dim=axis)
        variance = (profile * y**2).sum(dim=-1) / flux
        expected = (1.5**2 + sigma**2)[:, None].expand(3, 2)
        torch.testing.assert_close(variance, expected, rtol=5e-3, atol=0.0)


def test_blur_keeps_a_flat_image():
    flat = torch.full((2, 1, 5, 8), 3.0)
    torch.testing.assert_close(blur_images(flat, torch.tensor([0.7, 30.0])), flat)
