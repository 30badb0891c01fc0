"""Simulate spectra: epoch, resolution, exposure and calibration."""

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

from sklearn_sn.datasets._simulation import observed_flux

# f_ν λ⁻² in µJy Å⁻² to 1e-15 erg s⁻¹ cm⁻² Å⁻¹: 1e-29 · c (2.99792458e18 Å/s) · 1e15.
TO_F_LAMBDA = 2.99792458e4
_FINE = 1.7e-3  # spacing of the SED samples before smoothing, in ln λ (500 km/s)
_N_AT_ONCE = 2**17  # samples computed at once; bounds the memory
_FWHM = 2.0 * np.sqrt(2.0 * np.log(2.0))


def draw_spectra(sed, objects, rows, spectrograph, phase_range, rng):
    """Draw spectra, one per entry of `rows` (an object may occur several times).

    Parameters
    ----------
    sed : Photosphere, GridSed, ActiveNucleus or DwarfNova
        Spectral energy distribution of the class.
    objects : dict of str to array of shape (n_objects, ...)
        Drawn parameters.
    rows : array of int, shape (n_spectra,)
        Object of each spectrum, increasing.
    spectrograph : Spectrograph
        Instrument of all spectra.
    phase_range : (float, float) or None
        Rest-frame days from peak. None uses the spectrograph's days from explosion.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    dict of str to array of shape (n_spectra, n_pixels)
        wavelength (Å), flux and flux_err (1e-15 erg s⁻¹ cm⁻² Å⁻¹), time (MJD); true_flux is free
        of noise and calibration errors, calibrated_flux of noise.
    """
    n, n_pixels = len(rows), spectrograph.n_pixels
    phase = _draw_phases(objects, rows, spectrograph, phase_range, rng)
    time = objects["t_peak"][rows] + phase * (1.0 + objects["redshift"][rows])
    blue, red = spectrograph.wavelength
    blue = blue * (1.0 + spectrograph.edge_scatter * rng.random(n))
    red = red * (1.0 - spectrograph.edge_scatter * rng.random(n))
    position = np.linspace(0.0, 1.0, n_pixels)
    wavelength = blue[:, None] * (red / blue)[:, None] ** position
    true_flux = TO_F_LAMBDA * _smeared(sed, objects, rows, phase, wavelength, spectrograph)
    # Terms of the calibration error: a scale (slit loss) and three cosines (warp).
    warp = spectrograph.warp * np.array([1.0, 0.8, 0.6])
    terms = rng.standard_normal((n, 4)) * [spectrograph.slit_loss, *warp]
    angle = np.pi * position
    flux = true_flux * np.exp(terms @ np.stack([np.cos(k * angle) for k in range(4)]))
    median = np.median(flux, axis=1, keepdims=True)
    snr = np.exp(rng.uniform(*np.log(spectrograph.snr), n))[:, None]
    if np.isfinite(spectrograph.limit):
        # The longest exposure, limited by the sky.
        middle = wavelength[:, n_pixels // 2, None]
        magnitude = 23.9 - 2.5 * np.log10(median / TO_F_LAMBDA * middle**2)
        snr = np.minimum(snr, 10.0 ** (-0.4 * (magnitude - spectrograph.limit)))
    # The sky contributes half of the variance at the median flux; both edges are four times
    # noisier.
    edge = 1.0 + 3.0 * (np.exp(-position / 0.04) + np.exp((position - 1.0) / 0.04))
    error = median / snr * np.sqrt(0.5 + 0.5 * np.maximum(flux / median, 0.0)) * edge
    return {
        "wavelength": wavelength,
        "flux": flux + error * rng.standard_normal(flux.shape),
        "flux_err": error,
        "time": np.broadcast_to(time[:, None], flux.shape),
        "true_flux": true_flux,
        "calibrated_flux": flux,
    }


def _draw_phases(objects, rows, spectrograph, phase_range, rng):
    """Draw the rest-frame days from peak at which spectra are taken."""
    rise = np.minimum(objects["rise"][rows], 20.0 if phase_range is None else np.inf)
    if phase_range is None:
        # Start after the first tenth of the rise, when the object is bright enough.
        low, high = (np.maximum(day, 0.1 * rise) - rise for day in spectrograph.days)
    else:
        low, high = phase_range
        # Start after a third of the rise: younger supernovae are rarely classified (a choice).
        low = np.maximum(low, -0.67 * rise)
    return low + rng.random(len(rows)) * np.maximum(high - low, 0.0)


def _smeared(sed, objects, rows, phase, wavelength, spectrograph):
    """Return the noiseless flux at the spectrograph's resolution, averaged over each pixel."""
    n, n_pixels = wavelength.shape
    pixel = np.log(wavelength[:, -1] / wavelength[:, 0]) / (n_pixels - 1)
    sigma = 1.0 / (_FWHM * spectrograph.resolution)
    n_fine = max(1, int(np.ceil(pixel.max(initial=0.0) / _FINE)))
    # Extend the range by four standard deviations: smoothing mixes in light from beyond the ends.
    n_margin = int(np.ceil(4.0 * sigma / pixel.min(initial=1.0))) + 1
    total = (n_pixels + 2 * n_margin) * n_fine
    length = next_fast_len(total, real=True)
    pixel_position = (np.arange(length) + 0.5) / n_fine - n_margin - 0.5
    frequency = np.arange(length // 2 + 1) / length
    smeared = np.empty((n, n_pixels))
    at_once = max(1, _N_AT_ONCE // length)
    for first in range(0, n, at_once):
        part = slice(first, first + at_once)
        step = pixel[part, None]
        fine = wavelength[part, :1] * np.exp(step * pixel_position)
        density = observed_flux(sed, objects, rows[part], phase[part], fine)
        # Convolve with a Gaussian of constant width in ln λ, in Fourier space.
        widths = sigma / (step / n_fine)
        kernel = np.exp(-2.0 * (np.pi * widths * frequency) ** 2)
        density = irfft(rfft(density, axis=1) * kernel, length, axis=1)[:, :total]
        pixels = density.reshape(len(density), -1, n_fine).mean(axis=2)
        smeared[part] = pixels[:, n_margin : n_margin + n_pixels]
    return np.maximum(smeared, 1e-300)
