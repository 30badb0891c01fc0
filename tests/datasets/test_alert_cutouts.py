"""Cutouts agree with the photometry, the depth and the surroundings."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.datasets._alert_cutouts import SIDE, draw_cutouts, draw_exposures
from sklearn_sn.datasets._hosts import INVISIBLE

N = 60
Y, X = np.mgrid[:SIDE, :SIDE] - SIDE // 2
RADIUS = np.hypot(X, Y)


def draw(mag=17.0, sign=1.0, host_mag=INVISIBLE, point=INVISIBLE, star=np.inf, limit=20.0, n=N):
    full = np.ones(n)
    alerts = pd.DataFrame({"row": np.arange(n), "flux": sign * 10.0 ** (-0.4 * (mag - 23.9))})
    alerts["diffmaglim"], alerts["band"] = limit, "ztfr"
    hosts = {"x": 0 * full, "y": 0 * full, "radius": 3 * full, "bulge": 0.5 * full}
    hosts |= {"axis_ratio": 0.6 * full, "angle": full}
    hosts |= {f"mag_{band}": host_mag * full for band in "gr"}
    hosts |= {f"point_{band}": point * full for band in "gr"}
    neighbours = {"x": 20.0 * np.ones((n, 1)), "y": -15.0 * np.ones((n, 1))}
    neighbours |= {"mag": star * np.ones((n, 1)), "colour": np.zeros((n, 1))}
    neighbours |= {"extent": np.zeros((n, 1)), "star": np.ones((n, 1), dtype=bool)}
    rng = np.random.default_rng(0)
    exposures = draw_exposures(alerts, rng)
    return draw_cutouts(alerts, exposures, hosts, neighbours, rng), exposures


def aperture(images, radius=9.0):
    level = np.nanmedian(np.where(RADIUS > 12, images, np.nan), axis=(1, 2))
    return np.nansum(np.where(radius > RADIUS, images - level[:, None, None], 0.0), axis=(1, 2))


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_flux_of_the_difference_is_that_of_magpsf(sign):
    images, exposures = draw(sign=sign, point=16.0 if sign < 0 else INVISIBLE)
    flux = aperture(images[:, 2])
    mag = exposures["zero_point"] - 2.5 * np.log10(flux)
    assert np.median(mag) == pytest.approx(17.0, abs=0.06)
    # Science minus reference has the sign of the change; the difference cutout is positive.
    change = aperture(images[:, 0]) - aperture(images[:, 1])
    assert (np.sign(change) == sign).mean() > 0.95


def corner_noise(images):
    """Median standard deviation of a corner without sources, per channel."""
    corners = images[:, :, :15, :15]
    corners = corners[np.isfinite(corners).all(axis=(1, 2, 3))]
    return np.median(corners.std(axis=(2, 3)), axis=0)


def test_noise_follows_the_depth():
    deep, shallow = (corner_noise(draw(limit=limit)[0]) for limit in (20.7, 19.2))
    # Shallow exposures have worse seeing too.
    assert 2.0 < shallow[2] / deep[2] < 10 ** (0.4 * 1.5)
    assert deep[1] < 0.6 * deep[0]
    assert 0.7 < deep[2] / deep[0] < 1.05


def test_background_is_in_science_and_reference_but_not_in_the_difference():
    images, exposures = draw()
    level = np.nanmedian(images, axis=(2, 3))
    np.testing.assert_allclose(level[:, 0], exposures["sky"], rtol=0.1, atol=3)
    np.testing.assert_allclose(level[:, 1], exposures["sky"], rtol=0.1, atol=3)
    np.testing.assert_allclose(level[:, 2], exposures["offset"], atol=2)


def test_bright_hosts_leave_dipoles_without_net_flux():
    faint, bright = (draw(mag=19.5, host_mag=mag)[0][:, 2] for mag in (INVISIBLE, 13.0))
    inside = RADIUS < 6
    spread = [np.median([image[inside].std() for image in images]) for images in (faint, bright)]
    assert spread[1] > 2 * spread[0]
    assert np.median(aperture(bright)) == pytest.approx(np.median(aperture(faint)), rel=0.6)


def test_hosts_and_counterparts_are_in_both_images():
    for surroundings in ({"host_mag": 16.0}, {"point": 16.0}):
        images, exposures = draw(mag=19.0, **surroundings)
        for channel in (0, 1):
            mag = exposures["zero_point"] - 2.5 * np.log10(aperture(images[:, channel], 12.0))
            assert np.median(mag) == pytest.approx(16.0, abs=0.35)


def test_saturated_stars_are_masked_in_all_channels():
    images, _ = draw(star=11.0)
    masked = np.isnan(images)
    assert (masked[:, 0] == masked[:, 1]).all() and (masked[:, 0] == masked[:, 2]).all()
    # 20 arcsec to the right, 15 below the centre, in pixels of 1.01 arcsec.
    assert masked[:, 0, 31 - 15, 31 + 20].all() and not masked[:, 0, 31, 31].any()
    assert not np.isnan(draw(star=14.0, n=8)[0][:, :, 16, 51]).all()


def test_some_cutouts_are_at_an_edge():
    images, _ = draw(n=400)
    masked = np.isnan(images[:, 0]).mean(axis=(1, 2))
    assert 0.01 < (masked > 0).mean() < 0.08
    assert masked[masked > 0].max() < 0.5


def test_all_else_is_finite_float32():
    images, _ = draw(host_mag=12.0, star=13.5, point=14.0)
    assert images.dtype == np.float32 and images.shape == (N, 3, SIDE, SIDE)
    assert np.isfinite(images[~np.isnan(images).any(axis=(1, 2, 3))]).all()
