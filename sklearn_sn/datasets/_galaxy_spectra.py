"""Observe galaxies with a fibre spectrograph like DESI."""

from functools import lru_cache

import numpy as np

from sklearn_sn.datasets._galaxy_images import component_gaussians

_FIBRE_RADIUS = 0.75  # arcsec
_SEEING = 1.1  # arcsec, FWHM
_NATIVE_STEP = 0.8  # Å
# Noise of the sky in a native pixel of a bright-time exposure, 1e-17 erg/s/cm²/Å, at 6000 Å: near
# that of the Bright Galaxy Survey (DESI Collaboration 2024, AJ 168, 58). A choice, as its shape.
_NOISE = 0.45
_SKY_FLUX = 2.5  # 1e-17 erg/s/cm²/Å; sources as bright as it double the variance
_EXPOSURE_SCATTER = 0.15  # of the logarithm of the noise
_CALIBRATION = 0.03  # relative errors of the flux calibration and its slope: a choice
# Bright sky lines, Å, with their variance relative to the continuum.
_SKY_LINES = ((5578.9, 60.0), (5891.6, 6.0), (5897.6, 5.0), (6302.1, 20.0), (6365.5, 7.0))
# Bands of OH airglow: first and last wavelength (Å), and variance relative to the continuum.
_OH_BANDS = ((7245, 7440, 7), (7715, 8070, 10), (8285, 8560, 12), (8760, 9110, 16))
_OH_BANDS += ((9310, 9930, 14),)


def pixel_edges(wavelength):
    """Return the edges of evenly spaced pixels, shape (n_bins + 1,)."""
    half = 0.5 * (wavelength[1] - wavelength[0])
    return np.append(wavelength - half, wavelength[-1] + half)


def fibre_fraction(properties):
    """Return the share of the light of galaxies that enters the fibre, shape (n,)."""
    seeing = (_SEEING / 2.3548) ** 2
    total = 0.0
    for gaussians in component_gaussians(properties):
        variance = gaussians.major * np.sqrt(gaussians.minor / gaussians.major) + seeing
        inside = -np.expm1(-0.5 * _FIBRE_RADIUS**2 / variance)
        total = total + (gaussians.share * inside).sum(axis=1)
    return total


def observe_spectra(galaxies, wavelength, rng):
    """Draw noisy spectra.

    Parameters
    ----------
    galaxies : ObservedGalaxies
        n galaxies.
    wavelength : ndarray of shape (n_bins,)
        Centres of pixels in Å, evenly spaced.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    flux, flux_err : ndarray of float32, shape (n, n_bins)
        In 1e-17 erg/s/cm²/Å. Errors are the true standard deviations.
    """
    edges = pixel_edges(wavelength)
    flux = galaxies.seds.mean_flux(edges).astype(np.float32)
    n = len(flux)
    depth, level, slope = rng.standard_normal((n, 3)).T
    calibration = 1.0 + _CALIBRATION * np.clip(level, -3.0, 3.0)
    flux *= (calibration * fibre_fraction(galaxies.properties))[:, None].astype(np.float32)
    tilt = np.linspace(-1.0, 1.0, len(wavelength), dtype=np.float32)
    flux *= 1.0 + (_CALIBRATION * slope)[:, None].astype(np.float32) * tilt
    scale = np.exp(2.0 * _EXPOSURE_SCATTER * depth).astype(np.float32)
    error = np.maximum(flux, 0.0)
    error *= np.float32(1.0 / _SKY_FLUX)
    error += 1.0
    error *= _sky_variance(tuple(edges[[0, -1]]), len(wavelength))
    error *= scale[:, None]
    np.sqrt(error, out=error)
    noise = rng.standard_normal(flux.shape, dtype=np.float32)
    noise *= error
    flux += noise
    return flux, error


@lru_cache(maxsize=8)
def _sky_variance(limits, n_bins):
    """Return the variance of the sky's noise in pixels between limits (Å), float32."""
    edges = np.linspace(*limits, n_bins + 1)
    fine = np.arange(limits[0], limits[1] + _NATIVE_STEP, _NATIVE_STEP)
    # Low throughput in the blue and beyond 9000 Å, and where dichroics split the light.
    noise = 1.0 + 2.6 * np.exp(-(fine - 3600.0) / 330.0)
    noise += 0.5 * np.clip((fine - 9300.0) / 500.0, 0.0, 3.0)
    for dichroic in (5790.0, 7600.0):
        noise += 0.15 * np.exp(-0.5 * ((fine - dichroic) / 90.0) ** 2)
    rng = np.random.default_rng(5577)
    lines = list(_SKY_LINES)
    for first, last, strength in _OH_BANDS:
        # Pairs of rotational lines, which fade towards longer wavelengths.
        centre = np.arange(first, last, 19.0) + rng.uniform(-5.0, 5.0, len(range(first, last, 19)))
        fade = np.exp(-1.5 * (centre - first) / (last - first))
        lines += list(zip(centre, strength * fade * rng.gamma(1.5, 0.66, len(centre)), strict=True))
    centre, strength = np.array(lines).T[..., None]
    excess = (strength * np.exp(-0.5 * ((fine - centre) / 0.9) ** 2)).sum(axis=0)
    variance = (_NOISE * noise) ** 2 * (1.0 + excess)
    total = np.append(0.0, np.cumsum(variance) * _NATIVE_STEP)
    corners = np.append(fine, fine[-1] + _NATIVE_STEP) - 0.5 * _NATIVE_STEP
    mean = np.diff(np.interp(edges, corners, total)) / np.diff(edges)
    return (mean * _NATIVE_STEP / (edges[1] - edges[0])).astype(np.float32)
