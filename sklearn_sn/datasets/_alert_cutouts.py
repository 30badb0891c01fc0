"""Render the science, reference and difference cutouts of simulated alerts."""

import numpy as np

from sklearn_sn.datasets._light_profiles import render_galaxies, render_sources

SIDE = 63  # pixels
PIXEL = 1.01  # arcsec: Bellm et al. (2019)
_ZERO_POINT = (26.2, 0.08)  # AB magnitude of 1 unit, and its scatter: as in public alerts
_AT_ONCE = 32  # images computed at once; fits into the cache
_N_BRIGHT = 48  # neighbours that are rendered
_RENDERED = 23.0  # faintest magnitude that is rendered
_GAIN = 1.0  # electrons per unit, after the scaling to a common zero point
# Ratio of the noise of pixels to that implied by the published depth (0.6 mag), which allows for
# correlated noise and crowding: the median of public alerts.
_DEPTH_LOSS = 10.0 ** (-0.4 * 0.6)
_SKY_PER_VARIANCE = {"g": 0.6, "r": 1.1}  # of the background: near public alerts
_SATURATION = 13.2  # magnitude of stars whose pixels are masked
_SMOOTHING = 0.63  # correlates the noise of neighbouring reference pixels by 0.45
_EDGE_SHARE = 0.035  # alerts near an edge of the image: a choice


def draw_exposures(alerts, rng):
    """Draw the conditions of the exposures of alerts.

    Parameters
    ----------
    alerts : DataFrame of n_alerts rows
        As of `draw_epochs`.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    dict of str to ndarray of shape (n_alerts,)
        zero_point, fwhm and reference_fwhm (pixels), noise of the science and reference pixels,
        sky (background), offset (background of the difference), red (bool, not g).
    """
    n = len(alerts)
    limit = alerts["diffmaglim"].to_numpy()
    red = ~np.char.endswith(alerts["band"].to_numpy(dtype=str), "g")
    zero_point = rng.normal(*_ZERO_POINT, n)
    # Shallow exposures have bad seeing or a bright sky.
    fwhm = np.exp(np.log(2.75) + 0.12 * (20.0 - limit) + 0.15 * rng.standard_normal(n))
    fwhm = np.clip(fwhm, 1.6, 5.0)
    depth = 10.0 ** (-0.4 * (limit - zero_point)) / 5.0 * _DEPTH_LOSS
    noise = depth / (np.sqrt(4.0 * np.pi) * fwhm / 2.355)
    noise = np.clip(noise * np.exp(0.1 * rng.standard_normal(n)), 4.0, 40.0)
    per_variance = np.where(red, _SKY_PER_VARIANCE["r"], _SKY_PER_VARIANCE["g"])
    return {
        "zero_point": zero_point,
        "fwhm": fwhm,
        "reference_fwhm": np.clip(rng.normal(2.1, 0.2, n), 1.6, 3.0),
        "noise": noise,
        "reference_noise": np.exp(rng.normal(np.log(1.8), 0.35, n)),
        "sky": per_variance * noise**2 * np.exp(0.3 * rng.standard_normal(n)),
        "offset": rng.laplace(0.0, 0.5, n),
        "red": red,
    }


def draw_cutouts(alerts, exposures, hosts, neighbours, rng):
    """Draw the cutouts of alerts.

    Parameters
    ----------
    alerts : DataFrame of n_alerts rows
        As of `draw_epochs`.
    exposures : dict of str to ndarray of shape (n_alerts,)
        As of `draw_exposures`.
    hosts : dict of str to ndarray of shape (n_objects,)
        As of `draw_hosts`.
    neighbours : dict of str to ndarray of shape (n_objects, n_sources)
        As of `draw_neighbours`.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray of float32, shape (n_alerts, 3, 63, 63)
        Science, reference and difference, NaN beyond edges and where pixels are saturated.
    """
    rows, flux = alerts["row"].to_numpy(), alerts["flux"].to_numpy()
    images = np.empty((len(rows), 3, SIDE, SIDE), dtype=np.float32)
    order = np.argsort(neighbours["mag"], axis=1)[:, :_N_BRIGHT]
    bright = {key: np.take_along_axis(v, order, axis=1) for key, v in neighbours.items()}
    for first in range(0, len(rows), _AT_ONCE):
        part = slice(first, first + _AT_ONCE)
        own = {key: values[part] for key, values in exposures.items()}
        row = rows[part]
        host = {key: values[row] for key, values in hosts.items()}
        near = {key: values[row] for key, values in bright.items()}
        injected = flux[part] * 10.0 ** (0.4 * (own["zero_point"] - 23.9))
        images[part] = _render(injected, own, host, near, rng)
        _mask(images[part], near, rng)
    return images


def _render(flux, exposures, host, near, rng):
    n = len(flux)
    red, zero_point = exposures["red"], exposures["zero_point"]
    centre = 0.15 * rng.standard_normal((2, n))  # the transient is centred to a fraction of a pixel
    scenes = [
        _scene(host, near, red, zero_point, exposures[key], centre)
        for key in ("fwhm", "reference_fwhm")
    ]
    science, reference = scenes
    zeros = np.zeros((n, 1))
    transient = render_sources(
        *(centre[0][:, None], centre[1][:, None], flux[:, None], zeros),
        *(exposures["fwhm"], SIDE),
    )
    residual = _residuals(science, rng)
    shape = (n, SIDE, SIDE)
    noise, deep = (
        exposures[key].astype(np.float32)[:, None, None] for key in ("noise", "reference_noise")
    )
    sky = exposures["sky"].astype(np.float32)[:, None, None]
    light = science + transient
    spread = np.sqrt(noise**2 + np.maximum(light, 0.0) / _GAIN)
    fresh = rng.standard_normal((3, *shape), dtype=np.float32)
    # The reference is resampled, which correlates its noise; image subtraction filters that of
    # the science image (coefficients near the correlations in public alerts).
    fresh[1, :, :, 1:] += _SMOOTHING * fresh[1, :, :, :-1]
    fresh[1, :, 1:] += _SMOOTHING * fresh[1, :, :-1]
    fresh[1] /= 1.0 + _SMOOTHING**2
    fresh[2] = 0.55 * fresh[0] + 0.82 * fresh[2]
    deep = np.sqrt(deep**2 + np.maximum(reference, 0.0) / (40.0 * _GAIN))
    image = np.empty((n, 3, SIDE, SIDE), dtype=np.float32)
    image[:, 0] = sky + light + spread * fresh[0]
    image[:, 1] = sky + reference + deep * fresh[1]
    # As in public alerts, the difference is inverted if the source has faded.
    sign = np.where(flux < 0.0, np.float32(-1.0), np.float32(1.0))[:, None, None]
    image[:, 2] = exposures["offset"].astype(np.float32)[:, None, None]
    image[:, 2] += sign * (transient + residual) + 0.95 * spread * fresh[2]
    return image


def _scene(host, near, red, zero_point, fwhm, centre):
    """Render everything but the transient."""
    bands = {key: np.where(red, host[f"{key}_r"], host[f"{key}_g"]) for key in ("mag", "point")}
    mag = near["mag"] + np.where(red[:, None], 0.0, near["colour"])
    x = np.column_stack([np.zeros(len(red)), near["x"] / PIXEL]) + centre[0][:, None]
    y = np.column_stack([np.zeros(len(red)), near["y"] / PIXEL]) + centre[1][:, None]
    mag = np.column_stack([bands["point"], mag])
    flux = np.where(mag < _RENDERED, 10.0 ** (-0.4 * (mag - zero_point[:, None])), 0.0)
    extent = np.column_stack([np.zeros(len(red)), near["extent"] / PIXEL])
    scene = render_sources(x, y, flux, extent, fwhm, SIDE)
    galaxy = np.flatnonzero(bands["mag"] < _RENDERED)
    if len(galaxy):
        one = {key: host[key][galaxy] for key in ("bulge", "axis_ratio", "angle")}
        one["x"] = host["x"][galaxy] / PIXEL + centre[0][galaxy]
        one["y"] = host["y"][galaxy] / PIXEL + centre[1][galaxy]
        one["radius"] = host["radius"][galaxy] / PIXEL
        one["flux"] = 10.0 ** (-0.4 * (bands["mag"] - zero_point)[galaxy])
        scene[galaxy] += render_galaxies(one, fwhm[galaxy], SIDE)
    return scene


def _residuals(scene, rng):
    """Return residuals of the subtraction: misaligned (dipoles), and of unequal PSF (rings)."""
    n = len(scene)
    # In pixels, and as a share of the variance of the PSF: choices.
    shift = (0.03 * rng.standard_normal((2, n, 1, 1))).astype(np.float32)
    blur = (0.01 * rng.standard_normal((n, 1, 1))).astype(np.float32)
    along_y, along_x = np.gradient(scene, axis=(1, 2))
    curvature = np.zeros_like(scene)
    curvature[:, 1:-1, 1:-1] = (
        scene[:, 2:, 1:-1] + scene[:, :-2, 1:-1] + scene[:, 1:-1, 2:] + scene[:, 1:-1, :-2]
    )
    curvature[:, 1:-1, 1:-1] -= 4.0 * scene[:, 1:-1, 1:-1]
    return shift[0] * along_x + shift[1] * along_y + blur * curvature


def _mask(images, near, rng):
    """Set saturated pixels, and those beyond an edge, to NaN, in place."""
    n = len(images)
    axis = np.arange(SIDE)
    x, y = near["x"] / PIXEL + SIDE // 2, near["y"] / PIXEL + SIDE // 2
    # Squares around saturated stars, larger for brighter ones.
    star = near["mag"][:, 0] < _SATURATION  # sorted: the brightest is first
    half = np.where(star, 5.0 + 3.0 * (_SATURATION - near["mag"][:, 0].clip(0.0, 20.0)), -1.0)
    columns = np.abs(axis - x[:, :1]) <= half[:, None]
    rows = np.abs(axis - y[:, :1]) <= half[:, None]
    masked = rows[:, :, None] & columns[:, None, :]
    edge = rng.random(n) < _EDGE_SHARE
    # The edge is a line at some distance from the centre, nearly along one axis.
    angle = 0.5 * np.pi * rng.integers(4, size=n) + np.where(rng.random(n) < 0.3, 0.15, 0.0)
    distance = np.where(edge, rng.uniform(6.0, SIDE / 2 - 1.0, n), SIDE)
    along = np.cos(angle)[:, None] * (axis - SIDE // 2)
    across = np.sin(angle)[:, None] * (axis - SIDE // 2)
    masked |= along[:, None, :] + across[:, :, None] > distance[:, None, None]
    images[np.broadcast_to(masked[:, None], images.shape)] = np.nan
