"""Render stars and galaxies as sums of Gaussians, so that blurring by the PSF is exact."""

from functools import lru_cache

import numpy as np
from scipy.optimize import nnls
from scipy.special import gamma, gammaincinv

_FWHM = 2.0 * np.sqrt(2.0 * np.log(2.0))
# Core, wings and halo of the point-spread function: share of the light, and width in cores.
PSF_PARTS = ((0.88, 0.1, 0.02), (1.0, 1.9, 5.0))
_N_WITH_WINGS = (None, 20, 6)  # brightest sources that have each part; the others are cores only
_LEAST_EXPONENT = -30.0  # smaller values are slow (denormal numbers) and invisible
_PIXEL_VARIANCE = 1.0 / 12.0  # of a square pixel: light is integrated over it


@lru_cache
def sersic_gaussians(index):
    """Approximate a Sérsic profile by concentric Gaussians.

    Parameters
    ----------
    index : float
        Sérsic index.

    Returns
    -------
    shares : ndarray of shape (n_gaussians,)
        Shares of the light; their sum is 1.
    widths : ndarray of shape (n_gaussians,)
        Standard deviations in effective radii.

    Examples
    --------
    >>> from sklearn_sn.datasets._light_profiles import sersic_gaussians
    >>> shares, widths = sersic_gaussians(1.0)
    >>> round(float(shares.sum()), 6)
    1.0
    """
    scale = gammaincinv(2.0 * index, 0.5)
    radius = np.geomspace(0.02, 10.0, 200)
    total = 2.0 * np.pi * index * gamma(2.0 * index) * scale ** (-2.0 * index)
    profile = np.exp(-scale * radius ** (1.0 / index)) / total
    widths = np.geomspace(0.05, 5.0, 7)
    gaussians = np.exp(-0.5 * (radius[:, None] / widths) ** 2) / (2.0 * np.pi * widths**2)
    weight = radius**2  # the light of rings that are even in the logarithm
    shares = nnls(gaussians * weight[:, None], profile * weight)[0]
    return shares / shares.sum(), widths


def psf_sigmas(fwhm):
    """Return the standard deviations of the parts of the PSF, shape (n, 3), in pixels."""
    core = np.asarray(fwhm)[:, None] / _FWHM
    return np.sqrt((core * np.array(PSF_PARTS[1])) ** 2 + _PIXEL_VARIANCE)


def render_sources(x, y, flux, extent, fwhm, side):
    """Render round sources: points, or Gaussians of some extent.

    Parameters
    ----------
    x, y : ndarray of shape (n_images, n_sources)
        Positions in pixels from the central pixel. The brightest sources are first.
    flux : ndarray of shape (n_images, n_sources)
        Total fluxes; 0 for no source.
    extent : ndarray of shape (n_images, n_sources)
        Standard deviations before blurring, pixels; 0 for points.
    fwhm : ndarray of shape (n_images,)
        Width of the PSF, pixels.
    side : int
        Pixels per side, odd.

    Returns
    -------
    ndarray of float32, shape (n_images, side, side)
        Images with axes y, x.
    """
    axis = np.arange(side, dtype=np.float32) - side // 2
    image = np.zeros((len(x), side, side), dtype=np.float32)
    rest = np.ones(flux.shape[1])
    for n_sources, share in zip(_N_WITH_WINGS[1:], PSF_PARTS[0][1:], strict=True):
        rest[:n_sources] -= share
    shares = (rest, *PSF_PARTS[0][1:])
    for n_sources, share, sigma in zip(_N_WITH_WINGS, shares, psf_sigmas(fwhm).T, strict=True):
        part = np.s_[:, :n_sources]
        width = np.sqrt(sigma[:, None] ** 2 + extent[part] ** 2).astype(np.float32)
        amplitude = (share * flux[part] / (2.0 * np.pi * width**2)).astype(np.float32)
        columns = _gaussian(axis, x[part], width)  # (n_images, n_sources, side)
        rows = _gaussian(axis, y[part], width)
        rows *= amplitude[..., None]
        image += rows.transpose(0, 2, 1) @ columns
    return image


def _gaussian(axis, centre, width):
    scaled = axis - centre[..., None].astype(np.float32)
    scaled /= width[..., None]
    np.square(scaled, out=scaled)
    scaled *= -0.5
    np.maximum(scaled, _LEAST_EXPONENT, out=scaled)
    return np.exp(scaled, out=scaled)


def render_galaxies(galaxies, fwhm, side):
    """Render one galaxy per image: an exponential disc and a de Vaucouleurs bulge.

    Parameters
    ----------
    galaxies : dict of str to ndarray of shape (n_images,)
        x, y (centre, pixels from the central pixel), flux, radius (effective radius, pixels),
        bulge (its share of the light), axis_ratio and angle (of the major axis from the x axis,
        radians).
    fwhm : ndarray of shape (n_images,)
        Width of the PSF, pixels.
    side : int
        Pixels per side, odd.

    Returns
    -------
    ndarray of float32, shape (n_images, side, side)
        Images with axes y, x.
    """
    n = len(fwhm)
    bulge = galaxies["bulge"][:, None]
    disc_shares, widths = sersic_gaussians(1.0)
    bulge_shares, _ = sersic_gaussians(4.0)  # of the same widths
    share = (1.0 - bulge) * disc_shares + bulge * bulge_shares  # (n_images, n_gaussians)
    major = (widths * galaxies["radius"][:, None]) ** 2
    minor = major * galaxies["axis_ratio"][:, None] ** 2
    # Wings of the PSF are added to the core's variance: hosts are wider than the core.
    seeing = (psf_sigmas(fwhm) ** 2 @ np.array(PSF_PARTS[0]))[:, None] ** 0.5
    seeing = np.minimum(seeing, 1.15 * psf_sigmas(fwhm)[:, :1]) ** 2
    cos, sin = np.cos(galaxies["angle"])[:, None], np.sin(galaxies["angle"])[:, None]
    xx = major * cos**2 + minor * sin**2 + seeing
    yy = major * sin**2 + minor * cos**2 + seeing
    xy = (major - minor) * cos * sin
    determinant = xx * yy - xy**2
    x0, y0 = galaxies["x"][:, None], galaxies["y"][:, None]
    a, b, c = -0.5 * yy / determinant, xy / determinant, -0.5 * xx / determinant
    # exponent = a (x - x0)² + b (x - x0)(y - y0) + c (y - y0)², as a polynomial in x and y
    terms = [
        a * x0**2 + b * x0 * y0 + c * y0**2,
        -2.0 * a * x0 - b * y0,
        -2.0 * c * y0 - b * x0,
        a, b, c,
    ]  # fmt: skip
    coefficients = np.stack(terms, axis=-1).astype(np.float32)  # (n_images, n_gaussians, 6)
    exponent = coefficients.reshape(-1, 6) @ _monomials(side)
    np.maximum(exponent, _LEAST_EXPONENT, out=exponent)
    np.exp(exponent, out=exponent)
    amplitude = galaxies["flux"][:, None] * share / (2.0 * np.pi * np.sqrt(determinant))
    image = amplitude.astype(np.float32)[:, None, :] @ exponent.reshape(n, len(widths), -1)
    return image.reshape(n, side, side)


@lru_cache
def _monomials(side):
    """Return 1, x, y, x², xy and y² of the pixels, shape (6, side²)."""
    y, x = np.mgrid[:side, :side].astype(np.float32) - side // 2
    return np.stack([np.ones_like(x), x, y, x**2, x * y, y**2]).reshape(6, -1)
