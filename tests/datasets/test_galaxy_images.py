"""Images contain the flux, the size, the shape and the colours of galaxies."""

import numpy as np
import pytest

from sklearn_sn.datasets._galaxy_images import component_gaussians, observe_images
from sklearn_sn.datasets._galaxy_photometry import ObservedGalaxies, draw_selected
from sklearn_sn.datasets._galaxy_population import TYPES

SCALE = 0.262


def observe(side=96, noise=0.0, seed=0, **changes):
    """One bright disc without sky noise, unless stated otherwise."""
    properties = {
        "type": TYPES.index("lenticular"), "bulge": 0.0, "size": 2.0, "bulge_extent": 0.5,
        "axis_ratio": 0.4, "bulge_axis_ratio": 0.8, "angle": 0.0,
    } | changes  # fmt: skip
    properties = {key: np.array([value]) for key, value in properties.items()}
    galaxies = ObservedGalaxies(properties, None, np.full((1, 3), 1000.0), None)
    return observe_images(galaxies, np.full(3, noise), side, SCALE, np.random.default_rng(seed))[0]


def moments(image):
    side = len(image)
    y, x = np.mgrid[:side, :side] - 0.5 * (side - 1)
    weight = np.clip(image, 0.0, None) * (np.hypot(x, y) < 0.4 * side) / image.sum()
    return [(weight * term).sum() for term in (x, y, x * x, y * y, x * y)]


@pytest.mark.parametrize("side", [96, 97])
def test_flux_and_position_are_those_of_the_galaxy(side):
    image = observe(side)
    assert image.dtype == np.float32 and image.shape == (3, side, side)
    assert image.sum(axis=(1, 2)) == pytest.approx(1000.0, rel=0.03)
    x, y = moments(image[1])[:2]
    assert max(abs(x), abs(y)) < 0.8


def test_axis_ratio_and_angle_are_visible():
    along_x, along_y = (moments(observe(angle=angle)[1]) for angle in (0.0, np.pi / 2))
    assert along_x[2] > 3.0 * along_x[3] and along_y[3] > 3.0 * along_y[2]
    assert moments(observe(angle=np.pi / 4)[1])[4] > 10.0


def test_half_of_the_light_of_a_face_on_disc_is_within_its_size():
    image = observe(128, axis_ratio=1.0, size=4.0)[1]
    y, x = np.mgrid[:128, :128] - 63.5
    inside = image[np.hypot(x, y) < 4.0 / SCALE].sum() / 1000.0
    assert inside == pytest.approx(0.5, abs=0.04)


def test_bulges_are_red():
    gradient = []
    for bulge in (0.0, 0.4):
        g, _, z = observe(bulge=bulge, axis_ratio=1.0)
        core = np.s_[45:51, 45:51]
        gradient.append(z[core].sum() / g[core].sum())
    assert gradient[1] > 1.1 * gradient[0] > 1.1


def test_arms_keep_the_flux_and_change_the_image():
    smooth = observe(axis_ratio=1.0, size=3.0)[1]
    spiral = observe(axis_ratio=1.0, size=3.0, type=TYPES.index("spiral"))[1]
    assert spiral.sum() == pytest.approx(smooth.sum(), rel=0.02)
    assert np.abs(spiral - smooth).sum() > 0.05 * smooth.sum()


def test_sky_noise_is_that_of_the_survey():
    image = observe(noise=0.5)
    corner = np.concatenate([image[:, :12, :12].ravel(), image[:, -12:, -12:].ravel()])
    assert np.std(corner) == pytest.approx(0.5, rel=0.3)


def test_neighbours_are_in_the_field():
    galaxies = next(draw_selected(40, (0.1, 0.6), 19.5, np.random.default_rng(0)))
    rng = np.random.default_rng(0)
    images = observe_images(galaxies, np.full(3, 1e-4), 152, SCALE, rng)[:, 1]
    y, x = np.mgrid[:152, :152] - 75.5
    # The brightest pixel far from the galaxy is often that of another source.
    far = np.where(np.hypot(x, y) > 45.0, images, 0.0).max(axis=(1, 2))
    assert 0.3 < (far > 0.02).mean() <= 1.0


def test_components_share_the_light():
    properties = {
        "bulge": np.array([0.3]),
        "size": np.array([2.0]),
        "bulge_extent": np.array([0.5]),
    }
    properties |= {"axis_ratio": np.array([0.5]), "bulge_axis_ratio": np.array([0.8])}
    disc, bulge = component_gaussians(properties)
    assert disc.share.sum() == pytest.approx(0.7) and bulge.share.sum() == pytest.approx(0.3)
    np.testing.assert_allclose(disc.minor / disc.major, 0.25)
