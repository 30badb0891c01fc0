"""Render galaxies in several bands as sums of Gaussians, with spiral arms, noise and neighbours."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sklearn_sn.datasets._galaxy_population import TYPES
from sklearn_sn.datasets._light_profiles import render_sources, sersic_gaussians

_FWHM_FACTOR = 2.3548
_LEAST_EXPONENT = -30.0  # smaller values are slow (denormal numbers) and invisible
_PIXEL_VARIANCE = 1.0 / 12.0  # of a square pixel: light is integrated over it
_MIN_SHARE = 1e-4  # of the light; Gaussians with less are left out
_MAX_TEMPORARY = 2**20  # values of exponents that are computed at once
# Median FWHM of the PSF in g, r and z (arcsec): Dey et al. (2019, AJ 157, 168), table 4.
_SEEING = np.array([1.29, 1.18, 1.11])
_SEEING_SCATTER = 0.09  # of the logarithm
# Bulges are redder than discs and ellipticals redder inside: light of the bulge relative to that in
# r, and size relative to that in r, in g, r and z. Choices.
_BULGE_COLOUR = np.array([0.78, 1.0, 1.18])
_SIZE_FACTOR = np.array([1.05, 1.0, 0.95])
_ARM_CONTRAST = np.array([1.15, 1.0, 0.75])  # arms are blue
_POISSON = 7e-5  # variance per flux of sources, nanomaggies: some 14,000 electrons per nanomaggy
_DEPTH_SCATTER = 0.12  # of the logarithm of the sky noise


class Gaussians(NamedTuple):
    """Concentric elliptical Gaussians of one component, all of shape (n, n_gaussians).

    Share of the galaxy's light, and variances along the major and minor axis (arcsec²).
    """

    share: np.ndarray
    major: np.ndarray
    minor: np.ndarray


def component_gaussians(properties, colour=1.0, size_factor=1.0):
    """Return the disc (Sérsic index 1) and the bulge (index 4) of galaxies.

    Parameters
    ----------
    properties : dict of str to ndarray of shape (n,)
        bulge, size, bulge_extent, axis_ratio and bulge_axis_ratio, as of `draw_galaxies`.
    colour : float, default=1.0
        Light of the bulge relative to that in r.
    size_factor : float, default=1.0
        Size relative to that in r.

    Returns
    -------
    list of two Gaussians
    """
    bulge = properties["bulge"] * colour
    bulge = bulge / (bulge + 1.0 - properties["bulge"])
    disc_size = properties["size"] * size_factor
    parts = (
        (1.0, 1.0 - bulge, disc_size, properties["axis_ratio"]),
        (4.0, bulge, disc_size * properties["bulge_extent"], properties["bulge_axis_ratio"]),
    )
    components = []
    for index, light, size, axis_ratio in parts:
        shares, widths = sersic_gaussians(index)
        used = shares > _MIN_SHARE
        major = (widths[used] * size[:, None]) ** 2
        shares = shares[used] / shares[used].sum()
        components.append(
            Gaussians(light[:, None] * shares, major, major * axis_ratio[:, None] ** 2)
        )
    return components


def observe_images(galaxies, sky_noise, side, pixel_scale, rng):
    """Draw noisy images in g, r and z.

    Parameters
    ----------
    galaxies : ObservedGalaxies
        n galaxies.
    sky_noise : ndarray of shape (3,)
        Standard deviation of the sky per pixel, nanomaggies.
    side : int
        Pixels per side.
    pixel_scale : float
        Arcsec per pixel.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray of float32, shape (n, 3, side, side)
        Nanomaggies per pixel, axes y and x. The galaxy is within half a pixel of the centre.
    """
    properties = galaxies.properties
    n = len(properties["size"])
    # The centre of an even number of pixels is half a pixel before pixel side // 2.
    offset = rng.uniform(-0.5, 0.5, (2, n)) - 0.5 * (side % 2 == 0)
    seeing = _SEEING * np.exp(_SEEING_SCATTER * rng.standard_normal((n, 3)))
    noise = sky_noise * np.exp(_DEPTH_SCATTER * rng.standard_normal((n, 3)))
    arms = _draw_arms(properties, rng)
    fwhm = seeing / pixel_scale
    images = np.empty((n, 3, side, side), dtype=np.float32)
    modulation = _arm_pattern(properties, arms, offset, fwhm[:, 1], side, pixel_scale)
    for band in range(3):
        disc, bulge = component_gaussians(properties, _BULGE_COLOUR[band], _SIZE_FACTOR[band])
        psf = (fwhm[:, band] / _FWHM_FACTOR) ** 2 + _PIXEL_VARIANCE
        flux = galaxies.fluxes[:, band]
        shape = (offset, properties["angle"], psf, flux, pixel_scale, side)
        image = _render(disc, *shape)
        contrast = np.float32(_ARM_CONTRAST[band])
        image[arms["rows"]] *= 1.0 + contrast * modulation
        image += _render(bulge, *shape)
        images[:, band] = image
    for band, light in enumerate(_neighbours(n, fwhm, side, pixel_scale, rng)):
        images[:, band] += light
    draw = rng.standard_normal(images.shape, dtype=np.float32)
    variance = np.maximum(images, 0.0)
    variance *= np.float32(_POISSON)
    variance += (noise**2)[..., None, None].astype(np.float32)
    np.sqrt(variance, out=variance)
    draw *= variance
    images += draw
    return images


def _render(gaussians, offset, angle, psf, flux, pixel_scale, side):
    """Render one component without noise, shape (n, side, side)."""
    n, n_gaussians = gaussians.share.shape
    major, minor = gaussians.major / pixel_scale**2, gaussians.minor / pixel_scale**2
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
    xx = major * cos**2 + minor * sin**2 + psf[:, None]
    yy = major * sin**2 + minor * cos**2 + psf[:, None]
    xy = (major - minor) * cos * sin
    determinant = xx * yy - xy**2
    x0, y0 = offset[..., None]
    a, b, c = -0.5 * yy / determinant, xy / determinant, -0.5 * xx / determinant
    amplitude = flux[:, None] * gaussians.share / (2.0 * np.pi * np.sqrt(determinant))
    # exponent = a (x - x0)² + b (x - x0)(y - y0) + c (y - y0)², as a polynomial in x and y
    terms = [
        a * x0**2 + b * x0 * y0 + c * y0**2,
        -2.0 * a * x0 - b * y0,
        -2.0 * c * y0 - b * x0,
        a, b, c,
    ]  # fmt: skip
    terms = np.stack(terms, axis=-1).astype(np.float32)  # (n, n_gaussians, 6)
    amplitude = amplitude.astype(np.float32)[:, None, :]
    monomials = _monomials(side)
    image = np.zeros((n, side * side), dtype=np.float32)
    visible = np.flatnonzero(gaussians.share[:, 0] > 0.0)
    step = max(1, _MAX_TEMPORARY // (n_gaussians * side * side))
    for first in range(0, len(visible), step):
        rows = visible[first : first + step]
        exponent = terms[rows].reshape(-1, 6) @ monomials
        np.maximum(exponent, _LEAST_EXPONENT, out=exponent)
        np.exp(exponent, out=exponent)
        exponent = exponent.reshape(len(rows), n_gaussians, -1)  # (rows, n_gaussians, side²)
        image[rows] = (amplitude[rows] @ exponent)[:, 0]
    return image.reshape(n, side, side)


@lru_cache
def _monomials(side):
    """Return 1, x, y, x², xy and y² of the pixels, shape (6, side²)."""
    y, x = np.mgrid[:side, :side].astype(np.float32) - side // 2
    return np.stack([np.ones_like(x), x, y, x**2, x * y, y**2]).reshape(6, -1)


def _draw_arms(properties, rng):
    """Draw spiral arms: rows with arms, their number, pitch, phase and contrast."""
    n = len(properties["size"])
    number = rng.choice([2.0, 2.0, 2.0, 3.0, 4.0], n)
    pitch = np.radians(rng.uniform(11.0, 30.0, n)) * rng.choice([-1.0, 1.0], n)
    phase = rng.uniform(0.0, 2.0 * np.pi, n)
    contrast = rng.uniform(0.25, 0.75, n)
    irregular = properties["type"] == TYPES.index("irregular")
    # Irregular galaxies are lopsided.
    number[irregular], contrast[irregular] = 1.0, 0.8 * contrast[irregular]
    pitch[irregular] = np.radians(55.0)
    rows = np.flatnonzero(irregular | (properties["type"] == TYPES.index("spiral")))
    arms = {"number": number, "pitch": pitch, "phase": phase, "contrast": contrast}
    return {"rows": rows} | {key: values[rows] for key, values in arms.items()}


def _arm_pattern(properties, arms, offset, fwhm, side, pixel_scale):
    """Return the relative light of logarithmic spiral arms, shape (n_rows, side, side).

    Its mean over azimuth is 0. It fades where the PSF blurs the arms, and towards the centre.
    """
    rows = arms["rows"]
    y, x = np.mgrid[:side, :side].astype(np.float32) - side // 2

    def column(values):
        return values[:, None, None].astype(np.float32)

    angle, ratio = properties["angle"][rows], properties["axis_ratio"][rows]
    x, y = x - column(offset[0][rows]), y - column(offset[1][rows])
    along = x * column(np.cos(angle)) + y * column(np.sin(angle))
    across = (y * column(np.cos(angle)) - x * column(np.sin(angle))) / column(ratio)
    square = along**2 + across**2 + np.float32(0.05)
    winding = column(0.5 * arms["number"] / np.tan(arms["pitch"]))
    phase = np.arctan2(across, along)
    phase *= column(arms["number"])
    phase -= winding * np.log(square)
    phase += column(arms["phase"])
    pattern = np.cos(phase, out=phase)
    # Wave number of the arms times the width of the PSF, in the projected plane.
    blur = arms["number"] / np.sin(arms["pitch"]) * fwhm[rows] / _FWHM_FACTOR
    core = 0.4 * properties["size"][rows] / pixel_scale
    fade = column(-0.5 * blur**2 / ratio - core**2) / square
    np.maximum(fade, _LEAST_EXPONENT, out=fade)
    pattern *= np.exp(fade, out=fade)
    pattern *= column(arms["contrast"])
    return pattern


def _neighbours(n, fwhm, side, pixel_scale, rng):
    """Return the light of other galaxies and of stars in each band, a list of (n, side, side)."""
    area = (side * pixel_scale / 60.0) ** 2  # arcmin²
    # Galaxies of r < 23.5 and stars of r < 23 at high latitude: some 12 and 3 per arcmin².
    mean = 15.0 * area
    most = int(np.ceil(mean + 3.0 * np.sqrt(mean))) + 1
    present = np.arange(most) < rng.poisson(mean, n)[:, None]
    shape = (n, most)
    is_star = rng.random(shape) < 0.2
    # Numbers grow by 10^0.35 (galaxies) and 10^0.1 (stars) per magnitude.
    slope = np.where(is_star, 0.1, 0.35)
    magnitude = np.maximum(23.3 + np.log10(1.0 - rng.random(shape)) / slope, 15.5)
    position = rng.uniform(-0.5 * side, 0.5 * side, (2, *shape))
    # Neighbours on the galaxy itself would not be separate sources.
    present &= np.hypot(*position) * pixel_scale > 2.0
    colour = rng.normal(0.75, 0.35, shape), rng.normal(0.4, 0.2, shape)
    radius = np.exp(rng.normal(-0.7, 0.4, shape) - 0.12 * (magnitude - 23.0))  # arcsec
    extent = np.where(is_star, 0.0, 0.85 * radius / pixel_scale)
    order = np.argsort(np.where(present, magnitude, 99.0), axis=1)
    parts = (present, extent, *position, magnitude, *colour)
    parts = (np.take_along_axis(part, order, axis=1) for part in parts)
    present, extent, x, y, magnitude, *colour = parts
    bands = []
    for band, shift in enumerate((colour[0], 0.0, -colour[1])):
        flux = present * 10.0 ** (-0.4 * (magnitude + shift - 22.5))
        bands.append(render_sources(x, y, flux, extent, fwhm[:, band], side))
    return bands
