"""Gaussian sums have the light, size and shape of stars and galaxies."""

import numpy as np
import pytest
from scipy.special import gammaincinv

from sklearn_sn.datasets._light_profiles import (
    render_galaxies,
    render_sources,
    sersic_gaussians,
)


def galaxy(**changes):
    values = {"x": 0.0, "y": 0.0, "flux": 1000.0, "radius": 6.0, "bulge": 0.0}
    values |= {"axis_ratio": 1.0, "angle": 0.0} | changes
    return {key: np.array([float(value)]) for key, value in values.items()}


@pytest.mark.parametrize("index", [1.0, 4.0])
def test_profile_is_that_of_sersic(index):
    shares, widths = sersic_gaussians(index)
    assert shares.min() >= 0
    # Half of the light is within the effective radius.
    assert (shares * (1.0 - np.exp(-0.5 / widths**2))).sum() == pytest.approx(0.5, abs=0.03)
    radius = np.array([0.3, 1.0, 2.0])
    surface = (shares * np.exp(-0.5 * (radius[:, None] / widths) ** 2) / widths**2).sum(axis=1)
    scale = gammaincinv(2.0 * index, 0.5)
    expected = np.exp(-scale * (radius ** (1.0 / index) - 1.0))
    np.testing.assert_allclose(surface / surface[1], expected, rtol=0.15)


def test_galaxies_have_their_flux_shape_and_place():
    image = render_galaxies(
        galaxy(x=4, y=-3, axis_ratio=0.4, angle=np.pi / 6), np.array([2.0]), 101
    )
    assert image.sum() == pytest.approx(1000.0, rel=0.02)
    y, x = np.mgrid[:101, :101] - 50
    assert (image[0] * x).sum() / image.sum() == pytest.approx(4.0, abs=0.1)
    assert (image[0] * y).sum() / image.sum() == pytest.approx(-3.0, abs=0.1)
    x, y = x - 4, y + 3
    xx, yy, xy = ((image[0] * m).sum() / image.sum() for m in (x * x, y * y, x * y))
    assert 0.5 * np.arctan2(2 * xy, xx - yy) == pytest.approx(np.pi / 6, abs=0.02)


def test_point_sources_have_their_flux_and_width():
    one = np.ones((1, 1))
    image = render_sources(2 * one, -1 * one, 500 * one, 0 * one, np.array([3.0]), 63)[0]
    assert image.sum() == pytest.approx(500.0, rel=0.02)
    assert np.unravel_index(image.argmax(), image.shape) == (30, 33)  # y, x
    row = image[30]
    assert 2 * (np.flatnonzero(row > 0.5 * row.max()).max() - 33) + 1 == 3
    wide = render_sources(0 * one, 0 * one, 500 * one, 3 * one, np.array([3.0]), 63)[0]
    assert wide.max() < 0.5 * image.max()


def test_an_image_does_not_depend_on_the_others():
    rng = np.random.default_rng(0)
    x, y, flux = rng.uniform(-20, 20, (3, 4, 30))
    flux, extent, fwhm = np.abs(flux), np.zeros((4, 30)), np.linspace(1.6, 4.0, 4)
    together = render_sources(x, y, flux, extent, fwhm, 63)
    alone = render_sources(x[2:3], y[2:3], flux[2:3], extent[2:3], fwhm[2:3], 63)
    np.testing.assert_allclose(alone[0], together[2], rtol=1e-5, atol=1e-5)
